//! Hello, push and the till's own ops, as the cloud answers them.

use std::collections::BTreeMap;

use protocol::ids::{ChainHash, SegmentId};
use protocol::limits::BatchLimits;
use protocol::stream::StoredOp;
use protocol::wire::{CloudHead, HelloAnswer, PushAnswer, PushRequest, RunStatus};
use sync::effects::Effects;
use sync::ingest::{IngestNeeds, IngestPlan, TillKey, plan};
use uuid::Uuid;

use super::load::Load;
use super::{CloudSide, Tables};
use crate::world::check::{Commit, commit, kept, replayed};
use crate::world::disk::{Kept, Segment};
use crate::world::facts::Facts;
use crate::world::names::{Goal, Tally};

/// One in so many batches is asked again at once.
const REPLAY_ONE_IN: u128 = 16;

impl CloudSide {
    /// A till names the heads it was once told: one that is not reached any more means that this cloud has gone
    /// back in time without knowing it.
    pub fn hello(
        &mut self,
        key: &TillKey,
        seen_epoch: Option<Uuid>,
        seen: &BTreeMap<SegmentId, CloudHead>,
        now: u64,
        tally: &mut Tally,
    ) -> HelloAnswer {
        let tables = &self.tenants[&key.tenant];
        let lost = |head: &CloudHead| {
            let now = tables.heads.get(&head.segment);
            now.is_none_or(|(now, _)| now.seq < head.seq)
        };
        if seen_epoch == Some(self.epoch()) && seen.values().any(lost) {
            assert!(
                self.rewound,
                "a head that was told is gone, and nothing had happened to the cloud"
            );
            self.begin_epoch();
            tally.saw(Goal::RewindNoticed);
        }
        HelloAnswer {
            cloud_epoch: self.epoch(),
            server_time_ms: 1,
            limits: BatchLimits::default(),
            heads: self.heads_of(key, now),
            unknown: Vec::new(),
            min_app: "0".to_owned(),
        }
    }

    pub fn heads_of(&self, key: &TillKey, now: u64) -> Vec<CloudHead> {
        let tables = &self.tenants[&key.tenant];
        let of_till = tables
            .heads
            .iter()
            .filter(|(_, (head, _))| head.till == key.till);
        of_till
            .map(|(segment, (head, _))| CloudHead {
                segment: *segment,
                seq: head.seq,
                chain: head.chain,
                secured: self.secured(key.tenant, segment, now).min(head.seq),
            })
            .collect()
    }

    /// A batch arrives: decided by the shop's own code, applied, and held against the second opinion.
    pub fn push(
        &mut self,
        batch: Uuid,
        request: &PushRequest,
        key: &TillKey,
        facts: &Facts,
        tally: &mut Tally,
    ) -> PushAnswer {
        let epoch = self.epoch();
        let tables = self.tenants.entry(key.tenant).or_default();
        let decided = decide(
            tables,
            (batch, request),
            key,
            epoch,
            (&self.poisons, &self.unknown.clone()),
        );
        let before = Commit::before(tables, &decided.writes);
        let rv = tables.rv;
        tables.apply(&decided.writes, key, batch);
        commit(
            tables,
            &before,
            &decided,
            key,
            rv,
            facts,
            (epoch, &self.poisons, &self.unknown),
            tally,
        );
        kept(tables, request, &decided);
        for (sent, run) in request.runs.iter().zip(&decided.runs) {
            if !run.results.is_empty() && run.results.len() < sent.items.len() {
                tally.saw(Goal::Prefix);
            }
            if matches!(run.status, RunStatus::Fork { .. }) {
                tally.saw(Goal::Fork);
            }
        }
        if batch.as_u128().is_multiple_of(REPLAY_ONE_IN) {
            let again = decide(
                tables,
                (batch, request),
                key,
                epoch,
                (&self.poisons, &self.unknown),
            );
            replayed(&decided, &again, tally);
        }
        let mut answer = decided.answer(epoch, 1, BatchLimits::default(), 0);
        for run in &mut answer.runs {
            if let Some(head) = &mut run.head {
                head.secured = 0;
            }
        }
        answer
    }

    /// A segment of a till as it is recorded here.
    pub fn segment(&self, key: &TillKey, id: SegmentId, genesis: ChainHash) -> Option<Segment> {
        let tables = &self.tenants[&key.tenant];
        let (head, _) = tables
            .heads
            .get(&id)
            .filter(|(head, _)| head.till == key.till)?;
        let mut prev = head.parent.map_or(genesis, |parent| parent.chain);
        let mut ops = Vec::new();
        for logged in tables
            .log
            .range((id, 0)..=(id, u64::MAX))
            .map(|(_, row)| row)
        {
            ops.push(Kept::whole(StoredOp {
                op_id: logged.row.op_id,
                segment: id,
                seq: logged.row.seq,
                prev,
                chain: logged.row.chain,
                bytes: logged.row.bytes.clone(),
            }));
            prev = logged.row.chain;
        }
        Some(Segment {
            id,
            parent: head.parent,
            first_seq: head.first_seq,
            ops,
        })
    }
}

/// What the shop's code makes of a batch on these tables; ops whose effects cannot be applied go the slow way.
fn decide(
    tables: &Tables,
    (batch, request): (Uuid, &PushRequest),
    key: &TillKey,
    epoch: Uuid,
    (poisons, unknown): (
        &std::collections::BTreeSet<Uuid>,
        &std::collections::BTreeSet<String>,
    ),
) -> IngestPlan {
    let needs = IngestNeeds::of(request);
    let how = Load {
        epoch,
        key,
        batch: Some(batch),
    };
    let mut state = tables.load_all(&needs, how);
    state.unknown_kinds.clone_from(unknown);
    loop {
        let decided = plan(&state, request, key);
        let mut ops = decided.writes.ops.iter();
        let refused =
            ops.find(|row| row.effects != Effects::default() && poisons.contains(&row.op_id));
        match refused {
            Some(row) => {
                let news = state.poisoned.insert(row.op_id);
                assert!(news, "a poison op is parked the second time");
            }
            None => return decided,
        }
    }
}
