//! A turn, and what follows from its answer.

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use protocol::pull::{PullAnswer, PullScope, SnapshotPart};

use super::event::{PartKept, PublishFailed, StageDone};
use super::{Phase, PullEffect, Puller};
use crate::till::MonoMs;

impl Puller {
    /// One call over the line.
    pub(super) fn turn(&mut self, now: MonoMs, fx: &mut Vec<PullEffect>) {
        if self.phase != Phase::Ready {
            return;
        }
        let Some(scope) = self.next_scope() else {
            return;
        };
        self.ask_again = false;
        (self.last, self.unfinished) = (Some(scope), false);
        if scope == PullScope::Catalogue && self.snapshot {
            let call = self.next_call(Phase::Fetching);
            fx.push(PullEffect::SendSnapshot { call });
        } else {
            let call = self.next_call(Phase::Asking(scope));
            fx.push(PullEffect::SendPull { call, scope });
        }
        self.watch_call(now, fx);
    }

    pub(super) fn page_came(
        &mut self,
        now: MonoMs,
        result: Result<PullAnswer, CallFailure>,
        fx: &mut Vec<PullEffect>,
    ) {
        let Phase::Asking(scope) = self.phase else {
            unreachable!("a page is answered while asking")
        };
        match result {
            Ok(page) => {
                self.done += page.rows.len() as u64;
                let more = page.more;
                let call = self.next_call(Phase::Staging { scope, more });
                fx.push(PullEffect::Stage { call, scope, page });
            }
            Err(failure)
                if is(&failure, ApiCode::CursorReset) && !cfg!(mutant = "cursor_reset_ignored") =>
            {
                self.begin_again(now, scope, failure, fx);
            }
            Err(failure) => self.call_failed(now, failure, fx),
        }
    }

    pub(super) fn staged(
        &mut self,
        now: MonoMs,
        result: Result<StageDone, String>,
        fx: &mut Vec<PullEffect>,
    ) {
        let Phase::Staging { scope, more } = self.phase else {
            unreachable!("a page is staged while staging")
        };
        match result {
            Ok(StageDone::Kept) if more && !cfg!(mutant = "page_published_early") => {
                self.unfinished = true;
                self.begun_again.remove(&scope);
                self.progressed();
                self.phase = Phase::Ready;
            }
            Ok(StageDone::Kept) => {
                self.begun_again.remove(&scope);
                self.progressed();
                self.publish(scope, false, fx);
            }
            Ok(StageDone::Moved) => self.phase = Phase::Ready,
            Err(words) => self.failed(now, words, None, fx),
        }
    }

    fn publish(&mut self, scope: PullScope, snapshot: bool, fx: &mut Vec<PullEffect>) {
        let call = self.next_call(Phase::Publishing { scope, snapshot });
        fx.push(if snapshot {
            PullEffect::PublishSnapshot { call }
        } else {
            PullEffect::Publish { call, scope }
        });
    }

    pub(super) fn published(
        &mut self,
        now: MonoMs,
        result: Result<(), PublishFailed>,
        fx: &mut Vec<PullEffect>,
    ) {
        let Phase::Publishing { scope, snapshot } = self.phase else {
            unreachable!("a publish is answered while publishing")
        };
        match result {
            Ok(()) => {
                self.progressed();
                self.begun_again.remove(&scope);
                self.phase = Phase::Ready;
                (self.done, self.total) = (0, None);
                if snapshot {
                    // Pages go on where it ends.
                    self.snapshot = false;
                } else if !std::mem::take(&mut self.ask_again) {
                    self.due.remove(&scope);
                }
                if self.due.is_empty() {
                    self.rest(now, fx);
                }
            }
            Err(PublishFailed {
                words,
                unsound: true,
            }) => {
                let failure = CallFailure::Path {
                    words,
                    retry_after_ms: None,
                };
                self.begin_again(now, scope, failure, fx);
            }
            // The page is staged and its cursor moved on: the next page of the scope brings it to its publish.
            Err(PublishFailed {
                words,
                unsound: false,
            }) => self.failed(now, words, None, fx),
        }
    }

    pub(super) fn part_came(
        &mut self,
        now: MonoMs,
        result: Result<SnapshotPart, CallFailure>,
        fx: &mut Vec<PullEffect>,
    ) {
        match result {
            Ok(part) => {
                let call = self.next_call(Phase::Keeping);
                fx.push(PullEffect::KeepPart { call, part });
            }
            Err(failure)
                if is(&failure, ApiCode::CursorReset) || is(&failure, ApiCode::OutOfRange) =>
            {
                self.begin_again(now, PullScope::Catalogue, failure, fx);
            }
            // A cloud that keeps no snapshots: page by page then.
            Err(failure) if is(&failure, ApiCode::NotFound) => {
                self.snapshot = false;
                self.phase = Phase::Ready;
            }
            Err(failure) => self.call_failed(now, failure, fx),
        }
    }

    pub(super) fn part_kept(
        &mut self,
        now: MonoMs,
        result: Result<PartKept, String>,
        fx: &mut Vec<PullEffect>,
    ) {
        match result {
            Ok(PartKept { held, total }) => {
                self.progressed();
                (self.done, self.total) = (held, Some(total));
                if held >= total {
                    self.publish(PullScope::Catalogue, true, fx);
                } else {
                    self.phase = Phase::Ready;
                }
            }
            Err(words) => self.failed(now, words, None, fx),
        }
    }

    /// The cloud knows the cursor no more, or what came is no snapshot: from the beginning. A second time without a
    /// page in between waits as after any failure.
    fn begin_again(
        &mut self,
        now: MonoMs,
        scope: PullScope,
        failure: CallFailure,
        fx: &mut Vec<PullEffect>,
    ) {
        (self.done, self.total) = (0, None);
        if self.begun_again.insert(scope) {
            self.last_words = Some(failure.to_string());
            let call = self.next_call(Phase::BeginningAgain(scope));
            fx.push(PullEffect::BeginAgain { call, scope });
        } else {
            self.begun_again.remove(&scope);
            self.call_failed(now, failure, fx);
        }
    }

    pub(super) fn begun_again(
        &mut self,
        now: MonoMs,
        result: Result<(), String>,
        fx: &mut Vec<PullEffect>,
    ) {
        let Phase::BeginningAgain(scope) = self.phase else {
            unreachable!("a new beginning is answered while beginning")
        };
        match result {
            Ok(()) => {
                self.snapshot |= scope == PullScope::Catalogue;
                // The same scope next: it was about to be asked for.
                self.unfinished = true;
                self.phase = Phase::Ready;
            }
            Err(words) => self.failed(now, words, None, fx),
        }
    }
}

fn is(failure: &CallFailure, code: ApiCode) -> bool {
    matches!(failure, CallFailure::Refused { error: ApiError { code: said, .. }, .. } if *said == code)
}
