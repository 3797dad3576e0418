//! Codes, tokens and tills in SQLite.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::sql::{failed, fixed, uuid_column};
use crate::store::tenancy::{CodeKept, admit};
use crate::store::{
    CodeWanted, EnrolRefused, EnrolWanted, Enrolled, StoreError, TillCredential, TokenWanted,
};

/// Makes what is new of tenant and branch, and keeps the code's hash.
pub(super) fn make_code(tx: &Connection, wanted: &CodeWanted) -> Result<(), StoreError> {
    let doing = "making an enrolment code";
    let tenant = tenant_named(tx, &wanted.tenant_name, wanted.new_tenant, wanted.now_ms)?;
    tx.execute(
        "INSERT INTO branch (tenant, branch, name, created_at_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, name) DO NOTHING",
        params![
            tenant.as_bytes(),
            wanted.new_branch.as_bytes(),
            wanted.branch_name,
            wanted.now_ms
        ],
    )
    .map_err(failed(doing))?;
    tx.execute(
        "INSERT INTO enrol_code (code_hash, tenant, branch, expires_at_ms)
         SELECT :code_hash, tenant, branch, :expires_at_ms
         FROM branch WHERE tenant = :tenant AND name = :branch_name",
        named_params! {
            ":code_hash": wanted.code_hash,
            ":tenant": tenant.as_bytes(),
            ":branch_name": wanted.branch_name,
            ":expires_at_ms": wanted.expires_at_ms,
        },
    )
    .map_err(failed(doing))?;
    Ok(())
}

pub(super) fn tenant_named(
    tx: &Connection,
    name: &str,
    new_tenant: Uuid,
    now_ms: i64,
) -> Result<Uuid, StoreError> {
    let doing = "making a tenant";
    let made = tx
        .execute(
            "INSERT INTO tenant (tenant, name, created_at_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO NOTHING",
            params![new_tenant.as_bytes(), name, now_ms],
        )
        .map_err(failed(doing))?;
    if made == 0 {
        let found = tx.query_row("SELECT tenant FROM tenant WHERE name = ?1", [name], |row| {
            uuid_column(row, 0)
        });
        return found.map_err(failed(doing));
    }
    tx.execute(
        "INSERT INTO tenant_clock (tenant, v) VALUES (?1, 0)",
        [new_tenant.as_bytes()],
    )
    .map_err(failed(doing))?;
    Ok(new_tenant)
}

/// Keeps a read token's hash; `false` if no tenant has the name.
pub(super) fn make_read_token(tx: &Connection, wanted: &TokenWanted) -> Result<bool, StoreError> {
    let made = tx.execute(
        "INSERT INTO read_token (token_hash, tenant, created_at_ms)
         SELECT ?1, tenant, ?2 FROM tenant WHERE name = ?3",
        params![wanted.token_hash, wanted.now_ms, wanted.tenant_name],
    );
    Ok(made.map_err(failed("making a read token"))? == 1)
}

/// The tenant of a read token.
pub(super) fn token_tenant(
    snapshot: &Connection,
    token_hash: &[u8; 32],
) -> Result<Option<Uuid>, StoreError> {
    snapshot
        .prepare_cached(
            "SELECT tenant FROM read_token WHERE token_hash = ?1 AND revoked_at_ms IS NULL",
        )
        .and_then(|mut found| {
            found
                .query_row([token_hash], |row| uuid_column(row, 0))
                .optional()
        })
        .map_err(failed("looking a read token up"))
}

/// The till behind an id.
pub(super) fn till(
    snapshot: &Connection,
    till: Uuid,
) -> Result<Option<TillCredential>, StoreError> {
    snapshot
        .prepare_cached(
            "SELECT tenant, branch, till, public_key, genesis_tenant, genesis_branch, revoked_at_ms
             FROM till_directory JOIN till USING (tenant, till) WHERE till_directory.till = ?1",
        )
        .and_then(|mut found| found.query_row([till.as_bytes()], credential).optional())
        .map_err(failed("looking a till up"))
}

fn credential(row: &Row<'_>) -> rusqlite::Result<TillCredential> {
    Ok(TillCredential {
        tenant: uuid_column(row, 0)?,
        branch: uuid_column(row, 1)?,
        till: uuid_column(row, 2)?,
        public_key: fixed(row, 3)?,
        genesis_tenant: uuid_column(row, 4)?,
        genesis_branch: uuid_column(row, 5)?,
        revoked_at_ms: row.get(6)?,
    })
}

/// Lets a till in, or says why not.
pub(super) fn enrol(
    tx: &Connection,
    wanted: &EnrolWanted,
) -> Result<Result<Enrolled, EnrolRefused>, StoreError> {
    let Some(code) = code(tx, &wanted.code_hash)? else {
        return Ok(Err(EnrolRefused::CodeUnknown));
    };
    let known = till(tx, wanted.request.till)?;
    let verdict = admit(&code, known.as_ref(), wanted);
    if let Ok(welcome) = &verdict
        && !welcome.repeated
    {
        use_up(tx, &code, wanted)?;
        if known.is_none() {
            insert_till(tx, &code, wanted)?;
        } else {
            let key = params![code.tenant.as_bytes(), wanted.request.till.as_bytes()];
            let back = "UPDATE till SET revoked_at_ms = NULL WHERE tenant = ?1 AND till = ?2";
            tx.execute(back, key)
                .map_err(failed("letting a till in again"))?;
        }
    }
    Ok(verdict)
}

fn code(tx: &Connection, code_hash: &[u8; 32]) -> Result<Option<CodeKept>, StoreError> {
    tx.query_row(
        "SELECT tenant, tenant.name, branch, branch.name, expires_at_ms, used_by
         FROM enrol_code JOIN tenant USING (tenant) JOIN branch USING (tenant, branch)
         WHERE code_hash = ?1",
        [code_hash],
        |row| {
            Ok(CodeKept {
                tenant: uuid_column(row, 0)?,
                tenant_name: row.get(1)?,
                branch: uuid_column(row, 2)?,
                branch_name: row.get(3)?,
                expires_at_ms: row.get(4)?,
                used_by: super::sql::maybe_uuid_column(row, 5)?,
            })
        },
    )
    .optional()
    .map_err(failed("looking an enrolment code up"))
}

fn use_up(tx: &Connection, code: &CodeKept, wanted: &EnrolWanted) -> Result<(), StoreError> {
    debug_assert!(code.used_by.is_none(), "a used code admits nobody new");
    tx.execute(
        "UPDATE enrol_code SET used_by = ?1, used_at_ms = ?2 WHERE code_hash = ?3",
        params![
            wanted.request.till.as_bytes(),
            wanted.now_ms,
            wanted.code_hash
        ],
    )
    .map_err(failed("using an enrolment code up"))?;
    Ok(())
}

fn insert_till(tx: &Connection, code: &CodeKept, wanted: &EnrolWanted) -> Result<(), StoreError> {
    let request = &wanted.request;
    let doing = "recording a till";
    tx.execute(
        "INSERT INTO till (tenant, till, branch, public_key, genesis_tenant, genesis_branch, name, enrolled_at_ms)
         VALUES (:tenant, :till, :branch, :public_key, :genesis_tenant, :genesis_branch, :name, :enrolled_at_ms)",
        named_params! {
            ":tenant": code.tenant.as_bytes(),
            ":till": request.till.as_bytes(),
            ":branch": code.branch.as_bytes(),
            ":public_key": request.public_key,
            ":genesis_tenant": request.genesis_tenant.as_bytes(),
            ":genesis_branch": request.genesis_branch.as_bytes(),
            ":name": request.till_name,
            ":enrolled_at_ms": wanted.now_ms,
        },
    )
    .map_err(failed(doing))?;
    tx.execute(
        "INSERT INTO till_directory (till, tenant) VALUES (?1, ?2)",
        params![request.till.as_bytes(), code.tenant.as_bytes()],
    )
    .map_err(failed(doing))?;
    Ok(())
}
