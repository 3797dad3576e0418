//! Publishing a scope: one transaction, or the next file beside if there is much of it.

use protocol::pull::PullScope;
use rusqlite::{Connection, TransactionBehavior};

use super::super::Shop;
use super::super::anew::{NEXT, remove_with_sides};
use super::super::before;
use super::super::doors::lock;
use super::super::error::ShopError;
use super::apply::{self, How};
use super::place;

/// From here on a publish builds the next file: a quick article put meanwhile must not wait for seconds.
const MANY_ROWS: i64 = 20_000;

/// What a publish did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Rows put.
    pub rows: u64,
    /// Rows removed: by tombstones, or swept after a new beginning.
    pub removed: u64,
    /// Rows that this catalogue cannot hold; named in the log.
    pub refused: u64,
}

impl Published {
    /// Whether anything is different now.
    pub const fn changed(&self) -> bool {
        self.rows > 0 || self.removed > 0
    }
}

impl Shop {
    /// The number of this till's last change to a product of the cloud. Read it, then see that the cloud holds
    /// every op of this till, then pull: [`Shop::publish_pull`] may then judge the changes up to it.
    pub fn edit_mark(&self) -> Result<i64, ShopError> {
        self.with(|doors| Ok(before::mark(&doors.browse())?))
    }

    /// Publishes what is staged of a scope, whole. `judged` is the [`Shop::edit_mark`] that the cloud had heard
    /// of: changes up to it that brought no newer row were not taken, and the cloud's row is put back.
    pub fn publish_pull(
        &self,
        scope: PullScope,
        at_ms: i64,
        judged: i64,
    ) -> Result<Published, ShopError> {
        let how = How { at_ms, judged };
        match scope {
            PullScope::Conflicts | PullScope::Config => {
                self.in_scope(scope, |connection| in_one(connection, scope, how))
            }
            PullScope::Stock | PullScope::Catalogue => {
                let done = self.publish_shop(scope, how)?;
                if scope == PullScope::Catalogue && done.changed() {
                    self.catalogue_changed()?;
                }
                Ok(done)
            }
        }
    }

    /// Rules are tried from memory, and tax classes and rules outlive a lost file.
    pub(super) fn catalogue_changed(&self) -> Result<(), ShopError> {
        let rules = self.rules()?;
        self.remember_rules(rules);
        self.keep_settings()
    }

    fn publish_shop(&self, scope: PullScope, how: How) -> Result<Published, ShopError> {
        // An import exchanges the file: one of the two at a time.
        let _one = self
            .importing
            .try_lock()
            .map_err(|_| ShopError::ImportUnderWay)?;
        if self.in_scope(scope, |connection| is_many(connection, scope))? {
            return self.in_next(|connection| apply::staged(connection, scope, how));
        }
        self.in_scope(scope, |connection| in_one(connection, scope, how))
    }

    /// Does `work` in a copy that then takes the catalogue's place, as an import does. The caller holds
    /// `importing`.
    pub(super) fn in_next<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, ShopError>,
    ) -> Result<T, ShopError> {
        let _meanwhile = self.begin_meanwhile();
        let connection = self.begin_next()?;
        match work(&connection) {
            Ok(done) => {
                self.publish(connection)?;
                Ok(done)
            }
            Err(error) => {
                drop(connection);
                remove_with_sides(&self.dir.join(NEXT));
                Err(error)
            }
        }
    }

    /// The connection that writes a scope's file.
    pub(super) fn in_scope<T>(
        &self,
        scope: PullScope,
        work: impl FnOnce(&mut Connection) -> Result<T, ShopError>,
    ) -> Result<T, ShopError> {
        match scope {
            PullScope::Stock | PullScope::Catalogue => self.with(|doors| work(&mut doors.write())),
            PullScope::Conflicts | PullScope::Config => {
                let office = self.office.get().ok_or(ShopError::Closed)?;
                work(&mut lock(office))
            }
        }
    }
}

fn in_one(connection: &mut Connection, scope: PullScope, how: How) -> Result<Published, ShopError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = apply::staged(&transaction, scope, how)?;
    transaction.commit()?;
    Ok(done)
}

fn is_many(connection: &Connection, scope: PullScope) -> Result<bool, ShopError> {
    let rows: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM pull_staged WHERE scope = ?1 LIMIT ?2)",
        )?
        .query_row((scope.as_str(), MANY_ROWS + 1), |row| row.get(0))?;
    let sweep = place::load(connection, scope)?.sweep;
    Ok(rows > MANY_ROWS || sweep && scope == PullScope::Catalogue)
}
