//! Versions for rows that head office changes: one each, under the tenant's clock.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::sqlite::sql::failed;

/// The tenant's clock, held by this transaction: SQLite has one writer, so nobody else moves it.
pub(super) struct Versions {
    tenant: Uuid,
    last: i64,
    taken: i64,
}

impl Versions {
    /// Reads the clock; `None`: there is no such tenant.
    pub(super) fn hold(tx: &Connection, tenant: Uuid) -> Result<Self, StoreError> {
        let last = tx
            .prepare_cached("SELECT v FROM tenant_clock WHERE tenant = ?1")
            .and_then(|mut clock| clock.query_row([tenant.as_bytes()], |row| row.get(0)))
            .map_err(failed("reading the tenant's clock"))?;
        Ok(Self {
            tenant,
            last,
            taken: 0,
        })
    }

    /// A version for one row.
    pub(super) const fn next(&mut self) -> i64 {
        self.taken += 1;
        self.last + self.taken
    }

    /// Moves the clock by what was taken; nothing if nothing was.
    pub(super) fn keep(self, tx: &Connection) -> Result<(), StoreError> {
        if self.taken == 0 {
            return Ok(());
        }
        tx.prepare_cached("UPDATE tenant_clock SET v = v + ?2 WHERE tenant = ?1")
            .and_then(|mut clock| clock.execute(params![self.tenant.as_bytes(), self.taken]))
            .map_err(failed("moving the tenant's clock"))?;
        Ok(())
    }
}
