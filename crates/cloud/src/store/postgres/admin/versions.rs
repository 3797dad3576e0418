//! Versions for rows that head office changes: one each, under the tenant's clock.

use tokio_postgres::Error;
use uuid::Uuid;

use super::super::sql::{failed, get};
use super::super::tx::Tx;
use crate::store::StoreError;

/// The tenant's clock, locked by this transaction before anything else of the tenant.
pub(super) struct Versions {
    tenant: Uuid,
    last: i64,
    taken: i64,
}

impl Versions {
    /// Locks the clock: from here on this transaction is the tenant's only writer.
    pub(super) async fn hold(tx: &Tx, tenant: Uuid) -> Result<Self, StoreError> {
        let doing = "taking the tenant's clock";
        let clock = "SELECT v FROM tenant_clock WHERE tenant = $1 FOR UPDATE";
        let row = tx.query_opt(clock, &[&tenant]).await;
        let row = row.map_err(failed(doing))?;
        Ok(Self {
            tenant,
            last: get(&row.ok_or(StoreError::Stopped { doing })?, "v")?,
            taken: 0,
        })
    }

    /// A version for one row.
    pub(super) const fn next(&mut self) -> i64 {
        self.taken += 1;
        self.last + self.taken
    }

    /// Moves the clock by what was taken; nothing if nothing was.
    pub(super) async fn keep(self, tx: &Tx) -> Result<(), Error> {
        if self.taken > 0 {
            let clock = "UPDATE tenant_clock SET v = v + $2 WHERE tenant = $1";
            tx.execute(clock, &[&self.tenant, &self.taken]).await?;
        }
        Ok(())
    }
}
