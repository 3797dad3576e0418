//! The world: who is there, what is under way, and what happens next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::ids::SegmentId;
use protocol::wire::{HelloAnswer, PushAnswer};
use sha2::{Digest, Sha256};
use sync::backoff::SplitMix64;
use sync::chunk::CutLimits;
use sync::till::{Batch, CallId, Cut, Effect, Event};
use uuid::Uuid;

use super::cloud_side::CloudSide;
use super::fault::{Fault, Goal, Tally};
use super::machine::{Machine, Snapshot};
use super::swarm::Swarm;
use crate::parts::{ModelTill, Segment};

/// What a till asks of the cloud.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Hello,
    Push(Arc<Batch>),
    Tail(SegmentId),
    /// The same, to find the last op that both share.
    Shared(SegmentId),
}

/// What the cloud answers.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    Hello(HelloAnswer),
    Push(PushAnswer),
    Tail(Option<Segment>),
}

/// A call under way.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub from: usize,
    pub life: u32,
    pub id: CallId,
    pub request: Request,
}

/// Something that will happen.
pub(super) enum Due {
    Engine {
        at: usize,
        life: u32,
        event: Event,
    },
    /// A request arrives; somebody waits for the reply unless it is a repetition.
    Arrives {
        call: Call,
        answered: Option<u64>,
    },
    /// What comes back, or does not.
    Returns {
        call: Call,
        reply: Result<Reply, CallFailure>,
    },
    /// A running machine is resumed from a snapshot.
    Thaw {
        at: usize,
        old: Box<Snapshot>,
    },
    /// A minute of the world.
    Minute,
}

/// Everything.
pub(super) struct Scene {
    pub now: u64,
    pub random: SplitMix64,
    pub swarm: Swarm,
    pub tally: Tally,
    pub machines: Vec<Machine>,
    pub cloud: CloudSide,
    /// Nothing goes wrong any more.
    pub calm: bool,
    /// Every op that was ever recorded, with its bytes' place of birth.
    pub recorded: BTreeSet<Uuid>,
    pub ops: u128,
    pub events: u64,
    pub words: Option<Vec<String>>,
    hash: Sha256,
    queue: BTreeMap<(u64, u64), Due>,
    order: u64,
}

impl Scene {
    pub fn new(mut random: SplitMix64, tills: u8, without: &BTreeSet<Fault>) -> Self {
        let swarm = Swarm::draw(&mut random, without);
        let machines = (1..=tills).map(|number| Machine::new(number, ModelTill::new(number)));
        let mut scene = Self {
            now: 0,
            random,
            swarm,
            tally: Tally::default(),
            machines: machines.collect(),
            cloud: CloudSide::new(),
            calm: false,
            recorded: BTreeSet::new(),
            ops: 0,
            events: 0,
            words: None,
            hash: Sha256::new(),
            queue: BTreeMap::new(),
            order: 0,
        };
        for at in 0..scene.machines.len() {
            scene.start(at);
        }
        scene.push_due(60_000, Due::Minute);
        scene
    }

    /// Says something for the history, if anybody listens.
    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(history) = &mut self.words {
            let minute = self.now / 60_000;
            history.push(format!(
                "{:02}:{:02}:{:06.3} {}",
                minute / 60,
                minute % 60,
                Milli(self.now % 60_000),
                words()
            ));
        }
    }

    pub fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// A machine's process starts.
    pub fn start(&mut self, at: usize) {
        let seed = self.random.up_to(u64::MAX - 1);
        self.machines[at].start(seed);
        self.say(|| format!("machine {at} starts"));
        self.tell(at, Event::Started);
    }

    /// An event for a machine's engine, now.
    pub fn tell(&mut self, at: usize, event: Event) {
        let life = self.machines[at].life;
        let when = self.now.max(self.machines[at].frozen_until);
        self.push_due(when, Due::Engine { at, life, event });
    }

    pub(super) fn push_due(&mut self, at: u64, due: Due) {
        self.order += 1;
        self.queue.insert((at.max(self.now), self.order), due);
    }

    /// What will happen, and when.
    pub fn waiting(&self) -> impl Iterator<Item = (u64, &Due)> {
        self.queue.iter().map(|((when, _), due)| (*when, due))
    }

    /// Runs up to a moment of the world.
    pub fn run_until(&mut self, end: u64) {
        while let Some((&place, _)) = self.queue.first_key_value() {
            if place.0 > end {
                break;
            }
            let Some(due) = self.queue.remove(&place) else {
                break;
            };
            self.now = place.0;
            self.happen(due);
        }
        self.now = end;
    }

    fn happen(&mut self, due: Due) {
        self.events += 1;
        match due {
            Due::Minute => {
                self.minute();
                self.push_due(self.now + 60_000, Due::Minute);
            }
            Due::Engine { at, life, event } => self.engine(at, life, event),
            Due::Thaw { .. } if self.calm => {}
            Due::Thaw { at, old } => self.thaw(at, *old),
            Due::Arrives { call, answered } => self.arrives(call, answered),
            Due::Returns { call, reply } => self.returns(call, reply),
        }
    }

    fn engine(&mut self, at: usize, life: u32, event: Event) {
        if self.machines[at].life != life {
            return;
        }
        if self.machines[at].frozen_until > self.now {
            let wakes = self.machines[at].frozen_until;
            return self.push_due(wakes, Due::Engine { at, life, event });
        }
        self.note(at, &event);
        let mut effects = Vec::new();
        let now = self.now;
        self.machines[at].engine.step(now, event, &mut effects);
        for effect in effects {
            self.perform(at, effect);
        }
    }

    /// Adds to the history's hash.
    fn note(&mut self, at: usize, event: &Event) {
        self.hash.update(self.now.to_be_bytes());
        self.hash.update([u8::try_from(at).unwrap_or(u8::MAX)]);
        let heads = &self.cloud.tables.heads;
        self.hash.update((heads.len() as u64).to_be_bytes());
        if let Some((segment, head)) = heads.last_key_value() {
            self.hash.update(segment.as_bytes());
            self.hash.update(head.chain.as_bytes());
        }
        self.hash.update(kind(event).as_bytes());
    }

    fn perform(&mut self, at: usize, effect: Effect) {
        let life = self.machines[at].life;
        let soon = self.now + 1;
        let mut answer = |event| self.push_due(soon, Due::Engine { at, life, event });
        match effect {
            Effect::SendHello { call, .. } => self.send(at, call, Request::Hello),
            Effect::SendPush { call, batch } => self.send(at, call, Request::Push(batch)),
            Effect::FetchTail { call, segment, .. } => self.send(at, call, Request::Tail(segment)),
            Effect::SetTimer { id, at: when } => {
                let event = Event::TimerFired(id);
                self.push_due(when, Due::Engine { at, life, event });
            }
            Effect::CutBatch {
                call,
                after,
                limits,
            } => {
                let cut = self.cut(at, &after, limits);
                self.push_due(
                    soon,
                    Due::Engine {
                        at,
                        life,
                        event: Event::BatchCut { call, cut },
                    },
                );
            }
            Effect::StoreAnswer { call, .. } => answer(Event::Stored {
                call,
                result: Ok(()),
            }),
            Effect::OpenFreshSegment { call, segment, .. } => {
                self.send(at, call, Request::Shared(segment));
            }
            Effect::KeepHeads {
                cloud_epoch, heads, ..
            } => {
                let kept = &mut self.machines[at].disk.kept;
                if kept.epoch.replace(cloud_epoch) != Some(cloud_epoch) {
                    self.tally.saw(Goal::EpochChanged);
                }
                kept.heads = heads.into_iter().map(|head| (head.segment, head)).collect();
            }
            Effect::Emit(_) => {}
        }
    }

    fn cut(&mut self, at: usize, after: &[protocol::wire::CloudHead], limits: CutLimits) -> Cut {
        if self.machines[at].step_over_lost_ground(after) > 0 {
            self.tally.saw(Goal::LostGround);
        }
        let till = &self.machines[at].disk.till;
        let mut stretches = till.next_beyond(after, limits.max_ops);
        // Parents before children: a child begins after the place where its parent began.
        stretches.sort_by_key(|stretch| stretch.first_seq);
        match till.cut(&stretches, limits) {
            Ok(None) => Cut::Nothing,
            Ok(Some(request)) => {
                self.order += 1;
                if limits.max_ops == 1 {
                    self.tally.saw(Goal::SplitToOne);
                }
                Cut::Batch(Batch {
                    key: Uuid::from_u128((0xBA << 96) + u128::from(self.order)),
                    request,
                })
            }
            Err(refused) => panic!("machine {at} cannot cut what it recorded itself: {refused}"),
        }
    }
}

/// What an event is, for the history's hash.
const fn kind(event: &Event) -> &'static str {
    match event {
        Event::Started => "started",
        Event::Paused => "paused",
        Event::Resumed => "resumed",
        Event::OpVaulted => "op_vaulted",
        Event::NetworkUp => "network_up",
        Event::SyncNow => "sync_now",
        Event::TimerFired(_) => "timer_fired",
        Event::HelloDone { result: Ok(_), .. } => "hello_answered",
        Event::HelloDone { .. } => "hello_failed",
        Event::TailFetched { .. } => "tail_fetched",
        Event::SegmentOpened { .. } => "segment_opened",
        Event::BatchCut { .. } => "batch_cut",
        Event::PushDone { result: Ok(_), .. } => "push_answered",
        Event::PushDone { .. } => "push_failed",
        Event::Stored { .. } => "stored",
    }
}

/// Milliseconds as seconds with three places.
struct Milli(u64);

impl std::fmt::Display for Milli {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}
