//! Cutting, pushing, storing.

use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::error::ApiCode;
use protocol::ids::SegmentId;
use protocol::wire::{CloudHead, PushAnswer, RunStatus};

use super::check::{Checked, check};
use super::event::{Batch, Cut, Effect, MonoMs};
use super::session::moved;
use super::{CALL_LOST_MS, Heal, Phase, SyncKind, TillSync};

/// Failures of one batch, on a path that carried hello in between, after which it is halved.
const HALVE_AFTER: u32 = 2;

/// What comes after an answer is stored.
#[derive(Debug, Clone)]
pub(super) struct Next {
    /// The run that stopped, if one did.
    stopped: Option<(SegmentId, RunStatus)>,
    /// Whether a head moved.
    progress: bool,
    /// How long the cloud asks for patience, milliseconds.
    pause_ms: u64,
}

impl TillSync {
    pub(super) fn cut(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        assert!(
            self.hello_at.is_some() && self.batch.is_none(),
            "a batch is cut after known heads, one at a time"
        );
        self.op_waiting = false;
        let call = self.next_call();
        self.enter(now, Phase::Cutting);
        fx.push(Effect::CutBatch {
            call,
            after: self.heads.values().copied().collect(),
            limits: self.size.limits(self.backoff.is_open()),
        });
    }

    pub(super) fn batch_cut(&mut self, now: MonoMs, cut: Cut, fx: &mut Vec<Effect>) {
        assert!(
            matches!(self.phase, Phase::Cutting),
            "a cut is answered while cutting"
        );
        match cut {
            Cut::Nothing if self.op_waiting => self.cut(now, fx),
            Cut::Nothing => self.rest(now, fx),
            Cut::Batch(batch) => {
                assert!(batch.ops() > 0, "an empty batch is Nothing");
                self.batch_failures = 0;
                self.send(now, Arc::new(batch), fx);
            }
            Cut::Damaged { words } => self.halted(now, SyncKind::NeedsPerson, words, None, fx),
            Cut::Failed { words } => self.failed(now, words, None, fx),
        }
    }

    pub(super) fn send(&mut self, now: MonoMs, batch: Arc<Batch>, fx: &mut Vec<Effect>) {
        let call = self.next_call();
        fx.push(Effect::SendPush {
            call,
            batch: Arc::clone(&batch),
        });
        self.batch = Some(Arc::clone(&batch));
        self.enter(now, Phase::Pushing(batch));
        self.set_timer(now + CALL_LOST_MS, fx);
    }

    pub(super) fn push_done(
        &mut self,
        now: MonoMs,
        result: Result<PushAnswer, CallFailure>,
        fx: &mut Vec<Effect>,
    ) {
        let Phase::Pushing(batch) = &self.phase else {
            unreachable!("a push is answered while pushing")
        };
        let batch = Arc::clone(batch);
        let answer = match result {
            Ok(answer) => answer,
            Err(failure) => return self.push_failed(now, &batch, failure, fx),
        };
        match check(&batch.request, &answer) {
            Ok(checked) => self.store(now, batch, answer, checked, fx),
            Err(words) => self.push_path_failed(now, &batch, words, None, fx),
        }
    }

    fn store(
        &mut self,
        now: MonoMs,
        batch: Arc<Batch>,
        answer: PushAnswer,
        checked: Checked,
        fx: &mut Vec<Effect>,
    ) {
        let progress = moved(&self.heads, &checked.heads);
        self.heads.extend(checked.heads);
        self.size.advertise(answer.limits);
        self.batch = None;
        if self.cloud_epoch.replace(answer.cloud_epoch) != Some(answer.cloud_epoch) {
            // Another epoch: the cloud was restored between hello and push.
            self.hello_at = None;
        }
        let call = self.next_call();
        self.enter(
            now,
            Phase::Storing(Next {
                stopped: checked.stopped,
                progress,
                pause_ms: u64::from(answer.pause_ms),
            }),
        );
        fx.push(Effect::StoreAnswer {
            call,
            batch,
            answer,
        });
    }

    pub(super) fn stored(&mut self, now: MonoMs, result: Result<(), String>, fx: &mut Vec<Effect>) {
        let phase = std::mem::replace(&mut self.phase, Phase::Resting);
        let Phase::Storing(next) = phase else {
            unreachable!("a store is answered while storing")
        };
        if let Err(words) = result {
            return self.failed(now, words, None, fx);
        }
        if next.progress {
            self.progressed();
            self.size.grow();
        }
        match next.stopped {
            None if !next.progress => {
                let words = "the cloud took the batch and its heads did not move".to_owned();
                self.failed(now, words, None, fx);
            }
            None if next.pause_ms > 0 => {
                self.wait_until(now, SyncKind::Waiting, now + next.pause_ms, true, fx);
            }
            None if cfg!(mutant = "edge_triggered") => self.rest(now, fx),
            None => self.look(now, fx),
            Some((segment, status)) => self.stopped(now, segment, &status, next.progress, fx),
        }
    }

    /// A run did not go through: what its status asks for.
    fn stopped(
        &mut self,
        now: MonoMs,
        segment: SegmentId,
        status: &RunStatus,
        progress: bool,
        fx: &mut Vec<Effect>,
    ) {
        match status {
            RunStatus::Ok => unreachable!("a run that stopped is not ok"),
            // The heads in hand are not the cloud's: ask again, at once only if something moved.
            RunStatus::Gap { .. } | RunStatus::NeedParent { .. } if progress => self.greet(now, fx),
            RunStatus::Gap { expected } => {
                let words = format!("the cloud expects op {expected} of {segment} first");
                self.failed(now, words, None, fx);
            }
            RunStatus::NeedParent { parent } => {
                let words = format!("the cloud misses segment {parent} before {segment}");
                self.failed(now, words, None, fx);
            }
            RunStatus::Fork { at, chain } => {
                let head = CloudHead {
                    segment,
                    seq: *at,
                    chain: *chain,
                    secured: 0,
                };
                self.heal(now, Heal::Fork(head), fx);
            }
            RunStatus::BadChain { at } => {
                let words = format!("op {at} of {segment} does not fit its chain: call support");
                self.halted(now, SyncKind::NeedsPerson, words, None, fx);
            }
            RunStatus::BadSig => {
                let words = "the cloud does not know this till's key: enrol it again".to_owned();
                self.halted(now, SyncKind::Refused, words, None, fx);
            }
            RunStatus::Revoked => {
                let words = "this till was revoked: it goes on selling".to_owned();
                self.halted(now, SyncKind::Refused, words, None, fx);
            }
        }
    }

    fn push_failed(
        &mut self,
        now: MonoMs,
        batch: &Arc<Batch>,
        failure: CallFailure,
        fx: &mut Vec<Effect>,
    ) {
        match failure {
            CallFailure::Path {
                words,
                retry_after_ms,
            } => self.push_path_failed(now, batch, words, retry_after_ms, fx),
            CallFailure::Refused { error, .. } if error.code == ApiCode::TooLarge => {
                self.too_much(now, batch, error.message, true, fx);
            }
            CallFailure::Refused { error, .. } if error.code == ApiCode::Malformed => {
                self.too_much(now, batch, error.message, false, fx);
            }
            CallFailure::Refused {
                error,
                retry_after_ms,
            } if error.code == ApiCode::IdempotencyKeyReused => {
                // Our own mistake: nothing was recorded, a new key makes it good.
                self.batch = None;
                self.failed(now, error.message, retry_after_ms, fx);
            }
            // The cloud's own fault, maybe over one op of the batch: smaller ones find out which.
            CallFailure::Refused {
                error,
                retry_after_ms,
            } if error.code == ApiCode::Internal => {
                self.push_path_failed(now, batch, error.message, retry_after_ms, fx);
            }
            CallFailure::Refused { .. } => self.call_failed(now, failure, fx),
        }
    }

    /// The path failed under a batch. If that happens again although hello got through, the batch
    /// is too much for this line, whatever the reason. An op that fails all alone is named by its
    /// number, and goes again: it is never skipped.
    pub(super) fn push_path_failed(
        &mut self,
        now: MonoMs,
        batch: &Arc<Batch>,
        words: String,
        retry_after_ms: Option<u64>,
        fx: &mut Vec<Effect>,
    ) {
        self.batch_failures += 1;
        let again = self.batch_failures >= HALVE_AFTER;
        if again && self.size.halve(batch.ops()) {
            self.batch = None;
        }
        let words = match only_place(batch).filter(|_| again) {
            Some(seq) => format!("op {seq}, alone in its batch: {words}"),
            None => words,
        };
        self.failed(now, words, retry_after_ms, fx);
    }

    /// The cloud will not have the batch as it is: a smaller one, down to a single op.
    fn too_much(
        &mut self,
        now: MonoMs,
        batch: &Arc<Batch>,
        words: String,
        too_large: bool,
        fx: &mut Vec<Effect>,
    ) {
        self.batch = None;
        if cfg!(mutant = "too_large_not_halved") || self.size.halve(batch.ops()) {
            self.last_words = Some(words);
            return self.look(now, fx);
        }
        let run = batch.request.runs.iter().find(|run| !run.items.is_empty());
        let place = run.map(|run| (run.segment, run.from));
        if too_large {
            self.too_large = place;
        }
        self.halted(now, SyncKind::NeedsPerson, words, None, fx);
    }
}

/// The place of a batch's only op.
fn only_place(batch: &Batch) -> Option<u64> {
    let mut runs = batch
        .request
        .runs
        .iter()
        .filter(|run| !run.items.is_empty());
    runs.next()
        .filter(|run| batch.ops() == 1 && run.items.len() == 1)
        .map(|run| run.from)
}
