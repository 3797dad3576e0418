-- What judging needs: who edited which fields, what a count had seen, both sides of a conflict, ops judged later,
-- and the tables of what head office says (operators, tax classes, in-store rules, settings), which pulls deliver.
-- Every key begins with the tenant; `rv` is the version of the transaction that wrote the row last.

-- A deleted product stays as a tombstone: an edit of it is a conflict, a sale of it is still a fact.
ALTER TABLE product ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1));

-- Who made the version of a group, and when by their clock. Nothing known: head office, or before this table knew.
ALTER TABLE product_group ADD COLUMN operator_name TEXT;
ALTER TABLE product_group ADD COLUMN at_ms INTEGER;

-- From here on every product has a version for each of its four groups. Older ones get the row's version, and the
-- till whose op wrote the row.
INSERT INTO product_group (tenant, product_id, field_group, version, till, at_ms)
SELECT p.tenant, p.product_id, g.name, p.row_version, coalesce(o.till, zeroblob(16)), o.received_at_ms
FROM product p
JOIN (SELECT 'price' AS name UNION ALL SELECT 'tax' UNION ALL SELECT 'names' UNION ALL SELECT 'barcodes') g
LEFT JOIN op_log o ON o.tenant = p.tenant AND o.rv = p.row_version
WHERE true
ON CONFLICT (tenant, product_id, field_group) DO NOTHING;

-- What a group said before it was overwritten, under its version then: what both sides of a conflict began from.
CREATE TABLE product_group_past (
    tenant        BLOB    NOT NULL,
    product_id    BLOB    NOT NULL CHECK (length(product_id) = 16),
    field_group   TEXT    NOT NULL,
    version       INTEGER NOT NULL CHECK (version >= 1),
    till          BLOB    NOT NULL CHECK (length(till) = 16),
    operator_name TEXT,
    at_ms         INTEGER,
    fields        TEXT    NOT NULL CHECK (json_valid(fields)),
    PRIMARY KEY (tenant, product_id, field_group, version)
) STRICT, WITHOUT ROWID;

-- Who moved the stock and when by their hybrid clock: a count asks what it had not seen. Empty in rows from before;
-- there the op in the log says it.
ALTER TABLE stock_ledger ADD COLUMN till BLOB CHECK (till IS NULL OR length(till) = 16);
ALTER TABLE stock_ledger ADD COLUMN segment BLOB CHECK (segment IS NULL OR length(segment) = 16);
ALTER TABLE stock_ledger ADD COLUMN seq INTEGER;
ALTER TABLE stock_ledger ADD COLUMN hlc_ms INTEGER;
ALTER TABLE stock_ledger ADD COLUMN hlc_counter INTEGER;

-- The count that the figure rests on: what was found, by whom, and when by their hybrid clock.
ALTER TABLE stock ADD COLUMN counted_milli INTEGER;
ALTER TABLE stock ADD COLUMN counted_op BLOB CHECK (counted_op IS NULL OR length(counted_op) = 16);
ALTER TABLE stock ADD COLUMN counted_till BLOB CHECK (counted_till IS NULL OR length(counted_till) = 16);
ALTER TABLE stock ADD COLUMN counted_hlc_ms INTEGER;
ALTER TABLE stock ADD COLUMN counted_hlc_counter INTEGER;
ALTER TABLE stock ADD COLUMN counted_at_ms INTEGER;

-- What needs a person: both sides, who, when and where, and how it ended. mine, theirs and base are a ConflictSide
-- each, settled is a SettledBy, as JSON. An id follows from what it is about: opened twice is opened once.
CREATE TABLE conflict_told (
    tenant       BLOB    NOT NULL,
    id           BLOB    NOT NULL CHECK (length(id) = 16),
    kind         TEXT    NOT NULL,
    code         TEXT,
    entity       TEXT    NOT NULL,
    title        TEXT,
    branch       BLOB    CHECK (branch IS NULL OR length(branch) = 16),
    op_id        BLOB    NOT NULL CHECK (length(op_id) = 16),
    status       TEXT    NOT NULL CHECK (status IN ('open', 'settled')),
    version      INTEGER NOT NULL CHECK (version >= 1),
    opened_rv    INTEGER NOT NULL CHECK (opened_rv >= 1),
    opened_at_ms INTEGER NOT NULL,
    rv           INTEGER NOT NULL CHECK (rv >= 1),
    mine         TEXT    CHECK (mine IS NULL OR json_valid(mine)),
    theirs       TEXT    CHECK (theirs IS NULL OR json_valid(theirs)),
    base         TEXT    CHECK (base IS NULL OR json_valid(base)),
    settled      TEXT    CHECK (settled IS NULL OR json_valid(settled)),
    PRIMARY KEY (tenant, id),
    CHECK ((status = 'settled') = (settled IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO conflict_told (tenant, id, kind, code, entity, branch, op_id, status, version, opened_rv, opened_at_ms, rv,
                           mine)
SELECT c.tenant, c.id, c.kind, o.code, c.entity, t.branch, c.op_id, 'open', c.version, c.opened_rv,
       coalesce(o.received_at_ms, 0), c.opened_rv,
       CASE WHEN c.current IS NOT NULL
            THEN json_object('fields', json_object('quantity_milli', CAST(c.current AS INTEGER))) END
FROM conflict c
LEFT JOIN op_log o ON o.tenant = c.tenant AND o.op_id = c.op_id AND o.dup = 0
LEFT JOIN till t ON t.tenant = o.tenant AND t.till = o.till;

DROP TABLE conflict;
ALTER TABLE conflict_told RENAME TO conflict;

-- One open conflict for each product of a branch, brought up to date in place.
CREATE UNIQUE INDEX conflict_negative_once ON conflict (tenant, entity) WHERE status = 'open' AND kind = 'NEGATIVE_STOCK';
CREATE INDEX conflict_open ON conflict (tenant, kind, opened_rv) WHERE status = 'open';
CREATE INDEX conflict_by_rv ON conflict (tenant, rv, id);
CREATE INDEX conflict_by_entity ON conflict (tenant, entity);

-- Dead letters in the order of the log.
CREATE INDEX op_parked ON op_log (tenant, rv) WHERE outcome = 'parked' AND dup = 0;

-- What an upgrade made of an op that had been parked. The log keeps what was said then.
CREATE TABLE op_unparked (
    tenant   BLOB    NOT NULL,
    op_id    BLOB    NOT NULL CHECK (length(op_id) = 16),
    op_hash  BLOB    NOT NULL CHECK (length(op_hash) = 32),
    outcome  TEXT    NOT NULL CHECK (outcome IN ('accepted', 'conflict', 'rejected')),
    code     TEXT,
    conflict BLOB    CHECK (conflict IS NULL OR length(conflict) = 16),
    rv       INTEGER NOT NULL CHECK (rv >= 1),
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (tenant, op_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER op_unparked_keeps_rows BEFORE DELETE ON op_unparked
BEGIN SELECT RAISE(ABORT, 'op_unparked is append-only: no row is deleted'); END;
CREATE TRIGGER op_unparked_keeps_words BEFORE UPDATE ON op_unparked
BEGIN SELECT RAISE(ABORT, 'op_unparked is append-only: no row is changed'); END;

-- What parked ops touch, as long as they are parked: later ops of the same till that depend on the order there wait
-- with them.
CREATE TABLE parked_touch (
    tenant BLOB NOT NULL,
    till   BLOB NOT NULL CHECK (length(till) = 16),
    entity TEXT NOT NULL,
    op_id  BLOB NOT NULL CHECK (length(op_id) = 16),
    PRIMARY KEY (tenant, till, entity, op_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX parked_touch_by_op ON parked_touch (tenant, op_id);

INSERT INTO parked_touch (tenant, till, entity, op_id)
SELECT DISTINCT o.tenant, o.till, t.value, o.op_id
FROM op_log o,
     json_each(CASE WHEN json_valid(CAST(o.op AS TEXT)) THEN CAST(o.op AS TEXT) ELSE '{}' END, '$.touches') t
WHERE o.outcome = 'parked' AND o.dup = 0 AND t.type = 'text';

-- Operators with their rights. `branches`: a JSON list of UUIDs in text, NULL: all of the tenant's.
CREATE TABLE operator (
    tenant      BLOB    NOT NULL,
    operator_id BLOB    NOT NULL CHECK (length(operator_id) = 16),
    name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role        TEXT    NOT NULL CHECK (role IN ('cashier', 'supervisor', 'manager', 'installer')),
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    pin_phc     TEXT,
    branches    TEXT    CHECK (branches IS NULL OR json_valid(branches)),
    rv          INTEGER NOT NULL CHECK (rv >= 1),
    deleted     INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    PRIMARY KEY (tenant, operator_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_by_rv ON operator (tenant, rv, operator_id);

CREATE TABLE tax_class (
    tenant  BLOB    NOT NULL,
    code    TEXT    NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    name    TEXT    NOT NULL,
    rate_bp INTEGER NOT NULL CHECK (rate_bp BETWEEN 0 AND 100000),
    rv      INTEGER NOT NULL CHECK (rv >= 1),
    deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    PRIMARY KEY (tenant, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX tax_class_by_rv ON tax_class (tenant, rv, code);

-- In-store barcode rules, tried in the order of their position. Branch 16 zero bytes: all branches.
CREATE TABLE in_store_rule (
    tenant   BLOB    NOT NULL,
    branch   BLOB    NOT NULL CHECK (length(branch) = 16),
    position INTEGER NOT NULL CHECK (position >= 0),
    rule     TEXT    NOT NULL CHECK (json_valid(rule)),
    rv       INTEGER NOT NULL CHECK (rv >= 1),
    deleted  INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    PRIMARY KEY (tenant, branch, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_store_rule_by_rv ON in_store_rule (tenant, rv, position);

-- Settings of a branch. Branch 16 zero bytes: all branches.
CREATE TABLE branch_setting (
    tenant  BLOB    NOT NULL,
    branch  BLOB    NOT NULL CHECK (length(branch) = 16),
    name    TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    value   TEXT    NOT NULL CHECK (json_valid(value)),
    rv      INTEGER NOT NULL CHECK (rv >= 1),
    deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    PRIMARY KEY (tenant, branch, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX branch_setting_by_rv ON branch_setting (tenant, rv, name);
