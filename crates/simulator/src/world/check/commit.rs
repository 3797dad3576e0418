//! What must be true after every commit of the cloud.

use std::collections::{BTreeMap, BTreeSet};

use protocol::chain::{link, op_hash};
use protocol::conflict::ConflictKind;
use protocol::ids::{ChainHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use sync::ingest::{IngestPlan, OpRow, TillKey, Writes};
use uuid::Uuid;

use super::reference::{At, Expected, Known};
use crate::world::cloud::Tables;
use crate::world::facts::{Fact, Facts, What};
use crate::world::names::{Goal, Tally};

/// What was there before a commit, as far as the commit touches it.
pub(in crate::world) struct Commit {
    heads: BTreeMap<SegmentId, (u64, ChainHash)>,
    /// Conflicts that decisions of this batch are about.
    conflicts: BTreeMap<Uuid, Known>,
    open: usize,
}

impl Commit {
    pub fn before(tables: &Tables, writes: &Writes) -> Self {
        let heads = writes.heads.keys();
        Self {
            heads: heads
                .filter_map(|id| {
                    let (head, _) = tables.heads.get(id)?;
                    Some((*id, (head.seq, head.chain)))
                })
                .collect(),
            conflicts: writes
                .conflicts
                .keys()
                .chain(writes.ops.iter().filter_map(|row| row.conflict.as_ref()))
                .filter_map(|id| Some((*id, known_of(tables, *id, false)?)))
                .collect(),
            open: tables.conflicts.len(),
        }
    }
}

fn known_of(tables: &Tables, id: Uuid, moving: bool) -> Option<Known> {
    let row = tables.conflicts.get(&id)?;
    Some(Known {
        version: row.version,
        settled: row.settled.is_some(),
        op_id: row.op_id,
        parked: row.kind == ConflictKind::Parked,
        moving,
    })
}

/// The conflict that a decision is about, as it is now.
pub(in crate::world) fn known(tables: &Tables, fact: &Fact, moving: bool) -> Option<Known> {
    match &fact.what {
        What::Settle { conflict, .. } => known_of(tables, *conflict, moving),
        What::Sale { .. }
        | What::Refund { .. }
        | What::Restock { .. }
        | What::Count { .. }
        | What::Edit { .. }
        | What::Unknown { .. } => None,
    }
}

/// Checks what a batch did, op by op, and brings the second opinion up to date.
#[expect(
    clippy::too_many_arguments,
    reason = "one place that sees everything of a commit"
)]
pub(in crate::world) fn commit(
    tables: &mut Tables,
    before: &Commit,
    decided: &IngestPlan,
    key: &TillKey,
    rv_before: u64,
    facts: &Facts,
    (epoch, poisons, unknown): (Uuid, &BTreeSet<Uuid>, &BTreeSet<String>),
    tally: &mut Tally,
) {
    assert!(
        tables.conflicts.len() >= before.open,
        "no conflict vanishes"
    );
    let writes = &decided.writes;
    let mut ends = before.heads.clone();
    let mut touched = false;
    for (row, rv) in writes.ops.iter().zip(rv_before + 1..) {
        placed(tables, row, key, &mut ends, tally);
        let fact = facts.get(&row.op_id);
        let Some(fact) = fact else {
            panic!("op {} was never recorded by anybody", row.op_id)
        };
        assert!(
            fact.hash == row.op_hash && op_hash(&row.bytes) == fact.hash,
            "bytes never change"
        );
        if row.dup {
            assert!(
                row.effects == sync::effects::Effects::default(),
                "a repeated op has no effects"
            );
            assert!(
                tables.first.contains_key(&row.op_id),
                "what repeats was there before"
            );
            continue;
        }
        let conflict = match &fact.what {
            What::Settle { conflict, .. } => match before.conflicts.get(conflict) {
                Some(known) => Some(Known {
                    moving: touched,
                    ..*known
                }),
                None => known_of(tables, *conflict, true),
            },
            What::Sale { .. }
            | What::Refund { .. }
            | What::Restock { .. }
            | What::Count { .. }
            | What::Edit { .. }
            | What::Unknown { .. } => None,
        };
        let at = At {
            op_id: row.op_id,
            rv,
            epoch,
            facts,
            poisoned: poisons.contains(&row.op_id),
            unknown: unknown.contains(fact.kind),
            conflict,
        };
        match tables.reference.judge(fact, at) {
            Expected::Code(code) => assert_eq!(
                row.code, code,
                "op {} ({:?}) must be told something else",
                row.op_id, fact.what
            ),
            Expected::Open => {
                if let (None, What::Settle { decision, .. }, Some(known)) =
                    (row.code, &fact.what, conflict)
                {
                    tables.reference.decide(fact, at, known, *decision);
                }
            }
        }
        touched = true;
        note(row, fact, tally);
    }
    answered_as_first(tables, decided);
    for product in writes.stock.keys() {
        let held = tables
            .stock
            .get(product)
            .map_or(0, |level| level.on_hand_milli);
        let told = tables.reference.on_hand(*product);
        assert_eq!(held, told, "stock of {product} is the sum of what happened");
    }
    if !writes.quarantine_emptied.is_empty() {
        tally.saw(Goal::QuarantineEmptied);
    }
}

/// Whatever is answered about an op is what its first record says, or what an upgrade made of it.
fn answered_as_first(tables: &Tables, decided: &IngestPlan) {
    for result in decided.runs.iter().flat_map(|run| &run.results) {
        let Some(first) = tables.first.get(&result.op_id) else {
            panic!("op {} is answered and not recorded", result.op_id)
        };
        let first = (first.row.outcome, first.row.code, first.row.conflict);
        let first = tables.unparked.get(&result.op_id).copied().unwrap_or(first);
        assert_eq!(
            (
                result.outcome.first(result.code),
                result.code,
                result.conflict
            ),
            first,
            "outcomes are sticky: op {} was told something else first",
            result.op_id
        );
    }
}

/// Gapless, chained, parents first.
fn placed(
    tables: &Tables,
    row: &OpRow,
    key: &TillKey,
    ends: &mut BTreeMap<SegmentId, (u64, ChainHash)>,
    tally: &mut Tally,
) {
    let (head, _) = &tables.heads[&row.segment];
    assert!(
        head.till == key.till && row.till == key.till,
        "a till writes its own stream"
    );
    let prev = if let Some((seq, chain)) = ends.get(&row.segment) {
        assert_eq!(row.seq, seq + 1, "segment {} has no gap", row.segment);
        *chain
    } else {
        assert_eq!(row.seq, head.first_seq, "a segment begins at its beginning");
        if let Some(parent) = &head.parent {
            let heads = tables.heads.values();
            let beside = heads.filter(|(other, _)| other.parent == head.parent);
            if beside.count() > 1 {
                tally.saw(Goal::SharedParent);
            }
            let there = tables.log.get(&(parent.segment, parent.seq));
            let chain = there.map(|there| there.row.chain);
            assert_eq!(chain, Some(parent.chain), "a parent is recorded first");
            parent.chain
        } else {
            key.genesis()
        }
    };
    let chain = link(&prev, &row.segment, row.seq, &row.op_hash);
    assert_eq!(chain, row.chain, "what is recorded follows from its bytes");
    ends.insert(row.segment, (row.seq, row.chain));
}

/// What the op shows of the world.
fn note(row: &OpRow, fact: &Fact, tally: &mut Tally) {
    let goal = match row.code {
        Some(OutcomeCode::OverRefund) => Goal::OverRefund,
        Some(OutcomeCode::ApplyError) => Goal::SlowPath,
        Some(OutcomeCode::NegativeStock) => Goal::NegativeStock,
        Some(OutcomeCode::CountRace) => Goal::CountRace,
        Some(OutcomeCode::EditConflict) => Goal::EditConflict,
        Some(OutcomeCode::AlreadyResolved) => Goal::SettledTwice,
        None if matches!(fact.what, What::Settle { .. }) => Goal::Settled,
        _ => return,
    };
    tally.saw(goal);
}

/// A batch that comes again under its key is answered as the first time, and nothing is written.
pub(in crate::world) fn replayed(first: &IngestPlan, again: &IngestPlan, tally: &mut Tally) {
    assert!(
        again.writes.ops.is_empty() && again.writes.heads.is_empty(),
        "a repeated batch records nothing"
    );
    assert!(
        again.writes.quarantine.is_empty(),
        "and keeps nothing aside again"
    );
    let mut answered = 0;
    for (one, two) in first.runs.iter().zip(&again.runs) {
        assert_eq!(one.head, two.head, "the head stays where it is");
        if one.status != two.status {
            continue;
        }
        for (one, two) in one.results.iter().zip(&two.results) {
            assert_eq!(
                (
                    one.op_id,
                    one.outcome.first(one.code),
                    one.code,
                    one.conflict
                ),
                (
                    two.op_id,
                    two.outcome.first(two.code),
                    two.code,
                    two.conflict
                ),
                "outcomes are sticky"
            );
            answered += u64::from(two.outcome != Outcome::Duplicate);
        }
    }
    if answered > 0 {
        tally.saw(Goal::Replayed);
    }
}
