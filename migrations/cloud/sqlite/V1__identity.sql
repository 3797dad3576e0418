-- Who may speak here. Ids are 16 raw bytes, hashes 32 raw bytes, times UTC milliseconds.
-- Every key begins with the tenant, except the three directories that find the tenant for a credential
-- (enrol_code, read_token, till_directory): they are what a credential is looked up in.

-- One row: the identity of this database. A restore from a backup gets a new epoch, so that tills re-send.
CREATE TABLE cloud (
    only_row      INTEGER PRIMARY KEY CHECK (only_row = 1),
    cloud_epoch   BLOB    NOT NULL CHECK (length(cloud_epoch) = 16),
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant (
    tenant        BLOB    NOT NULL PRIMARY KEY CHECK (length(tenant) = 16),
    name          TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The version counter of a tenant. Taken first in every writing transaction: whoever holds it is the only
-- writer of the tenant, so that the order of commits is the order of versions.
CREATE TABLE tenant_clock (
    tenant BLOB    NOT NULL PRIMARY KEY REFERENCES tenant (tenant),
    v      INTEGER NOT NULL CHECK (v >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE branch (
    tenant        BLOB    NOT NULL REFERENCES tenant (tenant),
    branch        BLOB    NOT NULL CHECK (length(branch) = 16),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant, branch),
    UNIQUE (tenant, name)
) STRICT, WITHOUT ROWID;

-- A till with its public key. The genesis identity is what the till called itself before it was enrolled:
-- its first ops name it and hash to it, and stay true for ever.
CREATE TABLE till (
    tenant         BLOB    NOT NULL,
    till           BLOB    NOT NULL CHECK (length(till) = 16),
    branch         BLOB    NOT NULL,
    public_key     BLOB    NOT NULL CHECK (length(public_key) = 32),
    genesis_tenant BLOB    NOT NULL CHECK (length(genesis_tenant) = 16),
    genesis_branch BLOB    NOT NULL CHECK (length(genesis_branch) = 16),
    name           TEXT    NOT NULL CHECK (length(name) <= 200),
    enrolled_at_ms INTEGER NOT NULL,
    revoked_at_ms  INTEGER,
    PRIMARY KEY (tenant, till),
    FOREIGN KEY (tenant, branch) REFERENCES branch (tenant, branch)
) STRICT, WITHOUT ROWID;

CREATE TABLE till_directory (
    till   BLOB NOT NULL PRIMARY KEY,
    tenant BLOB NOT NULL,
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) STRICT, WITHOUT ROWID;

-- One-time codes, stored hashed. `used_by` makes the answer to a repeated request (its reply got lost) the same.
CREATE TABLE enrol_code (
    code_hash     BLOB    NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    tenant        BLOB    NOT NULL,
    branch        BLOB    NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by       BLOB,
    used_at_ms    INTEGER,
    CHECK ((used_by IS NULL) = (used_at_ms IS NULL)),
    FOREIGN KEY (tenant, branch) REFERENCES branch (tenant, branch)
) STRICT, WITHOUT ROWID;

-- Bearer tokens of the reports, stored hashed.
CREATE TABLE read_token (
    token_hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    tenant        BLOB    NOT NULL REFERENCES tenant (tenant),
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What each Idempotency-Key stood for. May be forgotten after seven days; op_id never is.
CREATE TABLE idempotency_key (
    tenant      BLOB    NOT NULL,
    till        BLOB    NOT NULL,
    route       TEXT    NOT NULL,
    key         BLOB    NOT NULL CHECK (length(key) = 16),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    seen_at_ms  INTEGER NOT NULL,
    PRIMARY KEY (tenant, till, route, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_key_by_age ON idempotency_key (seen_at_ms);
