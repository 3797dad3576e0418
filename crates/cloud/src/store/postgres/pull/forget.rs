//! Forgetting tombstones whose time is over.
//!
//! A product's tombstone is never forgotten: it is what makes a late edit of the product a conflict
//! instead of a new product. One transaction for each tenant: nobody waits for another's.

use deadpool_postgres::Pool;
use protocol::pull::PullScope;
use uuid::Uuid;

use super::super::sql::{failed, get};
use super::super::tx::{Mode, Tx, ask};
use crate::store::StoreError;
use crate::store::pull::{MARK_EVERY_MS, TOMBSTONE_LIFE_MS};

const DOING: &str = "forgetting old tombstones";

/// Tables with tombstones that may be forgotten, and the scope that delivers them.
const FORGETFUL: [(PullScope, &str); 4] = [
    (
        PullScope::Catalogue,
        "DELETE FROM tax_class WHERE tenant = $1 AND deleted AND rv <= $2",
    ),
    (
        PullScope::Catalogue,
        "DELETE FROM in_store_rule WHERE tenant = $1 AND deleted AND rv <= $2",
    ),
    (
        PullScope::Config,
        "DELETE FROM operator WHERE tenant = $1 AND deleted AND rv <= $2",
    ),
    (
        PullScope::Config,
        "DELETE FROM branch_setting WHERE tenant = $1 AND deleted AND rv <= $2",
    ),
];

/// Notes how far each tenant is, and forgets what each no longer needs to tell.
pub(super) async fn forget_tombstones(pool: &Pool, now_ms: i64) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for row in ask(pool, DOING, None, "SELECT tenant FROM tenant", &[]).await? {
        let tenant: Uuid = get(&row, "tenant")?;
        let tx = Tx::open(pool, DOING, Mode::Write, Some(tenant)).await?;
        forgotten += of_tenant(&tx, tenant, now_ms)
            .await
            .map_err(failed(DOING))?;
        tx.commit().await.map_err(failed(DOING))?;
    }
    Ok(forgotten)
}

async fn of_tenant(tx: &Tx, tenant: Uuid, now_ms: i64) -> Result<u64, tokio_postgres::Error> {
    tx.execute(
        "INSERT INTO version_mark (tenant, at_ms, v)
         SELECT tenant, $2, v FROM tenant_clock
         WHERE tenant = $1
           AND NOT EXISTS (SELECT 1 FROM version_mark WHERE tenant = $1 AND at_ms > $3)
         ON CONFLICT DO NOTHING",
        &[&tenant, &now_ms, &now_ms.saturating_sub(MARK_EVERY_MS)],
    )
    .await?;
    let then_ms = now_ms.saturating_sub(TOMBSTONE_LIFE_MS);
    let found = tx.query_opt(
        "SELECT v FROM version_mark WHERE tenant = $1 AND at_ms <= $2 ORDER BY at_ms DESC LIMIT 1",
        &[&tenant, &then_ms],
    ).await;
    let Some(row) = found? else {
        return Ok(0);
    };
    let mark: i64 = row.try_get("v")?;
    let mut forgotten = 0;
    for (scope, delete) in FORGETFUL {
        let rows = tx.execute(delete, &[&tenant, &mark]).await?;
        if rows > 0 {
            raise_floor(tx, tenant, scope, mark).await?;
        }
        forgotten += rows;
    }
    // Older marks have said what they had to say.
    tx.execute(
        "DELETE FROM version_mark WHERE tenant = $1 AND at_ms <= $2 AND v < $3",
        &[&tenant, &then_ms, &mark],
    )
    .await?;
    Ok(forgotten)
}

async fn raise_floor(
    tx: &Tx,
    tenant: Uuid,
    scope: PullScope,
    mark: i64,
) -> Result<u64, tokio_postgres::Error> {
    tx.execute(
        "INSERT INTO pull_floor (tenant, scope, min_rv) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, scope)
         DO UPDATE SET min_rv = greatest(pull_floor.min_rv, excluded.min_rv)",
        &[&tenant, &scope.as_str(), &mark],
    )
    .await
}
