-- What the ops in the log did, judged when they were recorded. All of it can be rebuilt from op_log; none of it is
-- the only copy of anything. Money in minor units, quantities in thousandths, both signed 64-bit.

-- A sale or refund, one row for each op that recorded one. A second op with the same sale_id adds no row here and
-- opens a conflict: which one happened is for a person to say.
CREATE TABLE sale (
    tenant          BLOB    NOT NULL,
    op_id           BLOB    NOT NULL CHECK (length(op_id) = 16),
    sale_id         BLOB    NOT NULL CHECK (length(sale_id) = 16),
    kind            TEXT    NOT NULL CHECK (kind IN ('sale', 'refund')),
    branch          BLOB    NOT NULL CHECK (length(branch) = 16),
    till            BLOB    NOT NULL CHECK (length(till) = 16),
    segment         BLOB    NOT NULL CHECK (length(segment) = 16),
    seq             INTEGER NOT NULL CHECK (seq >= 1),
    rv              INTEGER NOT NULL CHECK (rv >= 1),
    receipt_number  TEXT    NOT NULL,
    of_sale         BLOB    CHECK (of_sale IS NULL OR (kind = 'refund' AND length(of_sale) = 16)),
    operator_id     BLOB    NOT NULL CHECK (length(operator_id) = 16),
    operator_name   TEXT    NOT NULL,
    completed_at_ms INTEGER NOT NULL,
    reference       TEXT,
    currency        TEXT    NOT NULL CHECK (length(currency) = 3),
    line_count      INTEGER NOT NULL CHECK (line_count >= 0),
    net_minor       INTEGER NOT NULL CHECK (abs(net_minor) <= 10000000000000000),
    tax_minor       INTEGER NOT NULL CHECK (abs(tax_minor) <= 10000000000000000),
    gross_minor     INTEGER NOT NULL CHECK (abs(gross_minor) <= 10000000000000000),
    PRIMARY KEY (tenant, op_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sale_once ON sale (tenant, sale_id);
CREATE INDEX sale_by_rv ON sale (tenant, rv, op_id);

-- What each refund gave back of each line of its sale: the sum may not exceed what was sold.
CREATE TABLE given_back (
    tenant         BLOB    NOT NULL,
    of_sale        BLOB    NOT NULL CHECK (length(of_sale) = 16),
    of_line        INTEGER NOT NULL CHECK (of_line >= 1),
    op_id          BLOB    NOT NULL CHECK (length(op_id) = 16),
    quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
    PRIMARY KEY (tenant, of_sale, of_line, op_id)
) STRICT, WITHOUT ROWID;

-- Every stock movement, one row for each op, product and kind.
CREATE TABLE stock_ledger (
    tenant      BLOB    NOT NULL,
    rv          INTEGER NOT NULL CHECK (rv >= 1),
    part        INTEGER NOT NULL CHECK (part >= 0),
    op_id       BLOB    NOT NULL CHECK (length(op_id) = 16),
    branch      BLOB    NOT NULL CHECK (length(branch) = 16),
    product_id  BLOB    NOT NULL CHECK (length(product_id) = 16),
    kind        TEXT    NOT NULL CHECK (kind IN ('sale', 'refund', 'resale', 'adjustment', 'restock', 'count')),
    delta_milli INTEGER NOT NULL,
    reason      TEXT,
    PRIMARY KEY (tenant, rv, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_ledger_by_product ON stock_ledger (tenant, branch, product_id, rv);

CREATE TRIGGER stock_ledger_keeps_rows BEFORE DELETE ON stock_ledger
BEGIN SELECT RAISE(ABORT, 'stock_ledger is append-only: no row is deleted'); END;
CREATE TRIGGER stock_ledger_keeps_figures BEFORE UPDATE ON stock_ledger
BEGIN SELECT RAISE(ABORT, 'stock_ledger is append-only: no row is changed'); END;

-- The sum of the ledger; below zero is allowed and flagged. `tracked`: the shop keeps book of it, because it was
-- received or counted at least once.
CREATE TABLE stock (
    tenant         BLOB    NOT NULL,
    branch         BLOB    NOT NULL CHECK (length(branch) = 16),
    product_id     BLOB    NOT NULL CHECK (length(product_id) = 16),
    quantity_milli INTEGER NOT NULL,
    tracked        INTEGER NOT NULL CHECK (tracked IN (0, 1)),
    rv             INTEGER NOT NULL CHECK (rv >= 1),
    PRIMARY KEY (tenant, branch, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_by_rv ON stock (tenant, rv, product_id);

-- Products as the tills named them.
CREATE TABLE product (
    tenant      BLOB    NOT NULL,
    product_id  BLOB    NOT NULL CHECK (length(product_id) = 16),
    code        TEXT,
    name        TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    price_minor INTEGER,
    tax_class   TEXT    NOT NULL,
    tax_rate_bp INTEGER NOT NULL,
    category    TEXT,
    barcodes    TEXT    NOT NULL CHECK (json_valid(barcodes)),
    row_version INTEGER NOT NULL CHECK (row_version >= 1),
    PRIMARY KEY (tenant, product_id)
) STRICT, WITHOUT ROWID;

-- The version of each group of a product's fields (price, tax, names, barcodes) and who made it: an edit on an older
-- one is a conflict.
CREATE TABLE product_group (
    tenant      BLOB    NOT NULL,
    product_id  BLOB    NOT NULL CHECK (length(product_id) = 16),
    field_group TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version >= 1),
    till        BLOB    NOT NULL CHECK (length(till) = 16),
    PRIMARY KEY (tenant, product_id, field_group)
) STRICT, WITHOUT ROWID;

-- What tills noticed about themselves.
CREATE TABLE till_incident (
    tenant        BLOB    NOT NULL,
    op_id         BLOB    NOT NULL CHECK (length(op_id) = 16),
    till          BLOB    NOT NULL CHECK (length(till) = 16),
    kind          TEXT    NOT NULL,
    words         TEXT    NOT NULL,
    noticed_at_ms INTEGER NOT NULL,
    rv            INTEGER NOT NULL CHECK (rv >= 1),
    PRIMARY KEY (tenant, op_id)
) STRICT, WITHOUT ROWID;

-- What needs a person. Ends only by a new op. An id follows from what it is about: opened twice is opened once.
CREATE TABLE conflict (
    tenant      BLOB    NOT NULL,
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    kind        TEXT    NOT NULL,
    entity      TEXT    NOT NULL,
    op_id       BLOB    NOT NULL CHECK (length(op_id) = 16),
    base        TEXT,
    current     TEXT,
    proposal    TEXT,
    status      TEXT    NOT NULL CHECK (status IN ('open', 'settled')),
    version     INTEGER NOT NULL CHECK (version >= 1),
    opened_rv   INTEGER NOT NULL CHECK (opened_rv >= 1),
    resolved_by BLOB,
    PRIMARY KEY (tenant, id),
    CHECK ((status = 'settled') = (resolved_by IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- One open conflict for each product of a branch, brought up to date in place.
CREATE UNIQUE INDEX conflict_negative_once ON conflict (tenant, entity) WHERE status = 'open' AND kind = 'NEGATIVE_STOCK';
CREATE INDEX conflict_open ON conflict (tenant, kind, opened_rv) WHERE status = 'open';
