//! Quarantine: what contradicts the record is kept whole, because it may be the only copy.
//!
//! One conflict a segment says how many ops are kept aside and how many of them have arrived
//! regularly since. A person closes it; it never closes by itself.

use std::collections::BTreeSet;

use protocol::chain::op_hash;
use protocol::conflict::{ConflictKind, ConflictSide};
use protocol::ids::{OpHash, SegmentId};
use protocol::wire::{Run, RunItem};
use serde_json::json;
use uuid::Uuid;

use super::book::{Book, conflict_id};
use super::known::ConflictNow;
use super::writes::{QuarantineReason, QuarantineRow};
use crate::effects::{OpRead, read_op};

/// How many ops of the segment are kept aside.
const KEPT_ASIDE: &str = "kept_aside";
/// How many of them have arrived regularly since.
const ARRIVED_SINCE: &str = "arrived_since";

impl Book<'_> {
    /// Keeps the whole rest of a run that cannot be recorded.
    pub(super) fn put_aside(&mut self, run: &Run, rest: &[RunItem], reason: QuarantineReason) {
        let (mut first, mut kept) = (None, 0);
        let most = if cfg!(mutant = "quarantine_first_only") {
            1
        } else {
            rest.len()
        };
        for item in rest.iter().take(most) {
            let place = (run.segment, item.seq, item.chain);
            let bytes = item.op.get().as_bytes();
            let (op, hash) = (read_op(bytes), op_hash(bytes));
            if self.kept_already(&op, hash) || !self.state.quarantine.insert(place) {
                continue;
            }
            let held = self.state.quarantined_ops.entry((op.op_id(), hash));
            held.or_default().insert(run.segment);
            let row = QuarantineRow {
                segment: run.segment,
                seq: item.seq,
                chain: item.chain,
                op_id: op.op_id(),
                op_hash: hash,
                bytes: bytes.to_vec(),
                reason,
            };
            self.writes.quarantine.insert(place, row);
            first.get_or_insert((op, item.seq));
            kept += 1;
        }
        if let Some((op, seq)) = first {
            self.tell_of_fork(run, reason, &op, seq, kept);
        }
    }

    fn tell_of_fork(
        &mut self,
        run: &Run,
        reason: QuarantineReason,
        op: &OpRead,
        at: u64,
        kept: u64,
    ) {
        let kind = match reason {
            QuarantineReason::Fork | QuarantineReason::ParentQuarantined => {
                ConflictKind::StreamFork
            }
            QuarantineReason::Hole => ConflictKind::StreamHole,
        };
        let id = conflict_id(kind, self.key, &[run.segment.as_bytes()]);
        if self.state.conflicts.contains_key(&id) {
            self.change(id, |row| {
                // What was acknowledged did not know of these.
                row.settled = None;
                add(row, KEPT_ASIDE, kept);
            });
            return;
        }
        let mut mine = self.told_by(op);
        for (name, figure) in [(KEPT_ASIDE, kept), (ARRIVED_SINCE, 0), ("from_seq", at)] {
            mine.fields.insert(name.to_owned(), json!(figure));
        }
        let head = self.state.heads.get(&run.segment);
        let theirs = head.map(|head| ConflictSide {
            till: Some(head.till),
            fields: [("head_seq".to_owned(), json!(head.seq))].into(),
            ..ConflictSide::default()
        });
        let row = ConflictNow {
            mine: Some(mine),
            theirs,
            ..self.row(kind, format!("segment:{}", run.segment), op.op_id())
        };
        self.open(id, row);
    }

    /// An op that was kept aside has arrived regularly: its segments' conflicts say so.
    pub(super) fn arrived_after_all(&mut self, segments: &BTreeSet<SegmentId>) {
        for segment in segments {
            for kind in [ConflictKind::StreamFork, ConflictKind::StreamHole] {
                let id: Uuid = conflict_id(kind, self.key, &[segment.as_bytes()]);
                let known = self.state.conflicts.get(&id);
                if known.is_some_and(|row| row.settled.is_none()) {
                    self.change(id, |row| add(row, ARRIVED_SINCE, 1));
                }
            }
        }
    }

    /// Whether the log holds these very bytes under another place.
    fn kept_already(&self, op: &OpRead, hash: OpHash) -> bool {
        let first = self.state.ops.get(&op.op_id());
        first.is_some_and(|first| first.op_hash == hash)
    }
}

fn add(row: &mut ConflictNow, name: &str, more: u64) {
    let mine = row.mine.get_or_insert_default();
    let before = mine.fields.get(name).and_then(serde_json::Value::as_u64);
    let now = before.unwrap_or(0).saturating_add(more);
    mine.fields.insert(name.to_owned(), json!(now));
}
