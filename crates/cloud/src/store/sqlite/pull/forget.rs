//! Forgetting tombstones whose time is over.
//!
//! A product's tombstone is never forgotten: it is what makes a late edit of the product a conflict
//! instead of a new product.

use protocol::pull::PullScope;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::StoreError;
use crate::store::pull::{MARK_EVERY_MS, TOMBSTONE_LIFE_MS};
use crate::store::sqlite::sql::failed;

const DOING: &str = "forgetting old tombstones";

/// Tables with tombstones that may be forgotten, and the scope that delivers them.
const FORGETFUL: [(PullScope, &str); 4] = [
    (
        PullScope::Catalogue,
        "DELETE FROM tax_class WHERE tenant = ?1 AND deleted = 1 AND rv <= ?2",
    ),
    (
        PullScope::Catalogue,
        "DELETE FROM in_store_rule WHERE tenant = ?1 AND deleted = 1 AND rv <= ?2",
    ),
    (
        PullScope::Config,
        "DELETE FROM operator WHERE tenant = ?1 AND deleted = 1 AND rv <= ?2",
    ),
    (
        PullScope::Config,
        "DELETE FROM branch_setting WHERE tenant = ?1 AND deleted = 1 AND rv <= ?2",
    ),
];

/// Notes how far each tenant is, and forgets what each no longer needs to tell.
pub(super) fn forget_tombstones(tx: &Connection, now_ms: i64) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO version_mark (tenant, at_ms, v)
         SELECT tenant, ?1, v FROM tenant_clock
         WHERE NOT EXISTS (SELECT 1 FROM version_mark AS m
                           WHERE m.tenant = tenant_clock.tenant AND m.at_ms > ?1 - ?2)",
        params![now_ms, MARK_EVERY_MS],
    )
    .map_err(failed(DOING))?;
    let tenants: Vec<Vec<u8>> = tx
        .prepare_cached("SELECT tenant FROM tenant_clock")
        .and_then(|mut found| {
            let rows = found.query_map([], |row| row.get(0));
            rows.and_then(Iterator::collect)
        })
        .map_err(failed(DOING))?;
    let mut forgotten = 0;
    for tenant in tenants {
        forgotten += of_tenant(tx, &tenant, now_ms).map_err(failed(DOING))?;
    }
    Ok(forgotten)
}

fn of_tenant(tx: &Connection, tenant: &[u8], now_ms: i64) -> rusqlite::Result<u64> {
    let then_ms = now_ms.saturating_sub(TOMBSTONE_LIFE_MS);
    let mark: Option<i64> = tx
        .prepare_cached(
            "SELECT v FROM version_mark WHERE tenant = ?1 AND at_ms <= ?2
             ORDER BY at_ms DESC LIMIT 1",
        )?
        .query_row(params![tenant, then_ms], |row| row.get(0))
        .optional()?;
    let Some(mark) = mark else { return Ok(0) };
    let mut forgotten = 0;
    for (scope, delete) in FORGETFUL {
        let rows = tx.prepare_cached(delete)?.execute(params![tenant, mark])?;
        if rows > 0 {
            raise_floor(tx, tenant, scope, mark)?;
        }
        forgotten += rows as u64;
    }
    // Older marks have said what they had to say.
    tx.prepare_cached("DELETE FROM version_mark WHERE tenant = ?1 AND at_ms <= ?2 AND v < ?3")?
        .execute(params![tenant, then_ms, mark])?;
    Ok(forgotten)
}

fn raise_floor(
    tx: &Connection,
    tenant: &[u8],
    scope: PullScope,
    mark: i64,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO pull_floor (tenant, scope, min_rv) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, scope) DO UPDATE SET min_rv = max(min_rv, excluded.min_rv)",
    )?
    .execute(params![tenant, scope.as_str(), mark])?;
    Ok(())
}
