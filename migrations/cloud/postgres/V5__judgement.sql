-- What judging needs beside the facts: what groups said before, ops judged later, what parked ops hold up, and the
-- tables of what head office says (operators, tax classes, in-store rules, settings), which pulls deliver. `rv` is the
-- version of the transaction that wrote the row last. JSON is kept as text: handed on as it is, never searched here.

-- What a group said before it was overwritten, under its version then: what both sides of a conflict began from.
CREATE TABLE product_group_past (
    tenant        uuid   NOT NULL,
    product_id    uuid   NOT NULL,
    field_group   text   NOT NULL,
    version       bigint NOT NULL CHECK (version >= 1),
    till          uuid   NOT NULL,
    operator_name text,
    at_ms         bigint,
    fields        text   NOT NULL,
    PRIMARY KEY (tenant, product_id, field_group, version)
);

ALTER TABLE product_group_past ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_group_past FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON product_group_past USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Dead letters in the order of the log.
CREATE INDEX op_parked ON op_log (tenant, rv) WHERE outcome = 'parked' AND NOT dup;

-- What an upgrade made of an op that had been parked. The log keeps what was said then.
CREATE TABLE op_unparked (
    tenant   uuid   NOT NULL,
    op_id    uuid   NOT NULL,
    op_hash  bytea  NOT NULL CHECK (length(op_hash) = 32),
    outcome  text   NOT NULL CHECK (outcome IN ('accepted', 'conflict', 'rejected')),
    code     text,
    conflict uuid,
    rv       bigint NOT NULL CHECK (rv >= 1),
    at_ms    bigint NOT NULL,
    PRIMARY KEY (tenant, op_id)
);

CREATE TRIGGER op_unparked_keeps_rows BEFORE UPDATE OR DELETE ON op_unparked
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER op_unparked_is_not_emptied BEFORE TRUNCATE ON op_unparked
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE op_unparked ENABLE ROW LEVEL SECURITY;
ALTER TABLE op_unparked FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON op_unparked USING (tenant = current_setting('holdfast.tenant')::uuid);

-- What parked ops touch, as long as they are parked: later ops of the same till that depend on the order there wait
-- with them.
CREATE TABLE parked_touch (
    tenant uuid NOT NULL,
    till   uuid NOT NULL,
    entity text NOT NULL,
    op_id  uuid NOT NULL,
    PRIMARY KEY (tenant, till, entity, op_id)
);

CREATE INDEX parked_touch_by_op ON parked_touch (tenant, op_id);

ALTER TABLE parked_touch ENABLE ROW LEVEL SECURITY;
ALTER TABLE parked_touch FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON parked_touch USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Operators with their rights. `branches`: a JSON list of UUIDs, NULL: all of the tenant's.
CREATE TABLE operator (
    tenant      uuid    NOT NULL,
    operator_id uuid    NOT NULL,
    name        text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role        text    NOT NULL CHECK (role IN ('cashier', 'supervisor', 'manager', 'installer')),
    active      boolean NOT NULL,
    pin_phc     text,
    branches    text,
    rv          bigint  NOT NULL CHECK (rv >= 1),
    deleted     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, operator_id)
);

CREATE INDEX operator_by_rv ON operator (tenant, rv, operator_id);

ALTER TABLE operator ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON operator USING (tenant = current_setting('holdfast.tenant')::uuid);

CREATE TABLE tax_class (
    tenant  uuid    NOT NULL,
    code    text    NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    name    text    NOT NULL,
    rate_bp bigint  NOT NULL CHECK (rate_bp BETWEEN 0 AND 100000),
    rv      bigint  NOT NULL CHECK (rv >= 1),
    deleted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, code)
);

CREATE INDEX tax_class_by_rv ON tax_class (tenant, rv, code);

ALTER TABLE tax_class ENABLE ROW LEVEL SECURITY;
ALTER TABLE tax_class FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON tax_class USING (tenant = current_setting('holdfast.tenant')::uuid);

-- In-store barcode rules, tried in the order of their position. The nil branch: all branches.
CREATE TABLE in_store_rule (
    tenant   uuid    NOT NULL,
    branch   uuid    NOT NULL,
    position bigint  NOT NULL CHECK (position >= 0),
    rule     text    NOT NULL,
    rv       bigint  NOT NULL CHECK (rv >= 1),
    deleted  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, branch, position)
);

CREATE INDEX in_store_rule_by_rv ON in_store_rule (tenant, rv, position);

ALTER TABLE in_store_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE in_store_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON in_store_rule USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Settings of a branch. The nil branch: all branches.
CREATE TABLE branch_setting (
    tenant  uuid    NOT NULL,
    branch  uuid    NOT NULL,
    name    text    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    value   text    NOT NULL,
    rv      bigint  NOT NULL CHECK (rv >= 1),
    deleted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, branch, name)
);

CREATE INDEX branch_setting_by_rv ON branch_setting (tenant, rv, name);

ALTER TABLE branch_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE branch_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON branch_setting USING (tenant = current_setting('holdfast.tenant')::uuid);
