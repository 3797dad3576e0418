//! The cloud: its tables, its epoch, its copies.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ids::SegmentId;
use protocol::outcome::Outcome;
use protocol::stream::StoredOp;
use protocol::wire::{CloudHead, HelloAnswer, PushAnswer, PushRequest, RunStatus};
use sync::ingest::TillKey;
use uuid::Uuid;

use super::fault::{Goal, Tally};
use crate::parts::{ModelCloud, Segment};

/// One cloud.
pub(super) struct CloudSide {
    pub tables: ModelCloud,
    epoch: u128,
    /// The oldest copy that may be put back.
    pub copy: Option<ModelCloud>,
    pub down_until: u64,
    /// What each op was told first under this epoch: outcomes are sticky.
    told: BTreeMap<Uuid, (Outcome, Option<Uuid>)>,
}

impl CloudSide {
    pub fn new() -> Self {
        Self {
            tables: ModelCloud::default(),
            epoch: 1,
            copy: None,
            down_until: 0,
            told: BTreeMap::new(),
        }
    }

    pub fn epoch(&self) -> Uuid {
        Uuid::from_u128(self.epoch)
    }

    /// Put back from its copy, under a new epoch; or an older one that does not know it.
    pub fn restore(&mut self, silently: bool) -> bool {
        let Some(copy) = self.copy.clone() else {
            return false;
        };
        let poisons = std::mem::take(&mut self.tables.fails_on);
        self.tables = copy;
        self.tables.fails_on = poisons;
        self.told.clear();
        if !silently {
            self.epoch += 1;
        }
        true
    }

    /// A till names the heads it was once told: one that is not here any more means that this
    /// cloud has gone back in time without knowing it.
    pub fn hello(
        &mut self,
        till: Uuid,
        seen_epoch: Option<Uuid>,
        seen: &BTreeMap<SegmentId, CloudHead>,
        tally: &mut Tally,
    ) -> HelloAnswer {
        let held = |head: &CloudHead| {
            let row = self.tables.log.get(&(head.segment, head.seq));
            row.is_some_and(|row| row.chain == head.chain)
        };
        if seen_epoch == Some(self.epoch()) && !seen.values().all(held) {
            self.epoch += 1;
            tally.saw(Goal::RewindNoticed);
        }
        HelloAnswer {
            cloud_epoch: self.epoch(),
            ..self.tables.hello(till)
        }
    }

    pub fn push(
        &mut self,
        batch: Uuid,
        request: &PushRequest,
        key: &TillKey,
        tally: &mut Tally,
    ) -> PushAnswer {
        let waiting = self.tables.settled.len();
        let mut answer = self.tables.push_under(batch, request, key);
        answer.cloud_epoch = self.epoch();
        if self.tables.settled.len() > waiting {
            tally.saw(Goal::QuarantineEmptied);
        }
        for (sent, run) in request.runs.iter().zip(&answer.runs) {
            if !run.results.is_empty() && run.results.len() < sent.items.len() {
                tally.saw(Goal::Prefix);
            }
            match run.status {
                RunStatus::Fork { .. } => tally.saw(Goal::Fork),
                RunStatus::Ok
                | RunStatus::Gap { .. }
                | RunStatus::NeedParent { .. }
                | RunStatus::BadChain { .. }
                | RunStatus::BadSig
                | RunStatus::Revoked => {}
            }
            for result in &run.results {
                self.hold_to_first(
                    result.op_id,
                    result.outcome.first(result.code),
                    result.conflict,
                );
                if result.outcome == Outcome::Duplicate {
                    tally.saw(Goal::Duplicate);
                }
                if result.code == Some(protocol::outcome::OutcomeCode::OverRefund) {
                    tally.saw(Goal::OverRefund);
                }
                if result.code == Some(protocol::outcome::OutcomeCode::ApplyError) {
                    tally.saw(Goal::SlowPath);
                }
            }
        }
        self.look_for_shared_parents(tally);
        answer
    }

    fn hold_to_first(&mut self, op_id: Uuid, outcome: Outcome, conflict: Option<Uuid>) {
        let first = *self.told.entry(op_id).or_insert((outcome, conflict));
        assert_eq!(
            first,
            (outcome, conflict),
            "outcomes are sticky: op {op_id} was told something else first"
        );
    }

    fn look_for_shared_parents(&self, tally: &mut Tally) {
        let mut seen = BTreeSet::new();
        for parent in self.tables.heads.values().filter_map(|head| head.parent) {
            if !seen.insert((parent.segment, parent.seq)) {
                tally.saw(Goal::SharedParent);
                return;
            }
        }
    }

    /// A segment of a till as it is recorded here, with the links that the log keeps.
    pub fn segment(&self, id: SegmentId, genesis: protocol::ChainHash) -> Option<Segment> {
        let head = self.tables.heads.get(&id)?;
        let mut prev = head.parent.map_or(genesis, |parent| parent.chain);
        let mut ops = Vec::new();
        for row in self
            .tables
            .log
            .range((id, 0)..=(id, u64::MAX))
            .map(|(_, row)| row)
        {
            ops.push(StoredOp {
                op_id: row.op_id,
                segment: id,
                seq: row.seq,
                prev,
                chain: row.chain,
                bytes: row.bytes.clone(),
            });
            prev = row.chain;
        }
        Some(Segment {
            id,
            parent: head.parent,
            first_seq: head.first_seq,
            ops,
        })
    }
}
