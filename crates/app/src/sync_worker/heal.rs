//! Mending what a hello brings to light: a tail that the cloud holds and this vault does not, and
//! places on which the two disagree.
//!
//! Asks the cloud for this till's own ops and lets the vault put things right, a page at a time.
//! Promises that every op put back hashes to its chain and follows an op that is known, and that
//! nothing is fetched which another living copy of this till makes: that is its drawer, not ours.
//! Never sends anything and never decides what is cut.

mod copy;
mod shared;
mod tail;

use protocol::cloud::{CallFailure, CloudApi as _};
use protocol::wire::OpsPage;
use protocol::{SegmentId, StoredOp, chain, op::EnvelopeHead};
use sync::till::Healed;

use super::drive::Drive;
use crate::error::AppError;
use crate::till::Till;

/// Why a heal ended before its end.
pub(super) enum Stop {
    /// The worker was told to stop.
    Told,
    /// A call failed: tried again later, what was put back stays.
    Call(CallFailure),
    /// A person is needed.
    Person(String),
    /// The vault could not.
    Vault(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Vault(error)
    }
}

impl From<vault::VaultError> for Stop {
    fn from(error: vault::VaultError) -> Self {
        Self::Vault(error.into())
    }
}

/// The word for the engine; `None`: told to stop meanwhile.
pub(super) fn healed(done: Result<(), Stop>) -> Option<Healed> {
    match done {
        Ok(()) => Some(Healed::Done),
        Err(Stop::Told) => None,
        Err(Stop::Call(failure)) => Some(Healed::Failed(failure)),
        Err(Stop::Person(words)) => Some(Healed::NeedsPerson { words }),
        Err(Stop::Vault(error)) => Some(Healed::Failed(CallFailure::Path {
            words: error.to_string(),
            retry_after_ms: None,
        })),
    }
}

impl Drive {
    /// One page of this till's own ops, as the cloud holds them.
    fn page(&mut self, till: &Till, segment: SegmentId, from: u64) -> Result<OpsPage, Stop> {
        let asked = self.call(till, |cloud| async move { cloud.ops(segment, from).await });
        asked.ok_or(Stop::Told)?.map_err(Stop::Call)
    }
}

/// A page's ops linked behind `prev`; `None` if one of them does not hash to its chain.
fn linked(page: &OpsPage, segment: SegmentId, prev: protocol::ChainHash) -> Option<Vec<StoredOp>> {
    let mut before = prev;
    let mut ops: Vec<StoredOp> = Vec::with_capacity(page.items.len());
    for item in &page.items {
        let bytes = item.op.get().as_bytes().to_vec();
        let follows = ops.last().is_none_or(|last| last.seq + 1 == item.seq);
        let expected = chain::link(&before, &segment, item.seq, &chain::op_hash(&bytes));
        if !follows || expected != item.chain {
            return None;
        }
        ops.push(StoredOp {
            op_id: EnvelopeHead::read(&bytes).ok()?.op_id,
            segment,
            seq: item.seq,
            prev: before,
            chain: item.chain,
            bytes,
        });
        before = item.chain;
    }
    Some(ops)
}
