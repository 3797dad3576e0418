//! The Sync screen: the one sentence, the queue, pausing and going on.
//!
//! Owns how the queue is shown and whether a person paused it. Promises that pausing stops sending
//! and nothing else: selling, printing and the vault go on, and the pause outlives a restart.

use domain::Right;
use protocol::outcome::OutcomeCode;
use sync::pull::{PullKind, PullView};
use uuid::Uuid;
use vault::queue::{self, QueueLine, QueuePage};
use vault::settings;

use crate::config::{CloudLink, TillConfig};
use crate::dto::{
    ProgressWhat, QueueItemView, QueueQuery, Safety, SafetyKind, SentenceKind, SyncOverview,
    SyncProgress, SyncState, TillStatus,
};
use crate::error::{AppError, Code};
use crate::op_words::{code_words, op_words};
use crate::sync_worker::{LinkView, sync_state};
use crate::till::Till;

/// Under which name the till keeps that a person paused sending.
const PAUSED: &str = "sync_paused";

impl Till {
    /// The screen's first line and what stands beside it.
    pub fn sync_overview(&self) -> Result<SyncOverview, AppError> {
        let config = self.config()?;
        let safety = self.status()?.safety;
        let paused = self.sync_paused()?;
        let progress = self.sync_progress(&safety, paused);
        let may = |right| {
            let session = self.counter().session.clone();
            session.is_some_and(|session| session.role.may(right))
        };
        Ok(SyncOverview {
            sentence_kind: sentence(&safety, paused, progress.as_ref()),
            needs_you: u32::try_from(safety.needs_person).unwrap_or(u32::MAX),
            waiting: safety.ops_waiting,
            proof: self.kept_proof()?,
            cloud_url: cloud_url(&config),
            paused,
            role_tools: may(Right::SyncTools),
            progress,
            safety,
        })
    }

    /// What waits and what needs a person, newest first.
    pub fn queue(&self, query: QueueQuery) -> Result<Vec<QueueItemView>, AppError> {
        let found = self.vault.read(|reader| {
            let page = QueuePage {
                text: query.text.as_deref(),
                before_seq: query.before_seq,
                limit: query.limit,
            };
            queue::page(reader, &page)
        })?;
        let link = self.link_view();
        Ok(found.into_iter().map(|op| item(op, &link)).collect())
    }

    /// Stops sending until a person lets it go on, as on a line that costs by the megabyte.
    pub fn pause_sync(&self, paused: bool) -> Result<TillStatus, AppError> {
        self.session_with(Right::SeeSales)?;
        self.vault
            .transact(move |tx| settings::put_passing(tx, PAUSED, &paused))?;
        if let Some(sync) = &self.workers().sync {
            if paused {
                sync.pause();
            } else {
                sync.resume();
            }
        }
        self.tell_status();
        self.status()
    }

    /// Tries again now. Ops are sent in their order, so trying one is trying the head of the queue.
    pub fn retry_op(&self, op_id: Uuid) -> Result<TillStatus, AppError> {
        let known = self.vault.read(|reader| queue::of_op(reader, op_id))?;
        if known.is_none() {
            return Err(AppError::new(
                Code::SaleUnknown,
                format!("this till has no record {op_id}"),
            )
            .field("op_id", op_id));
        }
        self.sync_now()
    }

    pub(crate) fn sync_paused(&self) -> Result<bool, AppError> {
        let paused: Option<bool> = self.vault.read(|reader| settings::get(reader, PAUSED))?;
        Ok(paused.unwrap_or(false))
    }

    /// What the window is told of the progress: every step, and once that it is whole.
    pub(crate) fn progress_to_tell(&self, safety: &Safety, paused: bool) -> Option<SyncProgress> {
        if safety.ops_waiting > 0 {
            return self.sync_progress(safety, paused);
        }
        let total = self.progress_ended();
        if total > 0 {
            return Some(SyncProgress {
                done: total,
                total,
                what: ProgressWhat::Sending,
            });
        }
        self.fetching().and_then(|view| fetched(&view))
    }

    /// How far sending is, counted from the last time when nothing waited.
    pub(crate) fn sync_progress(&self, safety: &Safety, paused: bool) -> Option<SyncProgress> {
        let waiting = safety.ops_waiting;
        let total = self.progress_total(waiting);
        let sending = match safety.kind {
            SafetyKind::Alone | SafetyKind::AllSafe | SafetyKind::Offline => false,
            SafetyKind::Sending | SafetyKind::NeedsPerson => true,
        };
        if sending && waiting > 0 && !paused {
            return Some(SyncProgress {
                done: total.saturating_sub(waiting),
                total,
                what: ProgressWhat::Sending,
            });
        }
        self.fetching().and_then(|view| fetched(&view))
    }
}

/// How far a fetch is, while one is under way.
fn fetched(view: &PullView) -> Option<SyncProgress> {
    match view.kind {
        // A look that brings nothing is over before anybody reads of it.
        PullKind::Working if view.done == 0 && view.total.is_none() => None,
        PullKind::Working => Some(SyncProgress {
            done: view.done,
            total: view.total.unwrap_or_default(),
            what: ProgressWhat::Fetching,
        }),
        PullKind::Asleep | PullKind::Resting | PullKind::Waiting => None,
    }
}

/// Where the till's cloud is.
pub(crate) fn cloud_url(config: &TillConfig) -> Option<String> {
    match &config.cloud {
        CloudLink::None => None,
        CloudLink::Joined { url } => Some(url.clone()),
        CloudLink::Own => Some("this till's own demo cloud".to_owned()),
    }
}

fn sentence(safety: &Safety, paused: bool, progress: Option<&SyncProgress>) -> SentenceKind {
    let fetching = progress.is_some_and(|progress| progress.what == ProgressWhat::Fetching);
    match safety.kind {
        SafetyKind::Alone => SentenceKind::Alone,
        SafetyKind::NeedsPerson => SentenceKind::NeedsPerson,
        SafetyKind::Offline | SafetyKind::Sending | SafetyKind::AllSafe if paused => {
            SentenceKind::Paused
        }
        SafetyKind::Offline => SentenceKind::Offline,
        SafetyKind::Sending => SentenceKind::Sending,
        SafetyKind::AllSafe if fetching => SentenceKind::Fetching,
        SafetyKind::AllSafe => SentenceKind::AllSafe,
    }
}

fn item(op: QueueLine, link: &LinkView) -> QueueItemView {
    let state = sync_state(op.outcome.is_some(), op.outcome, op.seq, link);
    let code = op.code.as_deref().and_then(OutcomeCode::from_word);
    let tried_again = matches!(state, SyncState::Pending | SyncState::RetryableError);
    QueueItemView {
        op_id: op.op_id,
        seq: op.seq,
        words: op_words(&op.kind, op.number.as_deref()),
        kind: op.kind,
        at_ms: op.recorded_at_ms,
        state,
        attempts: u32::try_from(op.attempts).unwrap_or(u32::MAX),
        next_attempt_at_ms: link.next_attempt_at_ms.filter(|_| tried_again),
        last_answer: code
            .map(|code| code_words(code).to_owned())
            .or(op.last_answer),
        bytes: u32::try_from(op.bytes).unwrap_or(u32::MAX),
        sale_id: op.sale_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safety(kind: SafetyKind) -> Safety {
        Safety {
            kind,
            sales_total: 0,
            sales_waiting: 0,
            ops_waiting: 3,
            needs_person: 0,
            since_at_ms: None,
            next_attempt_at_ms: None,
            last_answer: None,
        }
    }

    #[test]
    fn the_one_sentence_says_what_a_person_must_know_first() {
        let fetching = SyncProgress {
            done: 1,
            total: 2,
            what: ProgressWhat::Fetching,
        };
        let table = [
            (SafetyKind::Alone, true, None, SentenceKind::Alone),
            (
                SafetyKind::NeedsPerson,
                true,
                None,
                SentenceKind::NeedsPerson,
            ),
            (SafetyKind::Offline, true, None, SentenceKind::Paused),
            (SafetyKind::Offline, false, None, SentenceKind::Offline),
            (SafetyKind::Sending, false, None, SentenceKind::Sending),
            (SafetyKind::Sending, true, None, SentenceKind::Paused),
            (SafetyKind::AllSafe, false, None, SentenceKind::AllSafe),
            (
                SafetyKind::AllSafe,
                false,
                Some(&fetching),
                SentenceKind::Fetching,
            ),
        ];
        for (kind, paused, progress, expected) in table {
            assert_eq!(
                sentence(&safety(kind), paused, progress),
                expected,
                "{kind:?}, paused: {paused}"
            );
        }
    }
}
