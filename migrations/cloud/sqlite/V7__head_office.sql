-- What head office needs: keys and tokens, who called last, and a stream of its own for its decisions.

-- One row: the key with which this cloud proves its own access tokens. Every process on this database gives and takes
-- the same tokens, and none keeps a list of them. A new key ends every token at once; tills fetch new ones by themselves.
CREATE TABLE token_key (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    key        BLOB    NOT NULL CHECK (length(key) = 32),
    made_at_ms INTEGER NOT NULL
) STRICT;

-- Bearer tokens of the back office, stored hashed; like read_token a directory that finds the tenant.
CREATE TABLE admin_token (
    token_hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    tenant        BLOB    NOT NULL REFERENCES tenant (tenant),
    token_id      BLOB    NOT NULL UNIQUE CHECK (length(token_id) = 16),
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- The last word of each till about itself. For the people who watch; nothing is decided by it but who is too old to push.
CREATE TABLE till_contact (
    tenant     BLOB    NOT NULL,
    till       BLOB    NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    app        TEXT    NOT NULL CHECK (length(app) <= 100),
    backlog    INTEGER CHECK (backlog >= 0),
    proof_ok   INTEGER CHECK (proof_ok IN (0, 1)),
    PRIMARY KEY (tenant, till),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) STRICT, WITHOUT ROWID;

-- What a person of head office did that no op tells: revoked a till, let a revoked till's ops in, made a code.
CREATE TABLE office_log (
    tenant   BLOB    NOT NULL REFERENCES tenant (tenant),
    entry    INTEGER NOT NULL CHECK (entry >= 1),
    at_ms    INTEGER NOT NULL,
    -- The admin token; NULL: the command line beside the database.
    token_id BLOB    CHECK (token_id IS NULL OR length(token_id) = 16),
    act      TEXT    NOT NULL,
    about    TEXT    NOT NULL,
    PRIMARY KEY (tenant, entry)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER office_log_keeps_rows BEFORE DELETE ON office_log
BEGIN SELECT RAISE(ABORT, 'office_log is append-only: no row is deleted'); END;
CREATE TRIGGER office_log_keeps_words BEFORE UPDATE ON office_log
BEGIN SELECT RAISE(ABORT, 'office_log is append-only: no row is changed'); END;

-- The head office of a tenant is a till whose only vault is the cloud: its decisions are ops of its own stream. Its key
-- signs them and lies here, because there is no other place for it.
CREATE TABLE head_office (
    tenant BLOB NOT NULL PRIMARY KEY REFERENCES tenant (tenant),
    till   BLOB NOT NULL CHECK (length(till) = 16),
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    FOREIGN KEY (tenant, till) REFERENCES till (tenant, till)
) STRICT, WITHOUT ROWID;

-- An article code stands for one product.
CREATE INDEX product_by_code ON product (tenant, code) WHERE code IS NOT NULL;
-- The list of head office is by name.
CREATE INDEX product_by_name ON product (tenant, name, product_id) WHERE deleted = 0;
