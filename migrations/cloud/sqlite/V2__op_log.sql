-- What the tills said, byte for byte, in their order. Nothing here is ever changed or taken away.

-- Every position of every stream. `dup` = 1: the op of this position is already in the log under another position
-- (re-enveloped) or its op_id was used for other bytes; the position keeps the chain gapless, the bytes lie in the
-- first row or in op_variant.
CREATE TABLE op_log (
    tenant         BLOB    NOT NULL,
    segment        BLOB    NOT NULL CHECK (length(segment) = 16),
    seq            INTEGER NOT NULL CHECK (seq >= 1),
    op_id          BLOB    NOT NULL CHECK (length(op_id) = 16),
    dup            INTEGER NOT NULL CHECK (dup IN (0, 1)),
    till           BLOB    NOT NULL,
    type           TEXT    NOT NULL,
    chain          BLOB    NOT NULL CHECK (length(chain) = 32),
    op_hash        BLOB    NOT NULL CHECK (length(op_hash) = 32),
    op             BLOB    CHECK (op IS NULL OR length(op) >= 1),
    outcome        TEXT    NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'conflict', 'rejected', 'parked')),
    code           TEXT,
    conflict       BLOB    CHECK (conflict IS NULL OR length(conflict) = 16),
    rv             INTEGER NOT NULL CHECK (rv >= 1),
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, segment, seq),
    CHECK ((op IS NULL) = (dup = 1)),
    CHECK (outcome <> 'duplicate' OR dup = 1),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) STRICT;

-- Every fact once.
CREATE UNIQUE INDEX op_once ON op_log (tenant, op_id) WHERE dup = 0;

-- Nearly empty: positions that repeat a fact, to be taken off a till's count of positions.
CREATE INDEX op_repeated ON op_log (tenant, till) WHERE dup = 1;

CREATE TRIGGER op_log_keeps_rows BEFORE DELETE ON op_log
BEGIN SELECT RAISE(ABORT, 'op_log is append-only: no row is deleted'); END;
CREATE TRIGGER op_log_keeps_bytes BEFORE UPDATE ON op_log
BEGIN SELECT RAISE(ABORT, 'op_log is append-only: no row is changed'); END;

-- The last position of each segment: the only upload cursor there is.
CREATE TABLE stream_head (
    tenant         BLOB    NOT NULL,
    segment        BLOB    NOT NULL CHECK (length(segment) = 16),
    till           BLOB    NOT NULL,
    first_seq      INTEGER NOT NULL CHECK (first_seq >= 1),
    seq            INTEGER NOT NULL CHECK (seq >= first_seq),
    chain          BLOB    NOT NULL CHECK (length(chain) = 32),
    parent_segment BLOB    CHECK (parent_segment IS NULL OR length(parent_segment) = 16),
    parent_seq     INTEGER,
    parent_chain   BLOB    CHECK (parent_chain IS NULL OR length(parent_chain) = 32),
    rv             INTEGER NOT NULL CHECK (rv >= 1),
    PRIMARY KEY (tenant, segment),
    CHECK ((parent_segment IS NULL) = (parent_seq IS NULL) AND (parent_seq IS NULL) = (parent_chain IS NULL)),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) STRICT, WITHOUT ROWID;

CREATE INDEX stream_head_by_till ON stream_head (tenant, till, seq);

-- Bytes that arrived under an op_id that already stood for other bytes: both are kept.
CREATE TABLE op_variant (
    tenant         BLOB    NOT NULL,
    op_id          BLOB    NOT NULL CHECK (length(op_id) = 16),
    op_hash        BLOB    NOT NULL CHECK (length(op_hash) = 32),
    segment        BLOB    NOT NULL,
    seq            INTEGER NOT NULL,
    op             BLOB    NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, op_id, op_hash)
) STRICT;

-- Runs that contradict a recorded stream, or whose parent is missing: set aside whole, never refused. A row whose
-- op arrives regularly later is marked settled and stays: a late child may still name it as its parent.
CREATE TABLE op_quarantine (
    tenant         BLOB    NOT NULL,
    segment        BLOB    NOT NULL CHECK (length(segment) = 16),
    seq            INTEGER NOT NULL,
    chain          BLOB    NOT NULL CHECK (length(chain) = 32),
    till           BLOB    NOT NULL,
    op_id          BLOB    NOT NULL CHECK (length(op_id) = 16),
    op_hash        BLOB    NOT NULL CHECK (length(op_hash) = 32),
    op             BLOB    NOT NULL,
    reason         TEXT    NOT NULL CHECK (reason IN ('fork', 'parent_quarantined', 'hole')),
    received_at_ms INTEGER NOT NULL,
    settled_at_ms  INTEGER,
    PRIMARY KEY (tenant, segment, seq, chain)
) STRICT;

CREATE INDEX op_quarantine_waiting ON op_quarantine (tenant, op_id) WHERE settled_at_ms IS NULL;

CREATE TRIGGER op_quarantine_keeps_rows BEFORE DELETE ON op_quarantine
BEGIN SELECT RAISE(ABORT, 'op_quarantine keeps what may be the only copy: no row is deleted'); END;
CREATE TRIGGER op_quarantine_keeps_bytes
BEFORE UPDATE OF tenant, segment, seq, chain, till, op_id, op_hash, op ON op_quarantine
BEGIN SELECT RAISE(ABORT, 'op_quarantine keeps what may be the only copy: its bytes are not changed'); END;
CREATE TRIGGER op_variant_keeps_rows BEFORE DELETE ON op_variant
BEGIN SELECT RAISE(ABORT, 'op_variant is append-only: no row is deleted'); END;
CREATE TRIGGER op_variant_keeps_bytes BEFORE UPDATE ON op_variant
BEGIN SELECT RAISE(ABORT, 'op_variant is append-only: no row is changed'); END;
