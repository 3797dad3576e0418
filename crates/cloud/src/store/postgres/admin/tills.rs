//! Tills as head office watches them.

use deadpool_postgres::Pool;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{as_i64, counter, failed, get, text};
use super::super::tx::{Mode, Tx, ask};
use super::office;
use crate::store::admin::{Lag, Put, TillRow, TillSeen};
use crate::store::{Reach, StoreError};

pub(super) async fn tills(pool: &Pool, reach: Reach) -> Result<Vec<TillRow>, StoreError> {
    let tenant = reach.tenant;
    let rows = ask(
        pool,
        "reading tills",
        Some(tenant),
        include_str!("tills.sql"),
        &[&tenant, &reach.branch],
    )
    .await?;
    rows.iter().map(till_row).collect()
}

fn till_row(row: &Row) -> Result<TillRow, StoreError> {
    let head_chain: Option<&[u8]> = get(row, "chain")?;
    Ok(TillRow {
        till: get(row, "till")?,
        name: get(row, "name")?,
        branch: get(row, "branch")?,
        branch_name: get(row, "branch_name")?,
        enrolled_at_ms: get(row, "enrolled_at_ms")?,
        revoked_at_ms: get(row, "revoked_at_ms")?,
        seen_at_ms: get(row, "seen_at_ms")?,
        app: get(row, "app")?,
        backlog: maybe_counter(row, "backlog")?,
        proof_ok: get(row, "proof_ok")?,
        head_seq: maybe_counter(row, "seq")?,
        head_chain: head_chain.map(hex::encode),
    })
}

fn maybe_counter(row: &Row, column: &'static str) -> Result<Option<u64>, StoreError> {
    let value: Option<i64> = get(row, column)?;
    value.map(|_| counter(row, column)).transpose()
}

pub(super) async fn seen(pool: &Pool, seen: &TillSeen) -> Result<(), StoreError> {
    let doing = "keeping a till's last word";
    let tx = Tx::open(pool, doing, Mode::Write, Some(seen.tenant)).await?;
    tx.execute(
        "INSERT INTO till_contact (tenant, till, seen_at_ms, app, backlog, proof_ok)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant, till) DO UPDATE SET seen_at_ms = excluded.seen_at_ms,
             app = excluded.app, backlog = excluded.backlog, proof_ok = excluded.proof_ok",
        &[
            &seen.tenant,
            &seen.till,
            &seen.now_ms,
            &text(&seen.app),
            &seen.backlog.map(as_i64),
            &seen.proof_ok,
        ],
    )
    .await
    .map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))
}

pub(super) async fn app(
    pool: &Pool,
    tenant: Uuid,
    till: Uuid,
) -> Result<Option<String>, StoreError> {
    let rows = ask(
        pool,
        "reading a till's program version",
        Some(tenant),
        "SELECT app FROM till_contact WHERE tenant = $1 AND till = $2",
        &[&tenant, &till],
    )
    .await?;
    rows.first().map(|row| get(row, "app")).transpose()
}

/// Tenant by tenant: no transaction sees two.
pub(super) async fn lags(pool: &Pool) -> Result<Vec<Lag>, StoreError> {
    let mut lags = Vec::new();
    for tenant in office::tenants(pool).await? {
        let rows = ask(
            pool,
            "reading how far tills are behind",
            Some(tenant.tenant),
            "SELECT till, seen_at_ms, backlog FROM till_contact JOIN till USING (tenant, till)
             WHERE tenant = $1 AND revoked_at_ms IS NULL",
            &[&tenant.tenant],
        )
        .await?;
        for row in &rows {
            lags.push(Lag {
                till: get(row, "till")?,
                seen_at_ms: get(row, "seen_at_ms")?,
                backlog: maybe_counter(row, "backlog")?,
            });
        }
    }
    Ok(lags)
}

pub(super) async fn revoke(
    pool: &Pool,
    tenant: Uuid,
    till: Uuid,
    now_ms: i64,
) -> Result<Option<Put>, StoreError> {
    let doing = "revoking a till";
    let tx = Tx::open(pool, doing, Mode::Write, Some(tenant)).await?;
    let known = tx
        .query_opt(
            "SELECT revoked_at_ms FROM till WHERE tenant = $1 AND till = $2
             AND NOT EXISTS (SELECT 1 FROM head_office AS o
                             WHERE o.tenant = till.tenant AND o.till = till.till) FOR UPDATE",
            &[&tenant, &till],
        )
        .await
        .map_err(failed(doing))?;
    let became = match known {
        None => None,
        Some(row) if get::<Option<i64>>(&row, "revoked_at_ms")?.is_some() => Some(Put::Same),
        Some(_) => {
            tx.execute(
                "UPDATE till SET revoked_at_ms = $3 WHERE tenant = $1 AND till = $2",
                &[&tenant, &till, &now_ms],
            )
            .await
            .map_err(failed(doing))?;
            Some(Put::Changed)
        }
    };
    tx.commit().await.map_err(failed(doing))?;
    Ok(became)
}
