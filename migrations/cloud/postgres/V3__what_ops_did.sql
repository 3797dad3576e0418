-- What the ops in the log did, judged when they were recorded. All of it can be rebuilt from op_log; none of it is
-- the only copy of anything. Money in minor units, quantities in thousandths, both signed 64-bit.

-- A sale or refund, one row for each op that recorded one. A second op with the same sale_id adds no row here and
-- opens a conflict: which one happened is for a person to say.
CREATE TABLE sale (
    tenant          uuid   NOT NULL,
    op_id           uuid   NOT NULL,
    sale_id         uuid   NOT NULL,
    kind            text   NOT NULL CHECK (kind IN ('sale', 'refund')),
    branch          uuid   NOT NULL,
    till            uuid   NOT NULL,
    segment         uuid   NOT NULL,
    seq             bigint NOT NULL CHECK (seq >= 1),
    rv              bigint NOT NULL CHECK (rv >= 1),
    receipt_number  text   NOT NULL,
    of_sale         uuid   CHECK (of_sale IS NULL OR kind = 'refund'),
    operator_id     uuid   NOT NULL,
    operator_name   text   NOT NULL,
    completed_at_ms bigint NOT NULL,
    reference       text,
    currency        text   NOT NULL CHECK (length(currency) = 3),
    line_count      bigint NOT NULL CHECK (line_count >= 0),
    net_minor       bigint NOT NULL CHECK (net_minor BETWEEN -10000000000000000 AND 10000000000000000),
    tax_minor       bigint NOT NULL CHECK (tax_minor BETWEEN -10000000000000000 AND 10000000000000000),
    gross_minor     bigint NOT NULL CHECK (gross_minor BETWEEN -10000000000000000 AND 10000000000000000),
    PRIMARY KEY (tenant, op_id)
);

CREATE UNIQUE INDEX sale_once ON sale (tenant, sale_id);
CREATE INDEX sale_by_rv ON sale (tenant, rv, op_id);

ALTER TABLE sale ENABLE ROW LEVEL SECURITY;
ALTER TABLE sale FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON sale USING (tenant = current_setting('holdfast.tenant')::uuid);

-- What each refund gave back of each line of its sale: the sum may not exceed what was sold.
CREATE TABLE given_back (
    tenant         uuid   NOT NULL,
    of_sale        uuid   NOT NULL,
    of_line        bigint NOT NULL CHECK (of_line >= 1),
    op_id          uuid   NOT NULL,
    quantity_milli bigint NOT NULL CHECK (quantity_milli > 0),
    PRIMARY KEY (tenant, of_sale, of_line, op_id)
);

ALTER TABLE given_back ENABLE ROW LEVEL SECURITY;
ALTER TABLE given_back FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON given_back USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Every stock movement, one row for each op, product and kind.
CREATE TABLE stock_ledger (
    tenant      uuid   NOT NULL,
    rv          bigint NOT NULL CHECK (rv >= 1),
    part        bigint NOT NULL CHECK (part >= 0),
    op_id       uuid   NOT NULL,
    branch      uuid   NOT NULL,
    product_id  uuid   NOT NULL,
    kind        text   NOT NULL CHECK (kind IN ('sale', 'refund', 'resale', 'adjustment', 'restock', 'count')),
    delta_milli bigint NOT NULL,
    reason      text,
    -- Who moved it and when by their hybrid clock: a count asks what it had not seen.
    till        uuid,
    segment     uuid,
    seq         bigint,
    hlc_ms      bigint,
    hlc_counter bigint,
    PRIMARY KEY (tenant, rv, part)
);

CREATE INDEX stock_ledger_by_product ON stock_ledger (tenant, branch, product_id, rv);

CREATE TRIGGER stock_ledger_keeps_rows BEFORE UPDATE OR DELETE ON stock_ledger
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER stock_ledger_is_not_emptied BEFORE TRUNCATE ON stock_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE stock_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON stock_ledger USING (tenant = current_setting('holdfast.tenant')::uuid);

-- The sum of the ledger; below zero is allowed and flagged. `tracked`: the shop keeps book of it, because it was
-- received or counted at least once. `sold_as`: the name on the last receipt, for products that no op has described.
CREATE TABLE stock (
    tenant         uuid    NOT NULL,
    branch         uuid    NOT NULL,
    product_id     uuid    NOT NULL,
    quantity_milli bigint  NOT NULL,
    tracked        boolean NOT NULL,
    rv             bigint  NOT NULL CHECK (rv >= 1),
    sold_as        text,
    -- The count that the figure rests on: by whom, and when by their hybrid clock.
    counted_op          uuid,
    counted_till        uuid,
    counted_hlc_ms      bigint,
    counted_hlc_counter bigint,
    counted_at_ms       bigint,
    PRIMARY KEY (tenant, branch, product_id)
) WITH (fillfactor = 70);

CREATE INDEX stock_by_rv ON stock (tenant, rv, product_id);

ALTER TABLE stock ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON stock USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Products as the tills named them. `barcodes` is a JSON list as text: it is handed on as it is, never searched here.
CREATE TABLE product (
    tenant      uuid   NOT NULL,
    product_id  uuid   NOT NULL,
    code        text,
    name        text   NOT NULL,
    unit        text   NOT NULL,
    price_minor bigint,
    tax_class   text   NOT NULL,
    tax_rate_bp bigint NOT NULL,
    category    text,
    barcodes    text   NOT NULL,
    row_version bigint NOT NULL CHECK (row_version >= 1),
    -- A deleted product stays as a tombstone: an edit of it is a conflict, a sale of it is still a fact.
    deleted     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, product_id)
);

ALTER TABLE product ENABLE ROW LEVEL SECURITY;
ALTER TABLE product FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON product USING (tenant = current_setting('holdfast.tenant')::uuid);

-- The version of each group of a product's fields (price, tax, names, barcodes) and who made it: an edit on an older
-- one is a conflict.
CREATE TABLE product_group (
    tenant      uuid   NOT NULL,
    product_id  uuid   NOT NULL,
    field_group text   NOT NULL,
    version     bigint NOT NULL CHECK (version >= 1),
    till        uuid   NOT NULL,
    -- Who, and when by their clock. Nothing known: head office.
    operator_name text,
    at_ms         bigint,
    PRIMARY KEY (tenant, product_id, field_group)
);

ALTER TABLE product_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_group FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON product_group USING (tenant = current_setting('holdfast.tenant')::uuid);

-- What tills noticed about themselves.
CREATE TABLE till_incident (
    tenant        uuid   NOT NULL,
    op_id         uuid   NOT NULL,
    till          uuid   NOT NULL,
    kind          text   NOT NULL,
    words         text   NOT NULL,
    noticed_at_ms bigint NOT NULL,
    rv            bigint NOT NULL CHECK (rv >= 1),
    PRIMARY KEY (tenant, op_id)
);

ALTER TABLE till_incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE till_incident FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON till_incident USING (tenant = current_setting('holdfast.tenant')::uuid);

-- What needs a person: both sides, who, when and where, and how it ended. mine, theirs and base are a ConflictSide
-- each, settled is a SettledBy, as JSON in text. An id follows from what it is about: opened twice is opened once.
CREATE TABLE conflict (
    tenant       uuid   NOT NULL,
    id           uuid   NOT NULL,
    kind         text   NOT NULL,
    code         text,
    entity       text   NOT NULL,
    title        text,
    branch       uuid,
    op_id        uuid   NOT NULL,
    status       text   NOT NULL CHECK (status IN ('open', 'settled')),
    version      bigint NOT NULL CHECK (version >= 1),
    opened_rv    bigint NOT NULL CHECK (opened_rv >= 1),
    opened_at_ms bigint NOT NULL,
    rv           bigint NOT NULL CHECK (rv >= 1),
    mine         text,
    theirs       text,
    base         text,
    settled      text,
    PRIMARY KEY (tenant, id),
    CHECK ((status = 'settled') = (settled IS NOT NULL))
);

-- One open conflict for each product of a branch, brought up to date in place.
CREATE UNIQUE INDEX conflict_negative_once ON conflict (tenant, entity) WHERE status = 'open' AND kind = 'NEGATIVE_STOCK';
CREATE INDEX conflict_open ON conflict (tenant, kind, opened_rv) WHERE status = 'open';
CREATE INDEX conflict_by_rv ON conflict (tenant, rv, id);
CREATE INDEX conflict_by_entity ON conflict (tenant, entity);

ALTER TABLE conflict ENABLE ROW LEVEL SECURITY;
ALTER TABLE conflict FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON conflict USING (tenant = current_setting('holdfast.tenant')::uuid);
