//! The working copy: what is recorded plus what this batch has added so far.

use protocol::chain::op_hash;
use protocol::ids::OpHash;
use protocol::outcome::Outcome;
use protocol::wire::{CloudHead, OpResult, Run, RunAnswer, RunItem, RunStatus};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::place::{Placement, place, unvouched};
use super::state::{IngestState, Recorded, StreamHead, TillKey};
use super::writes::{ConflictWrite, OpRow, QuarantineReason, QuarantineRow, Writes};
use crate::effects::{OpRead, read_op};
use protocol::conflict::ConflictKind;

/// The record as this batch sees it, and what it has to write.
pub(super) struct Book<'k> {
    pub(super) state: IngestState,
    pub(super) key: &'k TillKey,
    pub(super) writes: Writes,
}

impl<'k> Book<'k> {
    pub(super) fn new(state: &IngestState, key: &'k TillKey) -> Self {
        Self {
            state: state.clone(),
            key,
            writes: Writes::default(),
        }
    }

    pub(super) fn into_writes(self) -> Writes {
        self.writes
    }

    /// Takes one run as far as it goes.
    pub(super) fn take(&mut self, run: &Run) -> RunAnswer {
        if let Some(status) = unvouched(run, self.key) {
            return self.answer(run, status, Vec::new());
        }
        match place(run, &self.state, self.key) {
            Placement::Refused(status) => self.answer(run, status, Vec::new()),
            Placement::GoesOn { repeated } => {
                let (known, new) = run.items.split_at(repeated);
                let mut results = self.repeat(run, known);
                results.extend(new.iter().map(|item| self.record(run, item)));
                assert_eq!(results.len(), run.items.len(), "every op is answered");
                self.answer(run, RunStatus::Ok, results)
            }
            Placement::Contradicts {
                repeated,
                reason,
                status,
            } => {
                let (known, rest) = run.items.split_at(repeated);
                let results = self.repeat(run, known);
                self.put_aside(run, rest, reason);
                self.answer(run, status, results)
            }
        }
    }

    fn answer(&self, run: &Run, status: RunStatus, results: Vec<OpResult>) -> RunAnswer {
        let head = self.state.heads.get(&run.segment);
        RunAnswer {
            segment: run.segment,
            status,
            head: head
                .filter(|head| head.till == self.key.till)
                .map(|head| CloudHead {
                    segment: run.segment,
                    seq: head.seq,
                    chain: head.chain,
                    secured: head.secured,
                }),
            results,
        }
    }

    /// What this batch recorded itself is answered as the first time; what another one recorded is
    /// a duplicate, with the first outcome's code and conflict.
    fn repeat(&self, run: &Run, known: &[RunItem]) -> Vec<OpResult> {
        known
            .iter()
            .filter_map(|item| self.state.recorded.get(&(run.segment, item.seq)))
            .zip(known)
            .map(|(row, item)| {
                let first = result(item.seq, row);
                if row.by_this_batch {
                    return first;
                }
                OpResult {
                    outcome: Outcome::Duplicate,
                    ..first
                }
            })
            .collect()
    }

    fn record(&mut self, run: &Run, item: &RunItem) -> OpResult {
        let bytes = item.op.get().as_bytes();
        let (op, hash) = (read_op(bytes), op_hash(bytes));
        let verdict = self.judge(&op, hash);
        let row = OpRow {
            segment: run.segment,
            seq: item.seq,
            chain: item.chain,
            op_id: op.op_id(),
            dup: verdict.dup,
            till: run.till,
            kind: op.kind().chars().take(100).collect(),
            op_hash: hash,
            bytes: bytes.to_vec(),
            outcome: verdict.outcome,
            code: verdict.code,
            conflict: verdict.conflict,
            effects: verdict.effects,
        };
        self.move_head(run, item);
        let recorded = Recorded {
            by_this_batch: true,
            ..row.recorded()
        };
        self.state
            .recorded
            .insert((run.segment, item.seq), recorded);
        let settled = (row.op_id, hash);
        if self.state.quarantined_ops.remove(&settled) {
            self.writes.quarantine_emptied.insert(settled);
        }
        self.writes.ops.push(row);
        result(item.seq, &recorded)
    }

    fn move_head(&mut self, run: &Run, item: &RunItem) {
        let before = self.state.heads.get(&run.segment);
        assert_eq!(
            before.map_or(run.first_seq, |head| head.seq + 1),
            item.seq,
            "a stream has no gaps"
        );
        let head = StreamHead {
            till: run.till,
            first_seq: before.map_or(run.first_seq, |head| head.first_seq),
            seq: item.seq,
            chain: item.chain,
            parent: before.map_or(run.parent, |head| head.parent),
            secured: before.map_or(0, |head| head.secured),
        };
        self.state.heads.insert(run.segment, head);
        self.writes.heads.insert(run.segment, head);
    }

    /// The whole rest of a run that cannot be recorded is kept aside: it may be the only copy.
    fn put_aside(&mut self, run: &Run, rest: &[RunItem], reason: QuarantineReason) {
        let mut first = None;
        for item in rest {
            let place = (run.segment, item.seq, item.chain);
            let bytes = item.op.get().as_bytes();
            let (op, hash) = (read_op(bytes), op_hash(bytes));
            if self.kept_already(&op, hash) || !self.state.quarantine.insert(place) {
                continue;
            }
            first.get_or_insert(op.op_id());
            self.state.quarantined_ops.insert((op.op_id(), hash));
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
        }
        if let Some(op_id) = first {
            let kind = match reason {
                QuarantineReason::Fork | QuarantineReason::ParentQuarantined => {
                    ConflictKind::StreamFork
                }
                QuarantineReason::Hole => ConflictKind::StreamHole,
            };
            let id = conflict_id(kind, self.key, &[run.segment.as_bytes()]);
            let entity = format!("segment:{}", run.segment);
            self.open(id, kind, entity, op_id);
        }
    }

    /// Whether the log holds these very bytes under another place.
    fn kept_already(&self, op: &OpRead, hash: OpHash) -> bool {
        let first = self.state.ops.get(&op.op_id());
        first.is_some_and(|first| first.op_hash == hash)
    }

    /// Opens a conflict; one that is open already stays as it is.
    pub(super) fn open(&mut self, id: Uuid, kind: ConflictKind, entity: String, op_id: Uuid) {
        let write = ConflictWrite {
            id,
            kind,
            entity,
            op_id,
            opens: true,
            on_hand_milli: None,
        };
        self.writes.conflicts.entry(id).or_insert(write);
    }
}

fn result(seq: u64, row: &Recorded) -> OpResult {
    OpResult {
        seq,
        op_id: row.op_id,
        outcome: row.outcome,
        code: row.code,
        conflict: row.conflict,
    }
}

/// A conflict's identity, from what it is about: every store makes the same one.
pub(super) fn conflict_id(kind: ConflictKind, key: &TillKey, parts: &[&[u8]]) -> Uuid {
    let mut hasher = Sha256::new();
    hasher.update(b"cfl1");
    hasher.update(kind.as_str());
    hasher.update(key.tenant.as_bytes());
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let mut id = [0_u8; 16];
    id.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(id).into_uuid()
}
