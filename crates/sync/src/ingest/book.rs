//! The working copy: what is recorded plus what this batch has added so far.

use protocol::chain::op_hash;
use protocol::outcome::Outcome;
use protocol::wire::{CloudHead, OpResult, Run, RunAnswer, RunItem, RunStatus};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::known::LedgerRow;
use super::place::{Placement, place, unvouched};
use super::state::{IngestState, Recorded, StreamHead, TillKey};
use super::writes::{OpRow, Writes};
use crate::effects::read_op;
use protocol::conflict::ConflictKind;

/// The record as this batch sees it, and what it has to write.
pub(super) struct Book<'k> {
    pub(super) state: IngestState,
    pub(super) key: &'k TillKey,
    pub(super) writes: Writes,
    /// What this batch has moved, product by product: the ledger does not hold it yet.
    pub(super) moved: Vec<(Uuid, LedgerRow)>,
}

impl<'k> Book<'k> {
    pub(super) fn new(state: &IngestState, key: &'k TillKey) -> Self {
        Self {
            state: state.clone(),
            key,
            writes: Writes::default(),
            moved: Vec::new(),
        }
    }

    /// The row version of the op that is judged now.
    pub(super) fn next_rv(&self) -> u64 {
        self.state.rv_before + self.writes.ops.len() as u64 + 1
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
                if !cfg!(mutant = "no_quarantine") {
                    self.put_aside(run, rest, reason);
                }
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
        let verdict = self.judge(&op, bytes, hash);
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
            hlc: op.hlc(),
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
        let arrived = (row.op_id, hash);
        if let Some(segments) = self.state.quarantined_ops.remove(&arrived) {
            self.writes.quarantine_emptied.insert(arrived);
            self.arrived_after_all(&segments);
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
