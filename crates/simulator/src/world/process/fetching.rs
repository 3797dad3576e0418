//! The driver of the fetching engine: the shop's own `Puller` over the model of the catalogue's file.

use sync::pull::{PartKept, PublishFailed, PullEffect, PullEvent, StageDone};
use sync::till::SyncKind;

use super::Heard;
use crate::world::names::Goal;
use crate::world::network::Request;
use crate::world::scene::Scene;

impl Scene {
    /// The fetching engine may make one call while the sending one rests.
    pub(super) fn give_turn(&mut self, at: usize) {
        let machine = &self.machines[at];
        if machine.kind == SyncKind::Resting && machine.puller.wants_turn() {
            self.fetch(at, PullEvent::Turn);
        }
    }

    pub(super) fn fetch(&mut self, at: usize, event: PullEvent) {
        self.note(at, 100);
        let machine = &mut self.machines[at];
        let mono = machine.clock.mono(self.now);
        let mut effects = Vec::new();
        machine.puller.step(mono, event, &mut effects);
        for effect in effects {
            self.begin(at, effect);
        }
    }

    fn begin(&mut self, at: usize, effect: PullEffect) {
        let wait = self.machines[at].disk_ms(self.now);
        let answer = match effect {
            PullEffect::SendPull { call, scope } => {
                let cursor = self.machines[at].disk.shelf.scope(scope).cursor.clone();
                return self.send(at, call, Request::Page(scope, cursor), false);
            }
            PullEffect::SendSnapshot { call } => {
                let held = self.machines[at].disk.shelf.parts;
                return self.send(at, call, Request::Part(held), false);
            }
            PullEffect::SetTimer { id, at: when } => {
                let due = self.machines[at].clock.true_time(when);
                let after = due.saturating_sub(self.now);
                let event = PullEvent::TimerFired(id);
                return self.tell_in(after, at, Heard::Pull(event), false);
            }
            PullEffect::Emit(_) => return,
            PullEffect::Stage { call, scope, page } => PullEvent::Staged {
                call,
                result: self.disk_takes(at).map(|()| self.stage(at, scope, &page)),
            },
            PullEffect::Publish { call, scope } => {
                let result = self.disk_takes(at).map_err(not_taken);
                if result.is_ok() {
                    self.machines[at].disk.shelf.publish(scope);
                    self.published(at, scope);
                }
                PullEvent::Published { call, result }
            }
            PullEffect::KeepPart { call, part } => {
                let result = self.disk_takes(at).map(|()| {
                    let etag: u64 = part.etag.parse().unwrap_or(0);
                    let held = part.from + 1;
                    self.machines[at].disk.shelf.parts = Some((etag, held));
                    PartKept {
                        held,
                        total: part.total,
                    }
                });
                PullEvent::PartKept { call, result }
            }
            PullEffect::PublishSnapshot { call } => {
                let result = self.disk_takes(at).map_err(not_taken);
                let machine = &mut self.machines[at];
                if result.is_ok()
                    && let Some(bottle) = machine.bottle.take()
                {
                    machine.disk.shelf.take(&bottle);
                    self.tally.saw(Goal::Snapshot);
                }
                PullEvent::Published { call, result }
            }
            PullEffect::BeginAgain { call, scope } => {
                let result = self.disk_takes(at);
                if result.is_ok() {
                    self.machines[at].disk.shelf.begin_again(scope);
                }
                PullEvent::BegunAgain { call, result }
            }
        };
        self.tell_in(wait, at, Heard::Pull(answer), false);
    }

    fn stage(
        &mut self,
        at: usize,
        scope: protocol::pull::PullScope,
        page: &protocol::pull::PullAnswer,
    ) -> StageDone {
        let machine = &mut self.machines[at];
        let (asked, of) = match machine.page.take() {
            Some((of_scope, asked, of)) if of_scope == scope => (asked, of),
            _ => return StageDone::Moved,
        };
        let began = machine.disk.shelf.scope(scope).paging;
        if began.is_some_and(|began| began < page.watermark) {
            self.tally.saw(Goal::ChangeWhilePaging);
        }
        let shelf = &mut self.machines[at].disk.shelf;
        if shelf.stage(scope, asked.as_deref(), page, of) {
            StageDone::Kept
        } else {
            StageDone::Moved
        }
    }
}

fn not_taken(words: String) -> PublishFailed {
    PublishFailed {
        words,
        unsound: false,
    }
}
