//! Beginning rounds, waiting, and everybody who may cut a wait short.

use protocol::cloud::CallFailure;
use protocol::pull::PullScope;

use super::{AFTER_PUSH_MS, LOOK_AGAIN_MS, Phase, PullEffect, Puller};
use crate::backoff::CAP_MS;
use crate::till::{CALL_LOST_MS, MonoMs, TimerId, refuses_till};

/// The network's coming up starts an attempt at most this often, milliseconds.
const NUDGE_EVERY_MS: u64 = 5_000;

impl Puller {
    pub(super) fn wake(&mut self, now: MonoMs) {
        if self.phase == Phase::Asleep {
            self.phase = Phase::Ready;
        }
        self.ready(now);
    }

    pub(super) fn sleep(&mut self) {
        self.phase = Phase::Asleep;
        // Whatever is on its way answers to an older number from now on.
        self.calls += 1;
        self.timer += 1;
    }

    /// A person wants it now; what is on its way goes on, and then everything is looked at again.
    pub(super) fn pull_now(&mut self, now: MonoMs) {
        self.wishes += 1;
        self.ready(now);
    }

    fn ready(&mut self, now: MonoMs) {
        match self.phase {
            Phase::Asleep => return,
            Phase::Waiting { .. } => self.phase = Phase::Ready,
            Phase::Ready
            | Phase::Asking(_)
            | Phase::Staging { .. }
            | Phase::Fetching
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_) => {}
        }
        self.begin_round(now);
    }

    /// What the till just told may change what the cloud tells.
    pub(super) fn pushed(&mut self, now: MonoMs, fx: &mut Vec<PullEffect>) {
        let earliest = self.round_at.map_or(now, |at| at + AFTER_PUSH_MS);
        match self.phase {
            Phase::Ready if earliest <= now => self.begin_round(now),
            Phase::Ready if self.due.is_empty() => self.set_timer(earliest, fx),
            // The path has just carried a push: a wait that nobody asked for is over.
            Phase::Waiting { asked: false, .. } if earliest <= now => {
                self.phase = Phase::Ready;
                self.begin_round(now);
            }
            Phase::Asleep => {}
            Phase::Ready
            | Phase::Asking(_)
            | Phase::Staging { .. }
            | Phase::Fetching
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_)
            | Phase::Waiting { .. } => self.push_waits = true,
        }
    }

    pub(super) fn network_up(&mut self, now: MonoMs, fx: &mut Vec<PullEffect>) {
        match self.phase {
            Phase::Ready => self.begin_round(now),
            Phase::Waiting {
                asked: false,
                until,
            } => {
                let earliest = self
                    .nudged_at
                    .map_or(now, |at| (at + NUDGE_EVERY_MS).max(now));
                if earliest <= now {
                    self.nudged_at = Some(now);
                    self.phase = Phase::Ready;
                } else if earliest < until {
                    self.nudged_at = Some(earliest);
                    self.wait_until(earliest, false, fx);
                }
            }
            Phase::Asleep
            | Phase::Asking(_)
            | Phase::Staging { .. }
            | Phase::Fetching
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_)
            | Phase::Waiting { asked: true, .. } => {}
        }
    }

    pub(super) fn timer_fired(&mut self, now: MonoMs, id: TimerId, fx: &mut Vec<PullEffect>) {
        assert!(id.0 <= self.timer, "no timer fires that was never set");
        if id.0 != self.timer {
            return;
        }
        match self.phase {
            Phase::Ready => self.begin_round(now),
            Phase::Waiting { .. } => self.phase = Phase::Ready,
            Phase::Asking(_) | Phase::Fetching => {
                let words = "no answer for 90 seconds".to_owned();
                self.failed(now, words, None, fx);
            }
            // Disk work is not given up: it ends, or the process does.
            Phase::Asleep
            | Phase::Staging { .. }
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_) => {}
        }
    }

    /// All scopes are due; a round under way is not left, its scopes are looked at again.
    fn begin_round(&mut self, now: MonoMs) {
        self.round_at = Some(now);
        self.push_waits = false;
        self.ask_again = self.is_at_work();
        self.due.extend(PullScope::ALL);
    }

    /// Whether a page of the scope at work was asked for already.
    const fn is_at_work(&self) -> bool {
        match self.phase {
            Phase::Asking(_) | Phase::Staging { .. } | Phase::Publishing { .. } => true,
            Phase::Asleep
            | Phase::Ready
            | Phase::Fetching
            | Phase::Keeping
            | Phase::BeginningAgain(_)
            | Phase::Waiting { .. } => false,
        }
    }

    /// The round is done.
    pub(super) fn rest(&mut self, now: MonoMs, fx: &mut Vec<PullEffect>) {
        assert!(self.due.is_empty(), "nothing rests with a scope due");
        self.rounds += 1;
        self.last = None;
        self.granted = self.wishes;
        self.last_words = None;
        let soon = self.round_at.map_or(now, |at| at + AFTER_PUSH_MS).max(now);
        let at = if self.push_waits {
            soon
        } else {
            now + LOOK_AGAIN_MS
        };
        self.set_timer(at, fx);
    }

    /// Something was kept: the path works.
    pub(super) fn progressed(&mut self) {
        self.backoff.progressed();
        self.last_words = None;
    }

    /// Wait, grow the wait, go on from what is kept.
    pub(super) fn failed(
        &mut self,
        now: MonoMs,
        words: String,
        retry_after_ms: Option<u64>,
        fx: &mut Vec<PullEffect>,
    ) {
        let wait = self.backoff.failed(&mut self.random, retry_after_ms);
        self.last_words = Some(words);
        self.wait_until(now + wait, retry_after_ms.is_some(), fx);
    }

    /// A call failed: what refuses the till itself is tried again each minute, all else as the wait grows.
    pub(super) fn call_failed(
        &mut self,
        now: MonoMs,
        failure: CallFailure,
        fx: &mut Vec<PullEffect>,
    ) {
        match failure {
            CallFailure::Path {
                words,
                retry_after_ms,
            } => self.failed(now, words, retry_after_ms, fx),
            CallFailure::Refused {
                error,
                retry_after_ms,
            } => {
                let least = refuses_till(error.code).then_some(CAP_MS);
                let retry_after_ms = retry_after_ms.max(least);
                self.failed(now, error.message, retry_after_ms, fx);
            }
        }
    }

    fn wait_until(&mut self, until: MonoMs, asked: bool, fx: &mut Vec<PullEffect>) {
        self.phase = Phase::Waiting { until, asked };
        self.set_timer(until, fx);
    }

    /// A call on the line is lost after so long, whatever became of the driver.
    pub(super) fn watch_call(&mut self, now: MonoMs, fx: &mut Vec<PullEffect>) {
        self.set_timer(now + CALL_LOST_MS, fx);
    }

    pub(super) fn set_timer(&mut self, at: MonoMs, fx: &mut Vec<PullEffect>) {
        self.timer += 1;
        let id = TimerId(self.timer);
        fx.push(PullEffect::SetTimer { id, at });
    }
}
