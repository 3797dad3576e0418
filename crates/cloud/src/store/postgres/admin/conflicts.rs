//! What needs a person, as head office reads it.

use deadpool_postgres::Pool;
use protocol::conflict::ConflictRow;
use uuid::Uuid;

use super::super::pull::conflict::conflict as conflict_row;
use super::super::tx::ask;
use crate::store::StoreError;
use crate::store::admin::ConflictsWanted;

const DOING: &str = "reading conflicts";

/// Open or settled ones, the newest first.
pub(super) async fn conflicts(
    pool: &Pool,
    tenant: Uuid,
    wanted: ConflictsWanted,
) -> Result<Vec<ConflictRow>, StoreError> {
    let status = if wanted.settled { "settled" } else { "open" };
    let (at_ms, id) = wanted.before.unwrap_or((i64::MAX, Uuid::max()));
    let rows = ask(
        pool,
        DOING,
        Some(tenant),
        "SELECT * FROM conflict WHERE tenant = $1 AND status = $2 AND (opened_at_ms, id) < ($3, $4)
         ORDER BY opened_at_ms DESC, id DESC LIMIT $5",
        &[&tenant, &status, &at_ms, &id, &i64::from(wanted.limit)],
    )
    .await?;
    rows.iter().map(conflict_row).collect()
}

/// One of them.
pub(super) async fn conflict(
    pool: &Pool,
    tenant: Uuid,
    conflict: Uuid,
) -> Result<Option<ConflictRow>, StoreError> {
    let one = "SELECT * FROM conflict WHERE tenant = $1 AND id = $2";
    let rows = ask(pool, DOING, Some(tenant), one, &[&tenant, &conflict]).await?;
    rows.first().map(conflict_row).transpose()
}
