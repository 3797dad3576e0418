//! The database's epoch: what tells tills that this is the cloud they last spoke to.

use deadpool_postgres::Pool;
use uuid::Uuid;

use super::sql::{failed, get};
use super::tx::{Mode, Tx};
use crate::store::{EPOCH_JUMP, StoreError};

/// A new epoch in place of `was`, and every tenant's versions far beyond any that was ever told. If
/// another process did it first, theirs stays. Answers the epoch that holds now.
pub(super) async fn bump(pool: &Pool, was: Uuid, fresh: Uuid) -> Result<Uuid, StoreError> {
    let doing = "beginning a new epoch";
    let refused = failed(doing);
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let changed = tx
        .execute(
            "UPDATE cloud SET cloud_epoch = $2 WHERE cloud_epoch = $1",
            &[&was, &fresh],
        )
        .await
        .map_err(&refused)?;
    if changed > 0 {
        let jump = i64::try_from(EPOCH_JUMP).unwrap_or(i64::MAX);
        let tenants = tx
            .query("SELECT tenant FROM tenant ORDER BY tenant", &[])
            .await
            .map_err(&refused)?;
        // Row-level security shows one tenant's clock at a time.
        for row in &tenants {
            let tenant: Uuid = get(row, "tenant")?;
            tx.turn_to(tenant).await.map_err(&refused)?;
            tx.execute(
                "UPDATE tenant_clock SET v = v + $2 WHERE tenant = $1",
                &[&tenant, &jump],
            )
            .await
            .map_err(&refused)?;
        }
    }
    let row = tx
        .query_opt("SELECT cloud_epoch FROM cloud", &[])
        .await
        .map_err(&refused)?
        .ok_or(StoreError::Stopped { doing })?;
    let now = get(&row, "cloud_epoch")?;
    tx.commit().await.map_err(&refused)?;
    Ok(now)
}
