-- What head office needs: keys and tokens, who called last, and a stream of its own for its decisions.

-- Reference. One row: the key with which this cloud proves its own access tokens. Every process on this database gives
-- and takes the same tokens, and none keeps a list of them. A new key ends every token at once; tills fetch new ones
-- by themselves.
CREATE TABLE token_key (
    only_row   smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    key        bytea    NOT NULL CHECK (length(key) = 32),
    made_at_ms bigint   NOT NULL
);

-- Reference. Bearer tokens of the back office, stored hashed; like read_token a directory that finds the tenant.
CREATE TABLE admin_token (
    token_hash    bytea  NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    tenant        uuid   NOT NULL REFERENCES tenant (tenant),
    token_id      uuid   NOT NULL UNIQUE,
    created_at_ms bigint NOT NULL,
    revoked_at_ms bigint
);

-- The last word of each till about itself. For the people who watch; nothing is decided by it but who is too old to
-- push.
CREATE TABLE till_contact (
    tenant     uuid    NOT NULL,
    till       uuid    NOT NULL,
    seen_at_ms bigint  NOT NULL,
    app        text    NOT NULL CHECK (length(app) <= 100),
    backlog    bigint  CHECK (backlog >= 0),
    proof_ok   boolean,
    PRIMARY KEY (tenant, till),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) WITH (fillfactor = 50);

ALTER TABLE till_contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE till_contact FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON till_contact USING (tenant = current_setting('holdfast.tenant')::uuid);

-- What a person of head office did that no op tells: revoked a till, let a revoked till's ops in, made a code.
CREATE TABLE office_log (
    tenant   uuid   NOT NULL REFERENCES tenant (tenant),
    entry    bigint NOT NULL CHECK (entry >= 1),
    at_ms    bigint NOT NULL,
    -- The admin token; NULL: the command line beside the database.
    token_id uuid,
    act      text   NOT NULL,
    about    text   NOT NULL,
    PRIMARY KEY (tenant, entry)
);

CREATE TRIGGER office_log_keeps_rows BEFORE UPDATE OR DELETE ON office_log
    FOR EACH ROW EXECUTE FUNCTION keeps_what_is_written();
CREATE TRIGGER office_log_is_not_emptied BEFORE TRUNCATE ON office_log
    FOR EACH STATEMENT EXECUTE FUNCTION keeps_what_is_written();

ALTER TABLE office_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE office_log FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON office_log USING (tenant = current_setting('holdfast.tenant')::uuid);

-- The head office of a tenant is a till whose only vault is the cloud: its decisions are ops of its own stream. Its key
-- signs them and lies here, because there is no other place for it.
CREATE TABLE head_office (
    tenant uuid  NOT NULL PRIMARY KEY REFERENCES tenant (tenant),
    till   uuid  NOT NULL,
    secret bytea NOT NULL CHECK (length(secret) = 32),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
);

ALTER TABLE head_office ENABLE ROW LEVEL SECURITY;
ALTER TABLE head_office FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON head_office USING (tenant = current_setting('holdfast.tenant')::uuid);

-- An article code stands for one product. Not the code itself: an index takes no value beyond 2,700 bytes, and what a
-- till says may be longer.
CREATE INDEX product_by_code ON product (tenant, md5(code)) WHERE code IS NOT NULL;
-- The list of head office is by name; names beyond 200 letters that begin alike are sorted afterwards.
CREATE INDEX product_by_name ON product (tenant, left(name, 200), product_id) WHERE NOT deleted;
