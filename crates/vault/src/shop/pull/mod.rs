//! What the cloud gives: staged page by page, published whole.
//!
//! Owns the way of pulled rows from a page or a snapshot's part to what the till sells by. Two files: shop.db for
//! stock and catalogue, office.db (encrypted) for people, settings and conflicts.
//!
//! Promises:
//! - A scope is published in one transaction, and only when the cloud said that what is staged is a whole
//!   snapshot: never a new price with an old tax group.
//! - A scan during a publish is answered at once from the state before it: it reads its own snapshot (WAL), and
//!   a large publish builds the next file beside, as an import does.
//! - Staged rows, the cursor behind them and what is published survive restarts together.
//! - Rows made here (`row_version` 0) are never swept.
//!
//! Never does: the network, deciding when to pull.

mod apply;
mod catalogue;
pub(super) mod office;
mod place;
mod publish;
mod snapshot;
mod stage;
mod stock;

use protocol::pull::{PullAnswer, PullScope};

pub use office::{ConflictQuery, OfficePeople, product_of};
pub use place::PullPlace;
pub use publish::Published;
pub use snapshot::SnapshotPlace;
pub use stage::Staged;
pub(super) use stock::IncludedKept;
pub use stock::{CloudStock, Included, StockSeen};

use super::Shop;
use super::error::ShopError;

impl Shop {
    /// How far a scope is pulled.
    pub fn pull_place(&self, scope: PullScope) -> Result<PullPlace, ShopError> {
        self.in_scope(scope, |connection| Ok(place::load(connection, scope)?))
    }

    /// Keeps a page until its snapshot is whole; `asked_with` is the cursor it was asked with.
    pub fn stage_page(
        &self,
        scope: PullScope,
        asked_with: Option<&str>,
        page: &PullAnswer,
    ) -> Result<Staged, ShopError> {
        self.in_scope(scope, |connection| {
            stage::stage(connection, scope, asked_with, page)
        })
    }

    /// Begins a scope again from its beginning; what is published stays until the next publish, which then
    /// removes what the cloud has no more.
    pub fn reset_pull(&self, scope: PullScope) -> Result<(), ShopError> {
        if scope == PullScope::Catalogue {
            self.forget_snapshot()?;
        }
        self.in_scope(scope, |connection| {
            let transaction = connection.transaction()?;
            place::reset(&transaction, scope)?;
            Ok(transaction.commit()?)
        })
    }
}
