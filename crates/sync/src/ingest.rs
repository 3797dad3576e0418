//! The cloud's decision on a batch: what is written and what is answered.
//!
//! A batch brings runs, parents before children. Each run is first *vouched for*: the till's
//! signature covers its last link, and every link is computed anew from the bytes. Then it is
//! *placed*: it repeats what is recorded, goes on from there, begins a segment whose parent is
//! recorded, leaves a gap, or contradicts the record. What repeats is a duplicate with the code and
//! conflict of its first outcome, or is answered as the first time if it was this very batch, under
//! its own key, that recorded it. What goes on is recorded, op by op, and only then *judged*: the
//! outcome says what a person or an upgrade has still to do and never stops the queue. What
//! contradicts goes whole into quarantine: it may be the only copy of a sale.
//!
//! The store loads [`IngestNeeds`] into an [`IngestState`], calls [`plan`], writes the
//! [`Writes`] and answers, all in one transaction. If applying an op fails in the store, it rolls
//! back, adds the op to [`IngestState::poisoned`] and plans again: that op is parked and its
//! neighbours go through.
//!
//! Promises: no dependence on how a stream was cut, repeated or delayed; outcomes never change;
//! no byte that arrived whole is dropped; conflict ids follow from the facts, so every store
//! makes the same ones.
//!
//! Never does: looking at a clock, at the request's headers, or at another tenant.

mod aside;
mod book;
mod exceptions;
mod judge;
mod known;
mod needs;
mod place;
mod sides;
mod state;
mod stock;
mod unpark;
mod writes;

use protocol::limits::BatchLimits;
use protocol::wire::{PushAnswer, PushRequest, RunAnswer};
use uuid::Uuid;

pub use crate::effects::GroupVersion;
pub use exceptions::{NamedException, RuleUsed};
pub use known::{
    ConflictNow, LastCount, LedgerAsk, LedgerRow, OperatorNow, ProductNow, SaleNow, Unseen,
};
pub use needs::IngestNeeds;
pub use protocol::conflict::ConflictKind;
pub use state::{FirstRecord, IngestState, Recorded, SoldLine, StockLevel, StreamHead, TillKey};
pub use unpark::{ParkedOp, Unparking, unpark};
pub use writes::{ConflictWrite, OpRow, QuarantineReason, QuarantineRow, Writes};

use book::Book;

/// What a batch does to the cloud, and what its sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestPlan {
    /// For the store, in one transaction.
    pub writes: Writes,
    /// One per run, in the request's order.
    pub runs: Vec<RunAnswer>,
}

impl IngestPlan {
    /// The plan's answer, completed with what only the cloud's shell knows.
    pub fn answer(
        self,
        cloud_epoch: Uuid,
        server_time_ms: i64,
        limits: BatchLimits,
        pause_ms: u32,
    ) -> PushAnswer {
        PushAnswer {
            cloud_epoch,
            server_time_ms,
            limits,
            pause_ms,
            runs: self.runs,
        }
    }
}

/// Decides. `state` holds at least what [`IngestNeeds::of`] the request asks for.
pub fn plan(state: &IngestState, request: &PushRequest, key: &TillKey) -> IngestPlan {
    let mut book = Book::new(state, key);
    let runs: Vec<RunAnswer> = request.runs.iter().map(|run| book.take(run)).collect();
    assert_eq!(
        runs.len(),
        request.runs.len(),
        "every run of a batch has its answer"
    );
    IngestPlan {
        writes: book.into_writes(),
        runs,
    }
}
