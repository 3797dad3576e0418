-- What tills fetch: rows in the order of their versions, and how far back a till may stand.

-- Reference. One row: the key under which cursors are signed. A cursor is the till's own note; it opens nothing by
-- itself.
CREATE TABLE cursor_key (
    only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    key      bytea    NOT NULL CHECK (length(key) = 32)
);

-- How far a tenant was at a time: so that a tombstone's age can be told from its version.
CREATE TABLE version_mark (
    tenant uuid   NOT NULL REFERENCES tenant (tenant),
    at_ms  bigint NOT NULL,
    v      bigint NOT NULL CHECK (v >= 0),
    PRIMARY KEY (tenant, at_ms)
);

ALTER TABLE version_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE version_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON version_mark USING (tenant = current_setting('holdfast.tenant')::uuid);

-- The version from which a till can go on in a scope: tombstones up to it were forgotten.
CREATE TABLE pull_floor (
    tenant uuid   NOT NULL REFERENCES tenant (tenant),
    scope  text   NOT NULL CHECK (scope IN ('catalogue', 'config')),
    min_rv bigint NOT NULL CHECK (min_rv >= 0),
    PRIMARY KEY (tenant, scope)
);

ALTER TABLE pull_floor ENABLE ROW LEVEL SECURITY;
ALTER TABLE pull_floor FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON pull_floor USING (tenant = current_setting('holdfast.tenant')::uuid);

CREATE INDEX product_by_version ON product (tenant, row_version, product_id);
CREATE INDEX stock_by_branch ON stock (tenant, branch, rv, product_id);
CREATE INDEX stream_head_by_rv ON stream_head (tenant, rv);
