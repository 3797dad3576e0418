//! What the cloud holds, as far as one batch needs it: plain maps that any store can fill.

use std::collections::{BTreeMap, BTreeSet};

use protocol::chain::genesis;
use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::stream::Parent;
use uuid::Uuid;

use super::known::{ConflictNow, LastCount, LedgerAsk, OperatorNow, ProductNow, SaleNow, Unseen};
use crate::effects::{FieldGroup, PastGroup};

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
    /// The cloud's epoch.
    pub cloud_epoch: Uuid,
    /// The tenant's version before the batch: its first new op gets the next one.
    pub rv_before: u64,
    /// Heads of the segments.
    pub heads: BTreeMap<SegmentId, StreamHead>,
    /// Rows of the op log by position, repeated facts (`dup`) among them.
    pub recorded: BTreeMap<(SegmentId, u64), Recorded>,
    /// Rows of the op log that are not `dup`, by op.
    pub ops: BTreeMap<Uuid, FirstRecord>,
    /// The bytes of the first records asked for.
    pub op_bytes: BTreeMap<Uuid, Vec<u8>>,
    /// Sales and refunds, by their own ids.
    pub sales: BTreeMap<Uuid, SaleNow>,
    /// What was sold and given back of the sales asked for, by sale and line.
    pub sale_lines: BTreeMap<Uuid, BTreeMap<u32, SoldLine>>,
    /// Stock by product; a product that never moved has no entry.
    pub stock: BTreeMap<Uuid, StockLevel>,
    /// What counts had not seen.
    pub ledger: BTreeMap<LedgerAsk, Unseen>,
    /// Products that exist or existed.
    pub products: BTreeMap<Uuid, ProductNow>,
    /// What groups of products said under versions that are gone.
    pub past: BTreeMap<(Uuid, FieldGroup, u64), PastGroup>,
    /// The operators asked for that head office knows.
    pub operators: BTreeMap<Uuid, OperatorNow>,
    /// Whether head office knows any operator of the tenant at all, deleted ones too; otherwise the
    /// shop keeps its people on the till, and whoever is signed in there may do what the till lets
    /// them.
    pub keeps_operators: bool,
    /// Conflicts by id: those asked for, open or settled, and every open one about the stock of the
    /// products asked for in the till's branch.
    pub conflicts: BTreeMap<Uuid, ConflictNow>,
    /// Parked ops of this till, by the entities they touch.
    pub waiting: BTreeMap<String, BTreeSet<Uuid>>,
    /// What lies or ever lay in quarantine under the coordinates asked for.
    pub quarantine: BTreeSet<(SegmentId, u64, ChainHash)>,
    /// Which of the ops asked for lie in quarantine now, with the hash of their bytes, and the
    /// segments they came in.
    pub quarantined_ops: BTreeMap<(Uuid, OpHash), BTreeSet<SegmentId>>,
    /// Types that this cloud is told to leave alone although its program knows them: it is then as old as the one
    /// beside it that does not. Their ops are parked and judged after the upgrade.
    pub unknown_kinds: BTreeSet<String>,
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
    /// The count that the figure rests on.
    pub counted: Option<LastCount>,
}

impl IngestState {
    /// Adds what was loaded later.
    pub fn absorb(&mut self, more: Self) {
        self.op_bytes.extend(more.op_bytes);
        self.stock.extend(more.stock);
        self.ledger.extend(more.ledger);
        self.products.extend(more.products);
        self.conflicts.extend(more.conflicts);
    }
}
