//! What the cloud holds, as far as one batch needs it: plain maps that any store can fill.

use std::collections::{BTreeMap, BTreeSet};

use protocol::chain::genesis;
use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::stream::Parent;
use uuid::Uuid;

/// Who a credential speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TillKey {
    /// The business.
    pub tenant: Uuid,
    /// The shop.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
    /// The tenant id the till's chain began with.
    pub genesis_tenant: Uuid,
    /// The branch id the till's chain began with.
    pub genesis_branch: Uuid,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// Whether it was revoked.
    pub revoked: bool,
}

impl TillKey {
    /// The chain before the till's first op.
    pub fn genesis(&self) -> ChainHash {
        genesis(self.genesis_tenant, self.till, &self.public_key)
    }
}

/// What is recorded, loaded for one batch. All of one tenant; stock is of the till's branch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IngestState {
    /// Heads of the segments.
    pub heads: BTreeMap<SegmentId, StreamHead>,
    /// Rows of the op log by position, repeated facts (`dup`) among them.
    pub recorded: BTreeMap<(SegmentId, u64), Recorded>,
    /// Rows of the op log that are not `dup`, by op.
    pub ops: BTreeMap<Uuid, FirstRecord>,
    /// The op under which a sale or refund is kept, by the sale's or refund's id.
    pub sales: BTreeMap<Uuid, Uuid>,
    /// What was sold and given back of the sales asked for, by sale and line.
    pub sale_lines: BTreeMap<Uuid, BTreeMap<u32, SoldLine>>,
    /// Stock by product; a product that never moved has no entry.
    pub stock: BTreeMap<Uuid, StockLevel>,
    /// The one open `NEGATIVE_STOCK` conflict of a product, if there is one.
    pub open_negative: BTreeMap<Uuid, Uuid>,
    /// Products that exist, with the version of each field group that was ever edited.
    pub products: BTreeMap<Uuid, BTreeMap<String, GroupVersion>>,
    /// What lies or ever lay in quarantine under the coordinates asked for.
    pub quarantine: BTreeSet<(SegmentId, u64, ChainHash)>,
    /// Which of the ops asked for lie in quarantine now, with the hash of their bytes.
    pub quarantined_ops: BTreeSet<(Uuid, OpHash)>,
    /// Ops whose effects the store could not apply in an earlier try of this same transaction.
    pub poisoned: BTreeSet<Uuid>,
}

/// The last recorded op of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamHead {
    /// Whose stream it is.
    pub till: Uuid,
    /// The `seq` of the segment's first op.
    pub first_seq: u64,
    /// The last recorded `seq`.
    pub seq: u64,
    /// The chain there.
    pub chain: ChainHash,
    /// Where the segment began.
    pub parent: Option<Parent>,
    /// Up to where the oldest kept backup holds it; 0: nothing is.
    pub secured: u64,
}

/// One row of the op log, as it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The op.
    pub op_id: Uuid,
    /// The chain at the place.
    pub chain: ChainHash,
    /// What the till was told.
    pub outcome: Outcome,
    /// Why.
    pub code: Option<OutcomeCode>,
    /// The conflict it was told of.
    pub conflict: Option<Uuid>,
    /// Whether this very batch recorded it: the same body under the same Idempotency-Key. It is
    /// then answered as the first time; to any other batch the op is a duplicate.
    pub by_this_batch: bool,
}

/// The first record of an op: the one whose effects count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRecord {
    /// The hash of its bytes.
    pub op_hash: OpHash,
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    pub code: Option<OutcomeCode>,
    /// The conflict it belongs to.
    pub conflict: Option<Uuid>,
}

/// How much of one line was sold and how much came back, thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldLine {
    /// Sold.
    pub sold_milli: i64,
    /// Given back so far.
    pub given_back_milli: i64,
}

/// The stock of one product in one branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StockLevel {
    /// Opening plus the sum of movements, thousandths.
    pub on_hand_milli: i64,
    /// Whether the shop keeps book of it: goods were received or counted at least once. Below zero
    /// is a conflict only then; an article nobody ever counted has no true level to contradict.
    pub tracked: bool,
}

/// The version of one field group of a product, and who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupVersion {
    /// The row version.
    pub version: u64,
    /// The till; nil for head office.
    pub till: Uuid,
}
