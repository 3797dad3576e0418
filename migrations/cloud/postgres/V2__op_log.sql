-- What the tills said, byte for byte, in their order. Nothing here is ever changed or taken away.
--
-- No foreign key to till or stream: the rows of one push are written under the tenant's clock from a credential that
-- was just looked up, and a check for each of 500 rows would cost more than the rows.

CREATE FUNCTION keeps_what_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what may be the only copy: no row is changed or deleted', TG_TABLE_NAME;
END
$$;

-- Every position of every stream. `dup`: the op of this position is already in the log under another position
-- (re-enveloped) or its op_id was used for other bytes; the position keeps the chain gapless, the bytes lie in the
-- first row or in op_variant.
CREATE TABLE op_log (
    tenant         uuid    NOT NULL,
    segment        uuid    NOT NULL,
    seq            bigint  NOT NULL CHECK (seq >= 1),
    op_id          uuid    NOT NULL,
    dup            boolean NOT NULL,
    till           uuid    NOT NULL,
    type           text    NOT NULL,
    chain          bytea   NOT NULL CHECK (length(chain) = 32),
    op_hash        bytea   NOT NULL CHECK (length(op_hash) = 32),
    op             bytea   CHECK (op IS NULL OR length(op) >= 1),
    outcome        text    NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'conflict', 'rejected', 'parked')),
    code           text,
    conflict       uuid,
    rv             bigint  NOT NULL CHECK (rv >= 1),
    received_at_ms bigint  NOT NULL,
    PRIMARY KEY (tenant, segment, seq),
    CHECK ((op IS NULL) = dup),
    CHECK (outcome <> 'duplicate' OR dup)
);

-- Every fact once.
CREATE UNIQUE INDEX op_once ON op_log (tenant, op_id) WHERE NOT dup;

-- Nearly empty: positions that repeat a fact, to be taken off a till's count of positions.
CREATE INDEX op_repeated ON op_log (tenant, till) WHERE dup;

CREATE TRIGGER op_log_keeps_rows BEFORE UPDATE OR DELETE ON op_log
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER op_log_is_not_emptied BEFORE TRUNCATE ON op_log
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE op_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE op_log FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON op_log USING (tenant = current_setting('holdfast.tenant')::uuid);

-- The last position of each segment: the only upload cursor there is. Half of each page is kept free for the next
-- version of a head.
CREATE TABLE stream_head (
    tenant         uuid   NOT NULL,
    segment        uuid   NOT NULL,
    till           uuid   NOT NULL,
    first_seq      bigint NOT NULL CHECK (first_seq >= 1),
    seq            bigint NOT NULL CHECK (seq >= first_seq),
    chain          bytea  NOT NULL CHECK (length(chain) = 32),
    parent_segment uuid,
    parent_seq     bigint,
    parent_chain   bytea  CHECK (parent_chain IS NULL OR length(parent_chain) = 32),
    rv             bigint NOT NULL CHECK (rv >= 1),
    PRIMARY KEY (tenant, segment),
    CHECK ((parent_segment IS NULL) = (parent_seq IS NULL) AND (parent_seq IS NULL) = (parent_chain IS NULL))
) WITH (fillfactor = 50);

-- Without seq: an index over a column that moves with every push would be written with every push.
CREATE INDEX stream_head_by_till ON stream_head (tenant, till);

ALTER TABLE stream_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE stream_head FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON stream_head USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Bytes that arrived under an op_id that already stood for other bytes: both are kept.
CREATE TABLE op_variant (
    tenant         uuid   NOT NULL,
    op_id          uuid   NOT NULL,
    op_hash        bytea  NOT NULL CHECK (length(op_hash) = 32),
    segment        uuid   NOT NULL,
    seq            bigint NOT NULL,
    op             bytea  NOT NULL,
    received_at_ms bigint NOT NULL,
    PRIMARY KEY (tenant, op_id, op_hash)
);

CREATE TRIGGER op_variant_keeps_rows BEFORE UPDATE OR DELETE ON op_variant
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER op_variant_is_not_emptied BEFORE TRUNCATE ON op_variant
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE op_variant ENABLE ROW LEVEL SECURITY;
ALTER TABLE op_variant FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON op_variant USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Runs that contradict a recorded stream, or whose parent is missing: set aside whole, never refused. A row whose
-- op arrives regularly later is marked settled and stays: a late child may still name it as its parent.
CREATE TABLE op_quarantine (
    tenant         uuid   NOT NULL,
    segment        uuid   NOT NULL,
    seq            bigint NOT NULL,
    chain          bytea  NOT NULL CHECK (length(chain) = 32),
    till           uuid   NOT NULL,
    op_id          uuid   NOT NULL,
    op_hash        bytea  NOT NULL CHECK (length(op_hash) = 32),
    op             bytea  NOT NULL,
    reason         text   NOT NULL CHECK (reason IN ('fork', 'parent_quarantined', 'hole')),
    received_at_ms bigint NOT NULL,
    settled_at_ms  bigint,
    PRIMARY KEY (tenant, segment, seq, chain)
);

CREATE INDEX op_quarantine_waiting ON op_quarantine (tenant, op_id) WHERE settled_at_ms IS NULL;

CREATE TRIGGER op_quarantine_keeps_rows BEFORE DELETE ON op_quarantine
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER op_quarantine_keeps_bytes
    BEFORE UPDATE OF tenant, segment, seq, chain, till, op_id, op_hash, op ON op_quarantine
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER op_quarantine_is_not_emptied BEFORE TRUNCATE ON op_quarantine
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE op_quarantine ENABLE ROW LEVEL SECURITY;
ALTER TABLE op_quarantine FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON op_quarantine USING (tenant = current_setting('holdfast.tenant')::uuid);
