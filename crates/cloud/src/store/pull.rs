//! What tills fetch, as a store gives it: pages of changed rows, and the whole catalogue.
//!
//! Promises of every store: a page, its watermark and what it says is included are read in one
//! snapshot of the database; rows come by version, then by place within the version; a reader never
//! waits for the writer and never makes it wait. Because versions are allocated under the lock that
//! commits them, no row can appear later below a watermark that was told.

mod merge;
mod place;

use std::io;
use std::path::PathBuf;

use protocol::pull::{Included, PullRow, PullScope};
use uuid::Uuid;

use super::Later;

pub(super) use merge::{Candidate, Layers, page_of};
pub use place::{Place, Reached};

/// How long a tombstone is kept at least: a till that was away for a season still catches up row by
/// row, a longer one begins with a snapshot.
pub const TOMBSTONE_LIFE_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// How often it is noted how far a tenant is.
pub(super) const MARK_EVERY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Bytes of rows in one page, whatever the number of rows asked for.
pub const MAX_PULL_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Heads told in one page, own and others' each, the newest first.
pub const MAX_INCLUDED: u32 = 2_000;

/// Who fetches; all of it comes from the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullReach {
    /// The business.
    pub tenant: Uuid,
    /// The shop.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
}

/// A page that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullWanted {
    /// For whom.
    pub reach: PullReach,
    /// Which rows.
    pub scope: PullScope,
    /// How far the till is; `None`: it holds nothing.
    pub from: Option<Reached>,
    /// At most so many rows.
    pub limit: u32,
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Pulled {
    /// One page.
    Page(PulledPage),
    /// The till stands below the floor of this scope: tombstones it has not seen are gone.
    TooOld {
        /// The lowest version from which a till can go on.
        min_rv: u64,
    },
}

/// One page, all of it from one snapshot.
#[derive(Debug, Clone)]
pub struct PulledPage {
    /// The database's epoch in that snapshot.
    pub cloud_epoch: Uuid,
    /// The tenant's version in that snapshot.
    pub watermark: u64,
    /// The rows.
    pub rows: Vec<PullRow>,
    /// Whether more rows follow now.
    pub more: bool,
    /// How far the till is with this page.
    pub reached: Reached,
    /// Scope stock: heads of the branch's tills that moved since the till's last whole round.
    pub included: Vec<Included>,
}

/// Whose catalogue: all branches of a tenant share one, unless a branch has in-store rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogueOf {
    /// The business.
    pub tenant: Uuid,
    /// The shop whose own rules are in it; `None`: the one that is common to all others.
    pub branch: Option<Uuid>,
}

/// What decides whether a snapshot that lies ready is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueState {
    /// The catalogue of the one who asks.
    pub of: CatalogueOf,
    /// The database's epoch.
    pub cloud_epoch: Uuid,
    /// The tenant's version.
    pub watermark: u64,
}

/// What a catalogue says of itself before its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueTaken {
    /// The database's epoch.
    pub cloud_epoch: Uuid,
    /// The tenant's version.
    pub watermark: u64,
    /// How many rows follow.
    pub rows: u64,
}

/// Where a catalogue goes, row by row: it never lies in memory whole.
pub trait CatalogueSink: Send {
    /// Once, before the rows.
    fn begin(&mut self, taken: CatalogueTaken) -> io::Result<()>;
    /// One row.
    fn row(&mut self, row: &PullRow) -> io::Result<()>;
    /// Once, after the last row.
    fn end(&mut self) -> io::Result<()>;
}

/// A database that tills can fetch from.
pub trait PullStore: Send + Sync + 'static {
    /// The key under which cursors are signed: kept in the database, one for all processes on it.
    fn cursor_key(&self) -> [u8; 32];

    /// A folder for files that can be made again at any time; this process's own.
    fn cache_folder(&self) -> PathBuf;

    /// One page of rows.
    fn pull(&self, wanted: PullWanted) -> Later<'_, Pulled>;

    /// Whose catalogue a till gets, and how far the tenant is.
    fn catalogue_state(&self, reach: PullReach) -> Later<'_, CatalogueState>;

    /// The whole catalogue, live rows only, in no order, from one snapshot.
    fn catalogue(&self, of: CatalogueOf, into: Box<dyn CatalogueSink>) -> Later<'_, ()>;

    /// Notes how far each tenant is now, and forgets tombstones older than their time. Says how
    /// many.
    fn forget_tombstones(&self, now_ms: i64) -> Later<'_, u64>;
}
