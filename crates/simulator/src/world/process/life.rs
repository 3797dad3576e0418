//! Starts, ends, sleeps, copies.

use sync::till::{Event, TillSync};
use sync::{Puller, pull::PullEvent};

use super::Heard;
use crate::world::disk::Disk;
use crate::world::names::Fault;
use crate::world::network::{answers, path};
use crate::world::scene::{Due, Scene};

/// A running machine, frozen with its memory.
#[derive(Debug, Clone)]
pub(in crate::world) struct Snapshot {
    disk: Disk,
    engine: TillSync,
    puller: Puller,
    /// What the disk and the clock had still to say, and in how many milliseconds.
    events: Vec<(u64, Heard)>,
    /// Calls on the wire, each as its loss.
    lost: Vec<Heard>,
}

impl Scene {
    /// A machine's process starts: media are reconciled, a fresh segment begins.
    pub(in crate::world) fn start(&mut self, at: usize) {
        let seed = self.new_seed();
        let machine = &mut self.machines[at];
        machine.life += 1;
        let fresh = machine.fresh_segment();
        let seen = machine.disk.reconcile();
        machine.disk.begin(fresh);
        machine.new_engines(seed);
        for goal in seen {
            self.tally.saw(goal);
        }
        self.say(|| format!("machine {at} starts"));
        self.tell(at, Event::Started);
        self.tell_in(0, at, Heard::Pull(PullEvent::Started), false);
    }

    /// The machine as it is, with what is still to come to its engines.
    pub(in crate::world) fn freeze(&self, at: usize) -> Snapshot {
        let machine = &self.machines[at];
        let (mut events, mut lost) = (Vec::new(), Vec::new());
        for (when, due) in self.waiting() {
            match due {
                Due::Engine {
                    at: of,
                    life,
                    second: false,
                    heard,
                } if (*of, *life) == (at, machine.life) => {
                    events.push((when - self.now, Heard::clone(heard)));
                }
                Due::Returns(returning) if of(&returning.0, at, machine.life) => {
                    lost.push(loss(&returning.0));
                }
                Due::Arrives(arriving)
                    if arriving.1.is_some() && of(&arriving.0, at, machine.life) =>
                {
                    lost.push(loss(&arriving.0));
                }
                Due::Engine { .. }
                | Due::Arrives(_)
                | Due::Returns(_)
                | Due::Thaw { .. }
                | Due::Doubles { .. }
                | Due::Restart { .. }
                | Due::OtherVersion { .. }
                | Due::FallBack
                | Due::Commits { .. }
                | Due::Upgrade
                | Due::Salvage { .. }
                | Due::Enrols { .. }
                | Due::Opens { .. }
                | Due::Resumes { .. }
                | Due::Minute => {}
            }
        }
        Snapshot {
            disk: machine.disk.clone(),
            engine: machine.engine.clone(),
            puller: machine.puller.clone(),
            events,
            lost,
        }
    }

    /// A machine goes on from a snapshot: same process, same segment, same engines, connections gone.
    pub(in crate::world) fn thaw(&mut self, at: usize, old: Snapshot) {
        self.say(|| format!("machine {at} is resumed from its snapshot"));
        let machine = &mut self.machines[at];
        machine.life += 1;
        machine.straight = false;
        machine.draft = None;
        (machine.disk, machine.engine, machine.puller) = (old.disk, old.engine, old.puller);
        self.go_on(at, old.events, old.lost);
    }

    fn go_on(&mut self, at: usize, events: Vec<(u64, Heard)>, lost: Vec<Heard>) {
        for (after, heard) in events {
            self.tell_in(after, at, heard, false);
        }
        for heard in lost {
            self.tell_in(1_000, at, heard, false);
        }
    }

    /// The machine is copied with its memory, and both go on.
    pub(in crate::world) fn clone_live(&mut self, at: usize) {
        let old = self.freeze(at);
        self.machines[at].straight = false;
        let copy = self.add_twin(at);
        self.go_on(copy, old.events, old.lost);
    }

    /// The disk is copied into another machine, which starts.
    pub(in crate::world) fn clone_disk(&mut self, at: usize) {
        self.machines[at].straight = false;
        let copy = self.add_twin(at);
        self.start(copy);
    }

    fn add_twin(&mut self, at: usize) -> usize {
        let number = u8::try_from(self.machines.len() + 1).unwrap_or(u8::MAX);
        let twin = self.machines[at].twin(number, self.seed);
        self.machines.push(twin);
        self.machines.len() - 1
    }

    /// The machine sleeps: its monotonic clock stands still, and when it wakes its connections are gone.
    pub(in crate::world) fn suspend(&mut self, at: usize, until: u64) {
        let now = self.now;
        let machine = &mut self.machines[at];
        machine.frozen_until = until;
        machine.clock.stand_still(now, until);
        let old = self.freeze(at);
        self.machines[at].life += 1;
        let asleep = until - now;
        for (after, heard) in old.events {
            self.tell_in(asleep + after, at, heard, false);
        }
        for heard in old.lost {
            self.tell_in(asleep, at, heard, false);
        }
        self.tell_in(asleep, at, Heard::Sync(Event::NetworkUp), false);
    }

    /// A second instance of the program sends from the same disk: the lock did not hold.
    pub(in crate::world) fn start_second(&mut self, at: usize) {
        let seed = self.dice.of(Fault::TwoInstances).next_u64();
        let machine = &mut self.machines[at];
        machine.second = Some(TillSync::new(sync::till::TillSyncConfig {
            seed,
            cloud_epoch_seen: machine.disk.epoch,
        }));
        self.tell_in(0, at, Heard::Sync(Event::Started), true);
    }
}

fn of(call: &crate::world::network::Call, at: usize, life: u32) -> bool {
    (call.from, call.life, call.second) == (at, life, false)
}

fn loss(call: &crate::world::network::Call) -> Heard {
    answers::lost(&call.request, call.id, path("connection reset", None))
}
