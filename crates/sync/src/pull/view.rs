//! What the fetching engine shows.

use protocol::pull::PullScope;
use serde::{Deserialize, Serialize};

use super::{Phase, PullEffect, Puller};
use crate::till::MonoMs;

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullKind {
    /// Nothing: not started, or paused.
    Asleep,
    /// Nothing: everything was fetched.
    Resting,
    /// It fetches, or waits for its turn.
    Working,
    /// It waits after a failure.
    Waiting,
}

/// What is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullView {
    /// What it does.
    pub kind: PullKind,
    /// Which rows it is at.
    pub scope: Option<PullScope>,
    /// Rows of this scope so far, or bytes of the snapshot.
    pub done: u64,
    /// Bytes of the snapshot; unknown for pages.
    pub total: Option<u64>,
    /// When it tries again.
    pub next_attempt_at: Option<MonoMs>,
    /// Failures since something was kept.
    pub failures: u32,
    /// What went wrong last, in words.
    pub last_words: Option<String>,
    /// Rounds that were done whole since the start.
    pub rounds: u64,
    /// How often a person wanted it now.
    pub wishes: u64,
    /// Of them those that a whole round has followed.
    pub granted: u64,
}

impl Puller {
    /// Shows what changed.
    pub(super) fn show(&mut self, fx: &mut Vec<PullEffect>) {
        let view = self.view();
        if self.shown.as_ref() != Some(&view) {
            self.shown = Some(view.clone());
            fx.push(PullEffect::Emit(view));
        }
    }

    fn view(&self) -> PullView {
        let (kind, next_attempt_at) = match self.phase {
            Phase::Asleep => (PullKind::Asleep, None),
            Phase::Ready if self.due.is_empty() => (PullKind::Resting, None),
            Phase::Waiting { until, .. } => (PullKind::Waiting, Some(until)),
            Phase::Ready
            | Phase::Asking(_)
            | Phase::Staging { .. }
            | Phase::Fetching
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_) => (PullKind::Working, None),
        };
        PullView {
            kind,
            scope: self.next_scope(),
            done: self.done,
            total: self.total,
            next_attempt_at,
            failures: self.backoff.failures(),
            last_words: self.last_words.clone(),
            rounds: self.rounds,
            wishes: self.wishes,
            granted: self.granted,
        }
    }
}
