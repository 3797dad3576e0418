//! Waiting and waking: failures, timers, and everybody who may cut a wait short.

use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::error::ApiCode;

use super::event::{Effect, MonoMs, TimerId};
use super::{LOOK_AGAIN_MS, Phase, SESSION_MS, SyncKind, TillSync};
use crate::backoff::CAP_MS;

/// The network's coming up starts an attempt at most this often, milliseconds: a line that flaps
/// by the second must not make the till hammer.
const NUDGE_EVERY_MS: u64 = 5_000;
/// What a call that was given up is called.
const LOST: &str = "no answer for 90 seconds";

impl TillSync {
    pub(super) fn wake(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        self.needs_person.clear();
        match self.phase {
            Phase::Asleep | Phase::Resting | Phase::Waiting { .. } => self.greet(now, fx),
            Phase::Greeting
            | Phase::Healing(_)
            | Phase::Cutting
            | Phase::Pushing(_)
            | Phase::Storing(_) => {}
        }
    }

    pub(super) fn sleep(&mut self) {
        self.phase = Phase::Asleep;
        // Whatever is on its way answers to an older number from now on.
        self.calls += 1;
        self.timer += 1;
    }

    /// A new op: the level is looked at again, unless something is under way that will.
    pub(super) fn op_vaulted(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        match self.phase {
            Phase::Resting => self.look(now, fx),
            Phase::Cutting => self.op_waiting = true,
            Phase::Asleep
            | Phase::Greeting
            | Phase::Healing(_)
            | Phase::Pushing(_)
            | Phase::Storing(_)
            | Phase::Waiting { .. } => {}
        }
    }

    pub(super) fn sync_now(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        self.needs_person.clear();
        match self.phase {
            Phase::Resting | Phase::Waiting { .. } => self.greet(now, fx),
            Phase::Asleep
            | Phase::Greeting
            | Phase::Healing(_)
            | Phase::Cutting
            | Phase::Pushing(_)
            | Phase::Storing(_) => {}
        }
    }

    pub(super) fn network_up(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        match self.phase {
            Phase::Waiting { asked: true, .. } | Phase::Asleep => {}
            Phase::Waiting {
                asked: false,
                kind,
                until,
            } => {
                let earliest = self.nudge_at(now);
                if earliest <= now {
                    self.nudged_at = Some(now);
                    self.greet(now, fx);
                } else if earliest < until {
                    self.nudged_at = Some(earliest);
                    self.wait_until(now, kind, earliest, false, fx);
                }
            }
            Phase::Resting => self.look(now, fx),
            // The call on its way may be lost on the dead line: its failure is not held against
            // the line that has just come up.
            Phase::Greeting
            | Phase::Healing(_)
            | Phase::Cutting
            | Phase::Pushing(_)
            | Phase::Storing(_) => self.network_came_up = true,
        }
    }

    pub(super) fn timer_fired(&mut self, now: MonoMs, id: TimerId, fx: &mut Vec<Effect>) {
        assert!(id.0 <= self.timer, "no timer fires that was never set");
        if id.0 != self.timer {
            return;
        }
        match self.phase {
            Phase::Resting | Phase::Waiting { .. } => self.look(now, fx),
            Phase::Greeting => self.failed(now, LOST.to_owned(), None, fx),
            Phase::Pushing(ref batch) => {
                let batch = Arc::clone(batch);
                self.push_path_failed(now, &batch, LOST.to_owned(), None, fx);
            }
            // Disk work is not given up: it ends, or the process does.
            Phase::Asleep | Phase::Healing(_) | Phase::Cutting | Phase::Storing(_) => {}
        }
    }

    /// Looks for ops beyond the heads; asks for the heads first if they are old.
    pub(super) fn look(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        let fresh = self.hello_at.is_some_and(|at| now - at < SESSION_MS);
        if fresh {
            self.cut(now, fx);
        } else {
            self.greet(now, fx);
        }
    }

    pub(super) fn rest(&mut self, now: MonoMs, fx: &mut Vec<Effect>) {
        assert!(self.batch.is_none(), "nothing rests with a batch in doubt");
        self.progressed();
        self.enter(now, Phase::Resting);
        if cfg!(mutant = "edge_triggered") {
            self.timer += 1;
            return;
        }
        self.set_timer(now + LOOK_AGAIN_MS, fx);
    }

    /// A path failure: wait, grow the wait, begin again with hello.
    pub(super) fn failed(
        &mut self,
        now: MonoMs,
        words: String,
        retry_after_ms: Option<u64>,
        fx: &mut Vec<Effect>,
    ) {
        if cfg!(mutant = "attempt_limit_5") && self.backoff.failures() >= 5 {
            return self.sleep();
        }
        let wait = self.backoff.failed(&mut self.random, retry_after_ms);
        self.last_words = Some(words);
        if !cfg!(mutant = "failure_guessed") {
            self.hello_at = None;
        }
        let nudged = std::mem::take(&mut self.network_came_up) && retry_after_ms.is_none();
        let until = if nudged {
            let at = self.nudge_at(now).min(now + wait);
            self.nudged_at = Some(at);
            at
        } else {
            now + wait
        };
        let asked = retry_after_ms.is_some();
        self.wait_until(now, SyncKind::Waiting, until, asked, fx);
    }

    /// A call failed: a refusal of the till itself rests the path, all else is tried again.
    pub(super) fn call_failed(&mut self, now: MonoMs, failure: CallFailure, fx: &mut Vec<Effect>) {
        match failure {
            CallFailure::Path {
                words,
                retry_after_ms,
            } => self.failed(now, words, retry_after_ms, fx),
            CallFailure::Refused {
                error,
                retry_after_ms,
            } if refuses_till(error.code) => {
                self.halted(now, SyncKind::Refused, error.message, retry_after_ms, fx);
            }
            CallFailure::Refused {
                error,
                retry_after_ms,
            } => self.failed(now, error.message, retry_after_ms, fx),
        }
    }

    /// Nothing goes on by itself: shown as such, and tried again each minute all the same.
    pub(super) fn halted(
        &mut self,
        now: MonoMs,
        kind: SyncKind,
        words: String,
        retry_after_ms: Option<u64>,
        fx: &mut Vec<Effect>,
    ) {
        let wait = self.backoff.failed(&mut self.random, retry_after_ms);
        self.last_words = Some(words);
        self.hello_at = None;
        let until = now + wait.max(CAP_MS);
        self.wait_until(now, kind, until, retry_after_ms.is_some(), fx);
    }

    /// Waits until a moment; `asked` if the other side named it.
    pub(super) fn wait_until(
        &mut self,
        now: MonoMs,
        kind: SyncKind,
        until: MonoMs,
        asked: bool,
        fx: &mut Vec<Effect>,
    ) {
        assert!(until >= now, "a wait ends in the future");
        self.enter(now, Phase::Waiting { kind, until, asked });
        self.set_timer(until, fx);
    }

    /// When the network's coming up may next start an attempt.
    fn nudge_at(&self, now: MonoMs) -> MonoMs {
        self.nudged_at
            .map_or(now, |at| (at + NUDGE_EVERY_MS).max(now))
    }
}

/// Codes by which the cloud refuses the till and not the call.
pub(crate) const fn refuses_till(code: ApiCode) -> bool {
    match code {
        ApiCode::Unauthorized
        | ApiCode::ClockWrong
        | ApiCode::TokenExpired
        | ApiCode::Revoked
        | ApiCode::Forbidden
        | ApiCode::UpgradeRequired => true,
        ApiCode::Malformed
        | ApiCode::IdempotencyKeyMissing
        | ApiCode::IdempotencyKeyReused
        | ApiCode::IdempotencyKeyBusy
        | ApiCode::NotFound
        | ApiCode::CodeRefused
        | ApiCode::AlreadyEnrolled
        | ApiCode::Exists
        | ApiCode::CursorReset
        | ApiCode::OutOfRange
        | ApiCode::TooLarge
        | ApiCode::Busy
        | ApiCode::Internal => false,
    }
}
