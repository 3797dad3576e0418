-- What tills fetch: rows in the order of their versions, and how far back a till may stand.

-- One row: the key under which cursors are signed. A cursor is the till's own note; it opens nothing by itself.
CREATE TABLE cursor_key (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    key      BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;

-- How far a tenant was at a time: so that a tombstone's age can be told from its version.
CREATE TABLE version_mark (
    tenant BLOB    NOT NULL REFERENCES tenant (tenant),
    at_ms  INTEGER NOT NULL,
    v      INTEGER NOT NULL CHECK (v >= 0),
    PRIMARY KEY (tenant, at_ms)
) STRICT, WITHOUT ROWID;

-- The version from which a till can go on in a scope: tombstones up to it were forgotten.
CREATE TABLE pull_floor (
    tenant BLOB    NOT NULL REFERENCES tenant (tenant),
    scope  TEXT    NOT NULL CHECK (scope IN ('catalogue', 'config')),
    min_rv INTEGER NOT NULL CHECK (min_rv >= 0),
    PRIMARY KEY (tenant, scope)
) STRICT, WITHOUT ROWID;

CREATE INDEX product_by_version ON product (tenant, row_version, product_id);
CREATE INDEX stock_by_branch ON stock (tenant, branch, rv, product_id);
CREATE INDEX stream_head_by_rv ON stream_head (tenant, rv);
