//! Ops that an older program had to park, judged again by one that can read them.
//!
//! Promises that an op's effects are applied once, that the log keeps what was said then (the later
//! judgement is a row of its own), and that ops which waited for one are judged after it, in the
//! order of the log. Every dead letter has its conflict; one from before there were any gets it
//! here.

use protocol::chain::op_hash;
use protocol::conflict::{ConflictKind, SettledBy};
use protocol::ids::{ChainHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use uuid::Uuid;

use super::book::{Book, conflict_id};
use super::exceptions::NamedException;
use super::needs::IngestNeeds;
use super::state::{IngestState, TillKey};
use super::writes::{OpRow, Writes};
use crate::effects::read_op;

/// A row of the log that is parked, with its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedOp {
    /// Its segment.
    pub segment: SegmentId,
    /// Its place.
    pub seq: u64,
    /// The chain there.
    pub chain: ChainHash,
    /// Why it was parked.
    pub code: OutcomeCode,
    /// The exact bytes.
    pub bytes: Vec<u8>,
}

/// What becomes of a parked op now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unparking {
    /// It is judged: the writes' one op row says how, and is kept beside the log, not in it.
    Judged(Writes),
    /// It stays parked; there may be a conflict to open that was not there yet.
    Stays(Writes),
}

impl ParkedOp {
    /// What a store has to load before [`unpark`]: this, and what follows from it.
    pub fn needs(&self, key: &TillKey) -> IngestNeeds {
        let op = read_op(&self.bytes);
        let mut needs = IngestNeeds::default();
        needs.add_op(&op, op_hash(&self.bytes));
        needs.conflicts.insert(dead_letter(key, op.op_id()));
        needs
    }

    /// Whether a newer program may know better. A poison op and a false identity stay what they
    /// are.
    const fn may_be_read(&self) -> bool {
        match self.code {
            OutcomeCode::UnknownType
            | OutcomeCode::BodyUnreadable
            | OutcomeCode::DependsOnParked => true,
            OutcomeCode::NegativeStock
            | OutcomeCode::SaleIdReused
            | OutcomeCode::OpIdReused
            | OutcomeCode::OverRefund
            | OutcomeCode::ApplyError
            | OutcomeCode::WrongIdentity
            | OutcomeCode::NotAllowed
            | OutcomeCode::EditConflict
            | OutcomeCode::CountRace
            | OutcomeCode::AlreadyResolved
            | OutcomeCode::ConflictChanged => false,
        }
    }
}

/// The conflict of a dead letter.
fn dead_letter(key: &TillKey, op_id: Uuid) -> Uuid {
    conflict_id(ConflictKind::Parked, key, &[op_id.as_bytes()])
}

/// Judges a parked op again. `state.rv_before` is the tenant's version before it.
pub fn unpark(state: &IngestState, parked: &ParkedOp, key: &TillKey, now_ms: i64) -> Unparking {
    let op = read_op(&parked.bytes);
    let op_id = op.op_id();
    let mut book = Book::new(state, key);
    book.state.ops.remove(&op_id);
    let verdict = if parked.may_be_read() {
        book.judge_first(&op)
    } else {
        book.park(&op, parked.code)
    };
    if verdict.outcome == Outcome::Parked {
        let mut writes = book.into_writes();
        // What waits for it was written when it was parked, and set free if a person has seen it.
        writes.parked.clear();
        return Unparking::Stays(writes);
    }
    let hash = op_hash(&parked.bytes);
    book.writes.ops.push(OpRow {
        segment: parked.segment,
        seq: parked.seq,
        chain: parked.chain,
        op_id,
        dup: false,
        till: key.till,
        kind: op.kind().chars().take(100).collect(),
        op_hash: hash,
        bytes: parked.bytes.clone(),
        outcome: verdict.outcome,
        code: verdict.code,
        conflict: verdict.conflict,
        hlc: op.hlc(),
        effects: verdict.effects,
    });
    book.release(op_id);
    book.by_rule(
        NamedException::ReadAfterUpgrade,
        op_id,
        &format!("op:{op_id}"),
    );
    let letter = dead_letter(key, op_id);
    let open = book.state.conflicts.get(&letter);
    if open.is_some_and(|row| row.settled.is_none()) {
        let settled = SettledBy {
            op_id: None,
            decision: None,
            operator_name: None,
            till_name: None,
            at_ms: now_ms,
            note: None,
        };
        book.settle(letter, settled);
    }
    Unparking::Judged(book.into_writes())
}
