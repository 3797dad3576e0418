//! The driver of the sending engine: hands it events, does what it asks.

use protocol::wire::{CloudHead, PushRequest};
use sync::chunk::{CutFor, CutLimits, CutRefused, cut};
use sync::pull::PullEvent;
use sync::till::{Batch, CallId, Cut, Effect, Event};
use uuid::Uuid;

use super::Machine;
use crate::world::names::{Fault, Goal};
use crate::world::network::Request;
use crate::world::scene::{Due, Scene};

/// What one of a machine's engines hears.
#[derive(Debug, Clone)]
pub(in crate::world) enum Heard {
    Sync(Event),
    Pull(PullEvent),
}

impl Scene {
    /// An event for an engine of a machine, now or as soon as it moves again.
    pub(in crate::world) fn tell(&mut self, at: usize, event: Event) {
        self.tell_in(0, at, Heard::Sync(event), false);
    }

    pub(in crate::world) fn tell_in(&mut self, after: u64, at: usize, heard: Heard, second: bool) {
        let life = self.machines[at].life;
        self.due(
            after,
            Due::Engine {
                at,
                life,
                second,
                heard: Box::new(heard),
            },
        );
    }

    /// An engine hears, and everything that it asks for is begun.
    pub(in crate::world) fn hear(&mut self, at: usize, heard: Heard, second: bool) {
        let machine = &self.machines[at];
        if machine.frozen_until > self.now {
            let wait = machine.frozen_until - self.now;
            return self.tell_in(wait, at, heard, second);
        }
        match heard {
            Heard::Sync(event) => self.step(at, event, second),
            Heard::Pull(event) => self.fetch(at, event),
        }
        if !second {
            self.give_turn(at);
        }
    }

    fn step(&mut self, at: usize, event: Event, second: bool) {
        self.note(at, kind(&event));
        if !second {
            self.pass_on(at, &event);
        }
        let machine = &mut self.machines[at];
        let mono = machine.clock.mono(self.now);
        let mut effects = Vec::new();
        if second {
            let Some(engine) = &mut machine.second else {
                return;
            };
            engine.step(mono, event, &mut effects);
        } else {
            machine.engine.step(mono, event, &mut effects);
        }
        for effect in effects {
            self.perform(at, effect, second);
        }
    }

    /// What the fetching engine has to know of the sending one's.
    fn pass_on(&mut self, at: usize, event: &Event) {
        let meant = match event {
            Event::Paused => PullEvent::Paused,
            Event::Resumed => PullEvent::Resumed,
            Event::NetworkUp => PullEvent::NetworkUp,
            Event::SyncNow => PullEvent::PullNow,
            Event::Stored { result: Ok(()), .. } => PullEvent::Pushed,
            Event::Started
            | Event::OpVaulted
            | Event::TimerFired(_)
            | Event::HelloDone { .. }
            | Event::TailFetched { .. }
            | Event::SegmentOpened { .. }
            | Event::BatchCut { .. }
            | Event::PushDone { .. }
            | Event::Stored { .. } => return,
        };
        self.fetch(at, meant);
    }

    fn perform(&mut self, at: usize, effect: Effect, second: bool) {
        match effect {
            Effect::SendHello { call, .. } => self.send(at, call, Request::Hello, second),
            Effect::SendPush { call, batch } => self.send(at, call, Request::Push(batch), second),
            Effect::FetchTail { call, segment, .. } => {
                self.send(at, call, Request::Tail(segment), second);
            }
            Effect::OpenFreshSegment { call, segment, .. } => {
                self.send(at, call, Request::Shared(segment), second);
            }
            Effect::SetTimer { id, at: when } => {
                let due = self.machines[at].clock.true_time(when);
                let after = due.saturating_sub(self.now);
                self.tell_in(after, at, Heard::Sync(Event::TimerFired(id)), second);
            }
            Effect::CutBatch {
                call,
                after,
                limits,
            } => self.cut(at, call, &after, limits, second),
            Effect::StoreAnswer { call, answer, .. } => {
                let wait = self.machines[at].disk_ms(self.now);
                let result = self.disk_takes(at);
                if result.is_ok() && !second {
                    let heads = answer.runs.iter().filter_map(|run| run.head);
                    let told: Vec<CloudHead> = heads.collect();
                    self.keep(at, answer.cloud_epoch, told, false);
                }
                let event = Event::Stored { call, result };
                self.tell_in(wait, at, Heard::Sync(event), second);
            }
            Effect::KeepHeads {
                cloud_epoch, heads, ..
            } => self.keep(at, cloud_epoch, heads, true),
            Effect::Emit(view) => {
                if !second {
                    self.machines[at].kind = view.kind;
                }
            }
        }
    }

    /// Whether the disk takes a write just now.
    pub(in crate::world) fn disk_takes(&mut self, at: usize) -> Result<(), String> {
        if self.machines[at].disk_fails(self.now) {
            return Err("the disk is read-only".to_owned());
        }
        if !self.calm && self.happens(Fault::StoreFails) {
            return Err("the disk did not take it".to_owned());
        }
        Ok(())
    }

    /// Keeps the cloud's heads; what they say must be so.
    fn keep(&mut self, at: usize, epoch: Uuid, heads: Vec<CloudHead>, all: bool) {
        self.claims_are_true(at, epoch, &heads);
        let disk = &mut self.machines[at].disk;
        if disk.epoch.replace(epoch) != Some(epoch) {
            disk.heads.clear();
            self.tally.saw(Goal::EpochChanged);
        }
        if all {
            disk.heads.clear();
        }
        for mut head in heads {
            let before = disk.heads.get(&head.segment);
            head.secured = head.secured.max(before.map_or(0, |head| head.secured));
            disk.heads.insert(head.segment, head);
        }
        if all && self.compacts {
            self.let_go += disk.compact();
        }
    }

    fn cut(
        &mut self,
        at: usize,
        call: CallId,
        after: &[CloudHead],
        mut limits: CutLimits,
        second: bool,
    ) {
        if !second {
            self.step_over_lost_ground(at, after);
        }
        if self.machines[at].other_version {
            limits.max_ops = limits.max_ops.min(50);
        }
        let wait = self.machines[at].disk_ms(self.now);
        let taken = self.disk_takes(at);
        let machine = &self.machines[at];
        let stretches = machine.disk.beyond(after, limits.max_ops);
        let cut = match cut_batch(machine, &stretches, limits) {
            Ok(None) => Cut::Nothing,
            Ok(Some(_)) if taken.is_err() => Cut::Failed {
                words: "the disk did not take the key".to_owned(),
            },
            Ok(Some(request)) => {
                if limits.max_ops == 1 {
                    self.tally.saw(Goal::SplitToOne);
                }
                Cut::Batch(Batch {
                    key: self.new_key(),
                    request,
                })
            }
            // What the vault holds has rotted: a person starts the program again, and it comes from the journal.
            Err(refused) => {
                self.say(|| format!("machine {at}: {refused}"));
                let soon = 60_000 + self.machines[at].people.up_to(300_000);
                let life = self.machines[at].life;
                self.due(soon, Due::Restart { at, life });
                Cut::Damaged {
                    words: refused.to_string(),
                }
            }
        };
        self.tell_in(wait, at, Heard::Sync(Event::BatchCut { call, cut }), second);
    }
}

/// A batch of a machine's own.
pub(in crate::world) fn cut_batch(
    machine: &Machine,
    stretches: &[sync::chunk::Stretch],
    limits: CutLimits,
) -> Result<Option<PushRequest>, CutRefused> {
    let signer = |statement: &[u8]| protocol::signing::sign(&machine.who.key, statement);
    let cut_for = CutFor {
        till: machine.who.till,
        genesis_tenant: machine.who.identity.genesis_tenant,
        sign: &signer,
    };
    cut(stretches, limits, &cut_for)
}

/// What an event is, for the history's hash.
const fn kind(event: &Event) -> u8 {
    match event {
        Event::Started => 1,
        Event::Paused => 2,
        Event::Resumed => 3,
        Event::OpVaulted => 4,
        Event::NetworkUp => 5,
        Event::SyncNow => 6,
        Event::TimerFired(_) => 7,
        Event::HelloDone { result: Ok(_), .. } => 8,
        Event::HelloDone { .. } => 9,
        Event::TailFetched { .. } => 10,
        Event::SegmentOpened { .. } => 11,
        Event::BatchCut { .. } => 12,
        Event::PushDone { result: Ok(_), .. } => 13,
        Event::PushDone { .. } => 14,
        Event::Stored { .. } => 15,
    }
}
