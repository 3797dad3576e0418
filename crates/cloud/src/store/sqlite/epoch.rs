//! The database's epoch: what tells tills that this is the cloud they last spoke to.

use rusqlite::{Connection, Transaction, params};
use uuid::Uuid;

use super::sql::{as_i64, failed, uuid_column};
use crate::store::{EPOCH_JUMP, StoreError};

/// The epoch as it is kept now.
pub(super) fn now(connection: &Connection) -> Result<Uuid, StoreError> {
    connection
        .prepare_cached("SELECT cloud_epoch FROM cloud")
        .and_then(|mut kept| kept.query_row([], |row| uuid_column(row, 0)))
        .map_err(failed("reading the cloud's epoch"))
}

/// A new epoch in place of `was`, and every tenant's versions far beyond any that was ever told. If
/// somebody did it first, theirs stays. Answers the epoch that holds now.
pub(super) fn bump(tx: &Transaction<'_>, was: Uuid, fresh: Uuid) -> Result<Uuid, StoreError> {
    let doing = "beginning a new epoch";
    if cfg!(mutant = "epoch_kept") {
        return now(tx);
    }
    let changed = tx
        .execute(
            "UPDATE cloud SET cloud_epoch = ?2 WHERE cloud_epoch = ?1",
            params![was.as_bytes(), fresh.as_bytes()],
        )
        .map_err(failed(doing))?;
    if changed > 0 {
        tx.execute(
            "UPDATE tenant_clock SET v = v + ?1",
            params![as_i64(EPOCH_JUMP)],
        )
        .map_err(failed(doing))?;
    }
    now(tx)
}
