//! What the cloud needs of a database, whichever it is.
//!
//! Owns the trait [`CloudStore`] and the values that cross it. A store keeps and finds; what an op
//! means is decided by `sync::ingest`, which every store calls with what it loaded, inside the
//! transaction that holds the tenant's clock.
//!
//! Promises of every store: a push is one transaction (all of its answer is true, or none of it
//! happened); every method that names a tenant reads and writes that tenant alone; an `Ok` means
//! flushed. Never does: HTTP, signatures, reading a clock.

pub mod admin;
pub mod postgres;
pub mod pull;
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;

use protocol::audit::Counts;
use protocol::wire::OpsPage;
use protocol::{SegmentId, wire::CloudHead};
use uuid::Uuid;

mod epoch;
mod push;
mod report;
mod tenancy;

pub use epoch::{EPOCH_JUMP, new_epoch, restored};
pub use push::{PushAnswered, PushJob};
pub use report::{Cursor, MAX_PAGE_ROWS, PAGE_ROWS, Page, Reach, SaleRow, StockRow};
pub use tenancy::{CodeWanted, EnrolRefused, EnrolWanted, Enrolled, TillCredential, TokenWanted};

/// A store's answer, later. Boxed, so that the routes need not know which store they speak to.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A database that can be a cloud's memory.
pub trait CloudStore: Send + Sync + 'static {
    /// The epoch of this database: new when it was made and whenever it was restored. Asked for
    /// each time: another process on the same database may have changed it.
    fn cloud_epoch(&self) -> Later<'_, Uuid>;

    /// Begins the epoch `fresh` if `was` still holds: the database stands where it stood on an older
    /// day. Every tenant's versions jump by [`EPOCH_JUMP`] in the same transaction. Answers the
    /// epoch that holds now.
    fn bump_epoch(&self, was: Uuid, fresh: Uuid) -> Later<'_, Uuid>;

    /// Makes a one-time code, and its tenant and branch if they are new.
    fn make_code(&self, wanted: CodeWanted) -> Later<'_, ()>;

    /// Keeps the hash of a read token of a tenant; `false` if there is no such tenant.
    fn make_read_token(&self, wanted: TokenWanted) -> Later<'_, bool>;

    /// Uses a code up and lets the till in. The same till with the same code and key again is
    /// answered the same: its first answer may have got lost.
    fn enrol(&self, wanted: EnrolWanted) -> Later<'_, Result<Enrolled, EnrolRefused>>;

    /// The till behind a credential.
    fn till(&self, till: Uuid) -> Later<'_, Option<TillCredential>>;

    /// The tenant behind a read token.
    fn token_tenant(&self, token_hash: [u8; 32]) -> Later<'_, Option<Uuid>>;

    /// Every segment head of a till.
    fn heads(&self, tenant: Uuid, till: Uuid) -> Later<'_, Vec<CloudHead>>;

    /// Records a push and judges it.
    fn push(&self, job: PushJob) -> Later<'_, PushAnswered>;

    /// A till's own ops of one segment, `from` on, as many as one page may hold.
    fn ops(&self, tenant: Uuid, till: Uuid, segment: SegmentId, from: u64) -> Later<'_, OpsPage>;

    /// What the cloud counts for a till.
    fn audit(&self, tenant: Uuid, till: Uuid) -> Later<'_, Counts>;

    /// Sales and refunds within reach, in the order in which they were recorded.
    fn sales(&self, reach: Reach, page: Page) -> Later<'_, Vec<SaleRow>>;

    /// Stock within reach, in the order of its last change.
    fn stock(&self, reach: Reach, page: Page) -> Later<'_, Vec<StockRow>>;

    /// Whether the database answers.
    fn ping(&self) -> Later<'_, ()>;
}

/// Everything the routes need of a database.
pub trait Store: CloudStore + admin::AdminStore + pull::PullStore {}

impl<S: CloudStore + admin::AdminStore + pull::PullStore> Store for S {}

/// Why a store could not answer. None of these says anything about an op.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer program.
    #[error("the database was written by a newer program ({cause}): start that one")]
    Newer {
        /// What gave it away.
        cause: String,
    },
    /// The database refused or failed.
    #[error("{doing}: {cause}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// The database's own words.
        cause: String,
    },
    /// What was read back is not what this program writes.
    #[error("{table}.{column} holds something unreadable: {cause}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The store's thread is gone or the work panicked; the transaction was rolled back.
    #[error("the store stopped while {doing}")]
    Stopped {
        /// What was being done.
        doing: &'static str,
    },
}
