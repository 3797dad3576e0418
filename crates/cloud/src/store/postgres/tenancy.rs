//! Codes, tokens and tills in PostgreSQL.

use deadpool_postgres::Pool;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::sql::{failed, fixed, get, text};
use super::tx::{Mode, Tx, ask};
use crate::store::tenancy::{CodeKept, admit};
use crate::store::{
    CodeWanted, EnrolRefused, EnrolWanted, Enrolled, StoreError, TillCredential, TokenWanted,
};

/// Makes what is new of tenant and branch, and keeps the code's hash.
pub(super) async fn make_code(pool: &Pool, wanted: &CodeWanted) -> Result<(), StoreError> {
    let doing = "making an enrolment code";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let tenant = tenant_named(&tx, wanted).await?;
    keep_code(&tx, tenant, wanted)
        .await
        .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))
}

/// The tenant of that name, made if it is new; from here on the transaction is its own.
async fn tenant_named(tx: &Tx, wanted: &CodeWanted) -> Result<Uuid, StoreError> {
    let doing = "making a tenant";
    let made = tx
        .execute(
            "INSERT INTO tenant (tenant, name, created_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO NOTHING",
            &[&wanted.new_tenant, &wanted.tenant_name, &wanted.now_ms],
        )
        .await;
    if made.map_err(failed(doing))? == 0 {
        let known = tx
            .query_opt(
                "SELECT tenant FROM tenant WHERE name = $1",
                &[&wanted.tenant_name],
            )
            .await
            .map_err(failed(doing))?;
        let known = known.ok_or(StoreError::Stopped { doing })?;
        let tenant = get(&known, "tenant")?;
        tx.turn_to(tenant).await.map_err(failed(doing))?;
        return Ok(tenant);
    }
    tx.turn_to(wanted.new_tenant).await.map_err(failed(doing))?;
    tx.execute(
        "INSERT INTO tenant_clock (tenant, v) VALUES ($1, 0)",
        &[&wanted.new_tenant],
    )
    .await
    .map_err(failed(doing))?;
    Ok(wanted.new_tenant)
}

async fn keep_code(tx: &Tx, tenant: Uuid, wanted: &CodeWanted) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO branch (tenant, branch, name, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, name) DO NOTHING",
        &[
            &tenant,
            &wanted.new_branch,
            &wanted.branch_name,
            &wanted.now_ms,
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO enrol_code (code_hash, tenant, branch, expires_at_ms)
         SELECT $1, tenant, branch, $4 FROM branch WHERE tenant = $2 AND name = $3",
        &[
            &wanted.code_hash.as_slice(),
            &tenant,
            &wanted.branch_name,
            &wanted.expires_at_ms,
        ],
    )
    .await?;
    Ok(())
}

/// Keeps a read token's hash; `false` if no tenant has the name.
pub(super) async fn make_read_token(pool: &Pool, wanted: &TokenWanted) -> Result<bool, StoreError> {
    let doing = "making a read token";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let made = tx
        .execute(
            "INSERT INTO read_token (token_hash, tenant, created_at_ms)
         SELECT $1, tenant, $2 FROM tenant WHERE name = $3",
            &[
                &wanted.token_hash.as_slice(),
                &wanted.now_ms,
                &wanted.tenant_name,
            ],
        )
        .await
        .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))?;
    Ok(made == 1)
}

/// The tenant of a read token.
pub(super) async fn token_tenant(
    pool: &Pool,
    token_hash: &[u8; 32],
) -> Result<Option<Uuid>, StoreError> {
    let rows = ask(
        pool,
        "looking a read token up",
        None,
        "SELECT tenant FROM read_token WHERE token_hash = $1 AND revoked_at_ms IS NULL",
        &[&token_hash.as_slice()],
    )
    .await?;
    rows.first().map(|row| get(row, "tenant")).transpose()
}

/// The till behind an id.
pub(super) async fn till(pool: &Pool, till: Uuid) -> Result<Option<TillCredential>, StoreError> {
    let doing = "looking a till up";
    let directory = "SELECT tenant FROM till_directory WHERE till = $1";
    let found = ask(pool, doing, None, directory, &[&till]).await?;
    let Some(tenant) = found.first().map(|row| get::<Uuid>(row, "tenant")) else {
        return Ok(None);
    };
    let tenant = tenant?;
    let rows = ask(pool, doing, Some(tenant), TILL, &[&tenant, &till]).await?;
    rows.first().map(credential).transpose()
}

const TILL: &str =
    "SELECT tenant, branch, till, public_key, genesis_tenant, genesis_branch, revoked_at_ms
                    FROM till WHERE tenant = $1 AND till = $2";

fn credential(row: &Row) -> Result<TillCredential, StoreError> {
    Ok(TillCredential {
        tenant: get(row, "tenant")?,
        branch: get(row, "branch")?,
        till: get(row, "till")?,
        public_key: fixed(row, "public_key")?,
        genesis_tenant: get(row, "genesis_tenant")?,
        genesis_branch: get(row, "genesis_branch")?,
        revoked_at_ms: get(row, "revoked_at_ms")?,
    })
}

/// Lets a till in, or says why not.
pub(super) async fn enrol(
    pool: &Pool,
    wanted: &EnrolWanted,
) -> Result<Result<Enrolled, EnrolRefused>, StoreError> {
    let doing = "enrolling a till";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let Some(code) = code(&tx, &wanted.code_hash).await? else {
        tx.rollback().await.map_err(failed(doing))?;
        return Ok(Err(EnrolRefused::CodeUnknown));
    };
    let known = known_till(&tx, wanted.request.till).await?;
    let verdict = admit(&code, known.as_ref(), wanted);
    if let Ok(welcome) = &verdict
        && !welcome.repeated
    {
        let let_in = let_in(&tx, &code, known.is_none(), wanted).await;
        let_in.map_err(failed("recording a till"))?;
    }
    tx.commit().await.map_err(failed(doing))?;
    Ok(verdict)
}

/// The till, whichever tenant it is enrolled with; the transaction is that tenant's afterwards.
async fn known_till(tx: &Tx, till: Uuid) -> Result<Option<TillCredential>, StoreError> {
    let doing = "looking a till up";
    let listed = tx
        .query_opt(
            "SELECT tenant FROM till_directory WHERE till = $1",
            &[&till],
        )
        .await;
    let Some(listed) = listed.map_err(failed(doing))? else {
        return Ok(None);
    };
    let tenant: Uuid = get(&listed, "tenant")?;
    tx.turn_to(tenant).await.map_err(failed(doing))?;
    let row = tx.query_opt(TILL, &[&tenant, &till]).await;
    row.map_err(failed(doing))?
        .as_ref()
        .map(credential)
        .transpose()
}

/// The code and what it stands for; nobody else can use it up until this transaction ends.
async fn code(tx: &Tx, code_hash: &[u8; 32]) -> Result<Option<CodeKept>, StoreError> {
    let doing = "looking an enrolment code up";
    let found = tx.query_opt(
        "SELECT code.tenant, tenant.name AS tenant_name, code.branch, code.expires_at_ms, code.used_by
         FROM enrol_code AS code JOIN tenant USING (tenant) WHERE code_hash = $1 FOR UPDATE OF code",
        &[&code_hash.as_slice()],
    ).await;
    let Some(row) = found.map_err(failed(doing))? else {
        return Ok(None);
    };
    let (tenant, branch): (Uuid, Uuid) = (get(&row, "tenant")?, get(&row, "branch")?);
    tx.turn_to(tenant).await.map_err(failed(doing))?;
    let named = tx
        .query_opt(
            "SELECT name FROM branch WHERE tenant = $1 AND branch = $2",
            &[&tenant, &branch],
        )
        .await;
    let Some(named) = named.map_err(failed(doing))? else {
        return Ok(None);
    };
    Ok(Some(CodeKept {
        tenant,
        tenant_name: get(&row, "tenant_name")?,
        branch,
        branch_name: get(&named, "name")?,
        expires_at_ms: get(&row, "expires_at_ms")?,
        used_by: get(&row, "used_by")?,
    }))
}

/// Uses the code up and records the till if it is new; one that was revoked is so no more.
async fn let_in(tx: &Tx, code: &CodeKept, new: bool, wanted: &EnrolWanted) -> Result<(), Error> {
    let request = &wanted.request;
    tx.turn_to(code.tenant).await?;
    tx.execute(
        "UPDATE enrol_code SET used_by = $2, used_at_ms = $3 WHERE code_hash = $1",
        &[&wanted.code_hash.as_slice(), &request.till, &wanted.now_ms],
    )
    .await?;
    if !new {
        let back = "UPDATE till SET revoked_at_ms = NULL WHERE tenant = $1 AND till = $2";
        tx.execute(back, &[&code.tenant, &request.till]).await?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO till (tenant, till, branch, public_key, genesis_tenant, genesis_branch, name, enrolled_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &code.tenant,
            &request.till,
            &code.branch,
            &request.public_key.as_slice(),
            &request.genesis_tenant,
            &request.genesis_branch,
            &text(&request.till_name),
            &wanted.now_ms,
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO till_directory (till, tenant) VALUES ($1, $2)",
        &[&request.till, &code.tenant],
    )
    .await?;
    Ok(())
}
