-- Who may speak here. Ids and segments are 128 bits in `uuid`, hashes 32 bytes in `bytea`, times UTC milliseconds.
--
-- Two sorts of tables. A tenant's tables: every primary key and every unique index begins with `tenant`, so that a
-- distributed PostgreSQL can put a tenant's rows in one place, and row-level security shows the rows of the
-- transaction's `holdfast.tenant` alone, to their owner too. Reference tables (cloud, tenant, till_directory,
-- enrol_code, read_token): small, the same everywhere, without row-level security, because the tenant is found in
-- them; none of them points at a tenant's table.
--
-- Numbers of migrations follow migrations/cloud/sqlite, whose V4 and whose new columns of V5 stand in V1 and V3 here.

-- Reference. One row: the identity of this database. A restore from a backup gets a new epoch, so that tills re-send.
CREATE TABLE cloud (
    only_row      smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    cloud_epoch   uuid     NOT NULL,
    created_at_ms bigint   NOT NULL
);

-- Reference: the names are looked up across tenants.
CREATE TABLE tenant (
    tenant        uuid   NOT NULL PRIMARY KEY,
    name          text   NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    created_at_ms bigint NOT NULL
);

-- The version counter of a tenant. Taken first in every writing transaction: whoever holds it is the only writer of
-- the tenant, so that the order of commits is the order of versions. Pages are kept nearly empty: each push makes a
-- new version of the row, which then has its place beside the old one and touches no index.
CREATE TABLE tenant_clock (
    tenant uuid   NOT NULL PRIMARY KEY REFERENCES tenant (tenant),
    v      bigint NOT NULL CHECK (v >= 0)
) WITH (fillfactor = 10);

ALTER TABLE tenant_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_clock FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON tenant_clock USING (tenant = current_setting('holdfast.tenant')::uuid);

CREATE TABLE branch (
    tenant        uuid   NOT NULL REFERENCES tenant (tenant),
    branch        uuid   NOT NULL,
    name          text   NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at_ms bigint NOT NULL,
    PRIMARY KEY (tenant, branch),
    UNIQUE (tenant, name)
);

ALTER TABLE branch ENABLE ROW LEVEL SECURITY;
ALTER TABLE branch FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON branch USING (tenant = current_setting('holdfast.tenant')::uuid);

-- A till with its public key. The genesis identity is what the till called itself before it was enrolled: its first
-- ops name it and hash to it, and stay true for ever.
CREATE TABLE till (
    tenant         uuid   NOT NULL,
    till           uuid   NOT NULL,
    branch         uuid   NOT NULL,
    public_key     bytea  NOT NULL CHECK (length(public_key) = 32),
    genesis_tenant uuid   NOT NULL,
    genesis_branch uuid   NOT NULL,
    name           text   NOT NULL CHECK (length(name) <= 200),
    enrolled_at_ms bigint NOT NULL,
    revoked_at_ms  bigint,
    PRIMARY KEY (tenant, till),
    FOREIGN KEY (tenant, branch) REFERENCES branch (tenant, branch)
);

ALTER TABLE till ENABLE ROW LEVEL SECURITY;
ALTER TABLE till FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON till USING (tenant = current_setting('holdfast.tenant')::uuid);

-- Reference: the tenant of a till that speaks.
CREATE TABLE till_directory (
    till   uuid NOT NULL PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES tenant (tenant)
);

-- Reference. One-time codes, stored hashed. `used_by` makes the answer to a repeated request (its reply got lost)
-- the same.
CREATE TABLE enrol_code (
    code_hash     bytea  NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    tenant        uuid   NOT NULL REFERENCES tenant (tenant),
    branch        uuid   NOT NULL,
    expires_at_ms bigint NOT NULL,
    used_by       uuid,
    used_at_ms    bigint,
    CHECK ((used_by IS NULL) = (used_at_ms IS NULL))
);

-- Reference. Bearer tokens of the reports, stored hashed.
CREATE TABLE read_token (
    token_hash    bytea  NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    tenant        uuid   NOT NULL REFERENCES tenant (tenant),
    created_at_ms bigint NOT NULL,
    revoked_at_ms bigint
);

-- What each Idempotency-Key stood for. May be forgotten after seven days; op_id never is.
CREATE TABLE idempotency_key (
    tenant      uuid   NOT NULL,
    till        uuid   NOT NULL,
    route       text   NOT NULL,
    key         uuid   NOT NULL,
    fingerprint bytea  NOT NULL CHECK (length(fingerprint) = 32),
    seen_at_ms  bigint NOT NULL,
    PRIMARY KEY (tenant, till, route, key)
);

-- Old keys are forgotten tenant by tenant.
CREATE INDEX idempotency_key_by_age ON idempotency_key (tenant, seen_at_ms);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON idempotency_key USING (tenant = current_setting('holdfast.tenant')::uuid);
