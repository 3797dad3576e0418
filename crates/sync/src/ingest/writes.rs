//! What a plan asks the store to write.

use std::collections::{BTreeMap, BTreeSet};

use protocol::hlc::Hlc;
use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use uuid::Uuid;

use super::exceptions::RuleUsed;
use super::known::{ConflictNow, LastCount};
use super::state::{Recorded, StreamHead};
use crate::effects::Effects;

/// All writes of one batch. Lists are in the order in which they were decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writes {
    /// New rows of the op log, with the effects to apply beside each.
    pub ops: Vec<OpRow>,
    /// Heads to insert or move.
    pub heads: BTreeMap<SegmentId, StreamHead>,
    /// The sum of all stock effects by product, thousandths: one upsert each.
    pub stock: BTreeMap<Uuid, i64>,
    /// Products among them that are kept book of from now on.
    pub tracked: BTreeSet<Uuid>,
    /// The count that a product's figure rests on from now on.
    pub counted: BTreeMap<Uuid, LastCount>,
    /// Conflicts to open or to bring up to date, by id. To open one whose id exists already, open
    /// or settled, changes nothing: the id follows from the facts.
    pub conflicts: BTreeMap<Uuid, ConflictWrite>,
    /// Rows for quarantine.
    pub quarantine: BTreeMap<(SegmentId, u64, ChainHash), QuarantineRow>,
    /// Ops that have now arrived regularly: the store marks their quarantine rows as settled and
    /// keeps them, because a late child may still name them as its parent.
    pub quarantine_emptied: BTreeSet<(Uuid, OpHash)>,
    /// What ops that are parked now touch: entity and op, of the batch's till.
    pub parked: BTreeSet<(String, Uuid)>,
    /// Parked ops that nothing waits for any more: a person or an upgrade has dealt with them.
    pub released: BTreeSet<Uuid>,
    /// What was settled by a rule and not by a person; for the log.
    pub settled_by_rule: Vec<RuleUsed>,
}

impl Writes {
    /// Whether there is nothing to write: a batch that only repeated.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
            && self.heads.is_empty()
            && self.conflicts.is_empty()
            && self.quarantine.is_empty()
            && self.quarantine_emptied.is_empty()
    }
}

/// One new row of the op log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpRow {
    /// Its segment.
    pub segment: SegmentId,
    /// Its place.
    pub seq: u64,
    /// The chain there.
    pub chain: ChainHash,
    /// The op.
    pub op_id: Uuid,
    /// Whether the op id is recorded elsewhere already: only the position is new.
    pub dup: bool,
    /// The till.
    pub till: Uuid,
    /// The type's name as the op says it.
    pub kind: String,
    /// The hash of the bytes.
    pub op_hash: OpHash,
    /// The exact bytes.
    pub bytes: Vec<u8>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    pub code: Option<OutcomeCode>,
    /// The conflict it belongs to.
    pub conflict: Option<Uuid>,
    /// When, by the till's hybrid clock; the smallest there is for an op that cannot be read.
    pub hlc: Hlc,
    /// What is applied; empty for everything that is not.
    pub effects: Effects,
}

impl OpRow {
    /// The row as any other batch will meet it.
    pub const fn recorded(&self) -> Recorded {
        Recorded {
            op_id: self.op_id,
            chain: self.chain,
            outcome: self.outcome,
            code: self.code,
            conflict: self.conflict,
            by_this_batch: false,
        }
    }
}

/// A conflict as it is from now on: a new row, or the whole row in place of the one that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictWrite {
    /// Its identity; follows from the facts.
    pub id: Uuid,
    /// Whether it is new; otherwise it takes the place of the row under its id.
    pub opens: bool,
    /// The row. The store gives the sides the names of their tills ([`ConflictNow::name_tills`]),
    /// the moment of opening and the row version.
    pub now: ConflictNow,
}

/// Why a row is in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuarantineReason {
    /// It contradicts what is recorded.
    Fork,
    /// Its parent is in quarantine.
    ParentQuarantined,
    /// Its parent cannot be had.
    Hole,
}

impl QuarantineReason {
    /// The word in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::ParentQuarantined => "parent_quarantined",
            Self::Hole => "hole",
        }
    }
}

/// An op that may be the only copy of a fact, kept aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its segment.
    pub segment: SegmentId,
    /// Its place there.
    pub seq: u64,
    /// The chain as its till computed it.
    pub chain: ChainHash,
    /// The op.
    pub op_id: Uuid,
    /// The hash of the bytes.
    pub op_hash: OpHash,
    /// The exact bytes.
    pub bytes: Vec<u8>,
    /// Why.
    pub reason: QuarantineReason,
}
