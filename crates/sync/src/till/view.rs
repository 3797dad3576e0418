//! What the engine shows of itself.

use protocol::ids::SegmentId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{Batch, Effect, MonoMs};
use super::{Phase, TillSync};
use crate::queue_state::PathState;

/// What the engine is doing, as a closed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    /// Not started, or paused by a person.
    Paused,
    /// Everything is in the cloud.
    Resting,
    /// Asking the cloud for its heads.
    Connecting,
    /// Sending.
    Sending,
    /// Mending a disagreement with the cloud.
    Healing,
    /// The path failed; tried again at `next_attempt_at`.
    Waiting,
    /// The cloud refuses this till: credential or version.
    Refused,
    /// The stream cannot go on without a person; tried again all the same.
    NeedsPerson,
}

/// Ops on the wire now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// The segment.
    pub segment: SegmentId,
    /// The first place.
    pub from: u64,
    /// The last place.
    pub to: u64,
}

/// The engine's face. Times are of the monotonic clock that drives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// What it is doing.
    pub kind: SyncKind,
    /// Since when.
    pub since: MonoMs,
    /// Failures in a row since a head last moved.
    pub failures: u32,
    /// When the next attempt is due, while it waits.
    pub next_attempt_at: Option<MonoMs>,
    /// The last failure in words; gone with the next progress.
    pub last_words: Option<String>,
    /// What waits for a person, in words, whatever the engine is doing meanwhile: a tail that
    /// cannot be fetched does not stop the sending, and is said all the same.
    pub needs_person: Option<String>,
    /// Whether five attempts in a row have failed.
    pub circuit_open: bool,
    /// What is on the wire.
    pub in_flight: Vec<InFlight>,
    /// The op that is too large all alone, if there is one.
    pub too_large: Option<(SegmentId, u64)>,
    /// The cloud's epoch as last heard.
    pub cloud_epoch: Option<Uuid>,
}

impl SyncView {
    /// How the path is for one op beyond the head.
    pub fn path_of(&self, segment: SegmentId, seq: u64) -> PathState {
        if self.too_large == Some((segment, seq)) {
            PathState::TooLarge
        } else if self.failures > 0 {
            PathState::Failing
        } else {
            PathState::Open
        }
    }

    /// Whether the op is in the request on the wire.
    pub fn carries(&self, segment: SegmentId, seq: u64) -> bool {
        self.in_flight
            .iter()
            .any(|run| run.segment == segment && (run.from..=run.to).contains(&seq))
    }
}

impl TillSync {
    /// What the engine is doing now.
    pub fn view(&self) -> SyncView {
        let (kind, next_attempt_at) = match &self.phase {
            Phase::Asleep => (SyncKind::Paused, None),
            Phase::Resting => (SyncKind::Resting, None),
            Phase::Greeting => (SyncKind::Connecting, None),
            Phase::Healing(_) => (SyncKind::Healing, None),
            Phase::Cutting | Phase::Pushing(_) | Phase::Storing(_) => (SyncKind::Sending, None),
            Phase::Waiting { kind, until, .. } => (*kind, Some(*until)),
        };
        SyncView {
            kind,
            since: self.since,
            failures: self.backoff.failures(),
            next_attempt_at,
            last_words: self.last_words.clone(),
            needs_person: self.needs_person.values().next().cloned(),
            circuit_open: self.backoff.is_open(),
            in_flight: match &self.phase {
                Phase::Pushing(batch) => in_flight(batch),
                Phase::Asleep
                | Phase::Resting
                | Phase::Greeting
                | Phase::Healing(_)
                | Phase::Cutting
                | Phase::Storing(_)
                | Phase::Waiting { .. } => Vec::new(),
            },
            too_large: self.too_large,
            cloud_epoch: self.cloud_epoch,
        }
    }

    /// Emits the view if it says something new; a change of `since` alone is nothing new.
    pub(super) fn show(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        assert!(self.since <= now, "nothing began in the future");
        let view = self.view();
        let same = self.shown.as_ref().is_some_and(|shown| {
            let since = shown.since;
            *shown
                == SyncView {
                    since,
                    ..view.clone()
                }
        });
        if !same {
            self.shown = Some(view.clone());
            fx.push(Effect::Emit(view));
        }
    }
}

fn in_flight(batch: &Batch) -> Vec<InFlight> {
    let runs = batch.request.runs.iter();
    runs.filter_map(|run| {
        let last = run.items.last()?;
        Some(InFlight {
            segment: run.segment,
            from: run.from,
            to: last.seq,
        })
    })
    .collect()
}
