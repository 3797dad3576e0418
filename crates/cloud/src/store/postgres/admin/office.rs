//! Admin tokens, tenants, branches, codes, the office's log and its own till.

use deadpool_postgres::Pool;
use uuid::Uuid;

use super::super::sql::{failed, fixed, get, text};
use super::super::tx::{Mode, Tx, ask};
use crate::store::admin::{
    Admin, AdminTokenWanted, BranchPut, BranchRow, CodeForBranch, HeadOffice, Note, OfficeKey, Put,
    TenantRow,
};
use crate::store::{StoreError, TillCredential};

/// What people see where a till's name belongs.
const OFFICE_NAME: &str = "Head office";

pub(super) async fn make_token(pool: &Pool, wanted: &AdminTokenWanted) -> Result<bool, StoreError> {
    let doing = "making an admin token";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let made = tx
        .execute(
            "INSERT INTO admin_token (token_hash, tenant, token_id, created_at_ms)
             SELECT $1, tenant, $2, $3 FROM tenant WHERE name = $4",
            &[
                &wanted.token_hash.as_slice(),
                &wanted.token_id,
                &wanted.now_ms,
                &wanted.tenant_name,
            ],
        )
        .await
        .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))?;
    Ok(made == 1)
}

pub(super) async fn revoke_tokens(
    pool: &Pool,
    tenant_name: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let doing = "ending admin tokens";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let ended = tx
        .execute(
            "UPDATE admin_token SET revoked_at_ms = $2 WHERE revoked_at_ms IS NULL
             AND tenant = (SELECT tenant FROM tenant WHERE name = $1)",
            &[&tenant_name, &now_ms],
        )
        .await
        .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))?;
    Ok(ended)
}

pub(super) async fn admin_of(
    pool: &Pool,
    token_hash: &[u8; 32],
) -> Result<Option<Admin>, StoreError> {
    let rows = ask(
        pool,
        "looking an admin token up",
        None,
        "SELECT tenant, token_id FROM admin_token WHERE token_hash = $1 AND revoked_at_ms IS NULL",
        &[&token_hash.as_slice()],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Admin {
        tenant: get(row, "tenant")?,
        token_id: Some(get(row, "token_id")?),
    }))
}

pub(super) async fn tenants(pool: &Pool) -> Result<Vec<TenantRow>, StoreError> {
    let list = "SELECT tenant, name, created_at_ms FROM tenant ORDER BY name COLLATE \"C\"";
    let rows = ask(pool, "reading tenants", None, list, &[]).await?;
    let tenant = |row: &tokio_postgres::Row| {
        Ok(TenantRow {
            tenant: get(row, "tenant")?,
            name: get(row, "name")?,
            created_at_ms: get(row, "created_at_ms")?,
        })
    };
    rows.iter().map(tenant).collect()
}

/// Makes a tenant unless its name is there; its id.
pub(super) async fn put_tenant(pool: &Pool, wanted: &TenantRow) -> Result<Uuid, StoreError> {
    let doing = "making a tenant";
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let made = tx
        .execute(
            "INSERT INTO tenant (tenant, name, created_at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
            &[&wanted.tenant, &wanted.name, &wanted.created_at_ms],
        )
        .await
        .map_err(failed(doing))?;
    let mut tenant = wanted.tenant;
    if made == 0 {
        let known = "SELECT tenant FROM tenant WHERE name = $1";
        let known = tx.query_opt(known, &[&wanted.name]).await;
        let known = known.map_err(failed(doing))?;
        tenant = get(&known.ok_or(StoreError::Stopped { doing })?, "tenant")?;
    } else {
        tx.turn_to(tenant).await.map_err(failed(doing))?;
        let clock = "INSERT INTO tenant_clock (tenant, v) VALUES ($1, 0)";
        tx.execute(clock, &[&tenant]).await.map_err(failed(doing))?;
    }
    tx.commit().await.map_err(failed(doing))?;
    Ok(tenant)
}

pub(super) async fn branches(pool: &Pool, tenant: Uuid) -> Result<Vec<BranchRow>, StoreError> {
    let list = "SELECT branch, name, created_at_ms FROM branch WHERE tenant = $1
                ORDER BY name COLLATE \"C\"";
    let rows = ask(pool, "reading branches", Some(tenant), list, &[&tenant]).await?;
    let branch = |row: &tokio_postgres::Row| {
        Ok(BranchRow {
            branch: get(row, "branch")?,
            name: get(row, "name")?,
            created_at_ms: get(row, "created_at_ms")?,
        })
    };
    rows.iter().map(branch).collect()
}

pub(super) async fn put_branch(pool: &Pool, put: &BranchPut) -> Result<Put, StoreError> {
    let doing = "writing a branch";
    let tx = Tx::open(pool, doing, Mode::Write, Some(put.tenant)).await?;
    // One writer of the tenant at a time: two that want one name do not both find it free.
    let lock = "SELECT v FROM tenant_clock WHERE tenant = $1 FOR UPDATE";
    tx.query(lock, &[&put.tenant])
        .await
        .map_err(failed(doing))?;
    let holder = "SELECT branch FROM branch WHERE tenant = $1 AND name = $2";
    let holder = tx.query_opt(holder, &[&put.tenant, &put.name]).await;
    let became = match holder.map_err(failed(doing))? {
        Some(row) if get::<Uuid>(&row, "branch")? == put.branch => Put::Same,
        Some(_) => Put::Taken,
        None => {
            let rename = "UPDATE branch SET name = $3 WHERE tenant = $1 AND branch = $2";
            let renamed = tx
                .execute(rename, &[&put.tenant, &put.branch, &put.name])
                .await;
            if renamed.map_err(failed(doing))? == 1 {
                Put::Changed
            } else {
                tx.execute(
                    "INSERT INTO branch (tenant, branch, name, created_at_ms) VALUES ($1, $2, $3, $4)",
                    &[&put.tenant, &put.branch, &put.name, &put.now_ms],
                )
                .await
                .map_err(failed(doing))?;
                Put::Made
            }
        }
    };
    tx.commit().await.map_err(failed(doing))?;
    Ok(became)
}

pub(super) async fn code_for_branch(pool: &Pool, code: &CodeForBranch) -> Result<bool, StoreError> {
    let doing = "making an enrolment code";
    let tx = Tx::open(pool, doing, Mode::Write, Some(code.tenant)).await?;
    let there = "SELECT 1 FROM branch WHERE tenant = $1 AND branch = $2";
    let there = tx.query_opt(there, &[&code.tenant, &code.branch]).await;
    let there = there.map_err(failed(doing))?.is_some();
    if there {
        // The same request again finds its code there.
        tx.execute(
            "INSERT INTO enrol_code (code_hash, tenant, branch, expires_at_ms)
             VALUES ($1, $2, $3, $4) ON CONFLICT (code_hash) DO NOTHING",
            &[
                &code.code_hash.as_slice(),
                &code.tenant,
                &code.branch,
                &code.expires_at_ms,
            ],
        )
        .await
        .map_err(failed(doing))?;
    }
    tx.commit().await.map_err(failed(doing))?;
    Ok(there)
}

pub(super) async fn note(pool: &Pool, note: &Note) -> Result<(), StoreError> {
    let doing = "writing the office's log";
    let tenant = note.admin.tenant;
    let tx = Tx::open(pool, doing, Mode::Write, Some(tenant)).await?;
    // The clock's lock keeps two entries from taking one number.
    let lock = "SELECT v FROM tenant_clock WHERE tenant = $1 FOR UPDATE";
    tx.query(lock, &[&tenant]).await.map_err(failed(doing))?;
    tx.execute(
        "INSERT INTO office_log (tenant, entry, at_ms, token_id, act, about)
         SELECT $1, 1 + coalesce(max(entry), 0), $2, $3, $4, $5 FROM office_log WHERE tenant = $1",
        &[
            &tenant,
            &note.at_ms,
            &note.admin.token_id,
            &note.act,
            &text(&note.about),
        ],
    )
    .await
    .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))
}

/// Head office's till, made if it is not there.
pub(super) async fn head_office(
    pool: &Pool,
    tenant: Uuid,
    fresh: &OfficeKey,
) -> Result<Option<HeadOffice>, StoreError> {
    let doing = "looking head office's till up";
    let tx = Tx::open(pool, doing, Mode::Write, Some(tenant)).await?;
    let lock = "SELECT v FROM tenant_clock WHERE tenant = $1 FOR UPDATE";
    tx.query(lock, &[&tenant]).await.map_err(failed(doing))?;
    let mut office = kept(&tx, tenant).await?;
    if office.is_none() {
        let made = tx
            .execute(
                include_str!("make_office.sql"),
                &[
                    &tenant,
                    &fresh.till,
                    &fresh.public_key.as_slice(),
                    &OFFICE_NAME,
                    &fresh.now_ms,
                ],
            )
            .await
            .map_err(failed(doing))?;
        if made == 1 {
            tx.execute(
                "INSERT INTO head_office (tenant, till, secret) VALUES ($1, $2, $3)",
                &[&tenant, &fresh.till, &fresh.secret.as_slice()],
            )
            .await
            .map_err(failed(doing))?;
            office = kept(&tx, tenant).await?;
        }
    }
    tx.commit().await.map_err(failed(doing))?;
    Ok(office)
}

async fn kept(tx: &Tx, tenant: Uuid) -> Result<Option<HeadOffice>, StoreError> {
    let found = tx
        .query_opt(
            "SELECT till, branch, public_key, genesis_tenant, genesis_branch, revoked_at_ms, secret
             FROM head_office JOIN till USING (tenant, till) WHERE tenant = $1",
            &[&tenant],
        )
        .await
        .map_err(failed("looking head office's till up"))?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(HeadOffice {
        credential: TillCredential {
            tenant,
            till: get(&row, "till")?,
            branch: get(&row, "branch")?,
            public_key: fixed(&row, "public_key")?,
            genesis_tenant: get(&row, "genesis_tenant")?,
            genesis_branch: get(&row, "genesis_branch")?,
            revoked_at_ms: get(&row, "revoked_at_ms")?,
        },
        secret: fixed(&row, "secret")?,
    }))
}
