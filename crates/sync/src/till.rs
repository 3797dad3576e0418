//! The till's sending engine: it brings every op to the cloud, in order, and never gives up.
//!
//! **The story.** A session begins with *hello*: the till names its segments, the cloud names its
//! heads. These heads are the only cursor; what the till itself believes to have sent is never
//! asked. If the cloud holds something that this till does not (an old backup was restored here),
//! the vault is asked to fetch its own tail; if the two disagree on one place (two copies of this
//! till lived), it is asked to go on in a fresh segment. Then the vault *cuts* the next batch
//! beyond the heads, under a key that it stores first; the batch is *pushed*; the answer is
//! *stored*; the heads have moved; the next batch is cut. When nothing lies beyond the heads, the
//! engine rests, and looks again at each new op, at each minute, and whenever the network comes up:
//! the condition is a level ("is there an op beyond the heads?"), not an edge that can be missed.
//!
//! **When something fails**, nothing is guessed. A lost request and a lost reply look the same from
//! here, so the next attempt begins with hello, and the heads say which it was. If they did not
//! move, the very same batch goes again under the very same key. The wait between attempts grows
//! with full jitter to at most a minute and falls back only when a head has moved. After five
//! failures in a row the circuit is open: hello is the probe, and the first batch after it is
//! small, so that a line that lives for three seconds still carries something. A batch that failed
//! twice on a path which carries hello is halved; so is one that the cloud calls too large. One op
//! that is too large all alone blocks its stream, is shown as `dead_letter`, and is never skipped.
//!
//! **When the cloud says no** to the till itself (401, 403, 426), the path rests and is probed each
//! minute; the ops stay where they are and selling goes on.
//!
//! One call is on its way at any time; each carries a number, and an answer to an older number is
//! dropped. A call that is not answered in 90 s counts as lost, whatever became of the driver.
//!
//! Owns: when to call, what to cut after, how large. Promises: one seed and one list of events give
//! one list of effects. Never does: I/O, clocks, deleting, skipping, deciding what an op means.

mod check;
mod event;
mod push;
mod session;
mod size;
mod view;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::ids::{ChainHash, SegmentId};
use protocol::wire::CloudHead;
use uuid::Uuid;

use crate::backoff::{Backoff, SplitMix64};

pub use event::{Batch, CallId, Cut, Effect, Event, Healed, HeldAt, Hello, MonoMs, TimerId};
pub use view::{InFlight, SyncKind, SyncView};
pub(crate) use wait::refuses_till;

use size::BatchSize;

/// How long a call may stay unanswered before it counts as lost, milliseconds: more than the
/// transport's own 60 s.
pub(crate) const CALL_LOST_MS: u64 = 90_000;
/// How often a resting engine looks again for ops beyond the heads, milliseconds.
const LOOK_AGAIN_MS: u64 = 60_000;
/// After so long the heads are asked again before the next batch, milliseconds: the cloud may have
/// been restored meanwhile.
const SESSION_MS: u64 = 600_000;

/// What an engine begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TillSyncConfig {
    /// Seed of the jitter; from the operating system's randomness in a shop.
    pub seed: u64,
    /// The epoch of the cloud's last answer before this start, if there was one.
    pub cloud_epoch_seen: Option<Uuid>,
}

/// The engine. One per till and cloud. A copy of it is a machine resumed from a snapshot of its memory.
#[derive(Debug, Clone)]
pub struct TillSync {
    phase: Phase,
    calls: u64,
    timer: u64,
    random: SplitMix64,
    backoff: Backoff,
    size: BatchSize,
    /// The cloud's heads as it last told them; nothing is known before the first hello.
    heads: BTreeMap<SegmentId, CloudHead>,
    hello_at: Option<MonoMs>,
    cloud_epoch: Option<Uuid>,
    /// The batch whose fate is unknown; goes again under its key if the heads have not moved.
    batch: Option<Arc<Batch>>,
    /// Failures of this very batch on a path that carried a hello.
    batch_failures: u32,
    /// Whether an op was vaulted while the vault was cutting.
    op_waiting: bool,
    /// Whether the network came up while a call was on its way.
    network_came_up: bool,
    nudged_at: Option<MonoMs>,
    /// Disagreements that the vault has settled, or for which it waits for a person.
    settled: BTreeSet<(SegmentId, u64, ChainHash)>,
    needs_person: BTreeMap<(SegmentId, u64, ChainHash), String>,
    /// Heals since a head last moved: a heal that changes nothing must not spin.
    heals: u32,
    too_large: Option<(SegmentId, u64)>,
    last_words: Option<String>,
    since: MonoMs,
    shown: Option<SyncView>,
}

/// What the engine waits for. Exactly one thing at a time.
#[derive(Debug, Clone)]
enum Phase {
    /// Not started, or paused by a person.
    Asleep,
    /// Nothing lies beyond the heads.
    Resting,
    /// A hello is on the wire.
    Greeting,
    /// The vault mends a disagreement.
    Healing(Heal),
    /// The vault cuts a batch.
    Cutting,
    /// A batch is on the wire.
    Pushing(Arc<Batch>),
    /// The vault stores an answer.
    Storing(push::Next),
    /// Nothing happens before the time is up.
    Waiting {
        /// Why, as it is shown.
        kind: SyncKind,
        /// Until when.
        until: MonoMs,
        /// The other side asked for it: no network-up shortens it.
        asked: bool,
    },
}

/// A disagreement between the cloud's head and what the till holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heal {
    /// The cloud holds more of a segment than this till.
    Tail(CloudHead),
    /// The two hold different ops at one place.
    Fork(CloudHead),
}

impl TillSync {
    /// An engine that sleeps until [`Event::Started`].
    pub fn new(config: TillSyncConfig) -> Self {
        Self {
            phase: Phase::Asleep,
            calls: 0,
            timer: 0,
            random: SplitMix64::new(config.seed),
            backoff: Backoff::default(),
            size: BatchSize::default(),
            heads: BTreeMap::new(),
            hello_at: None,
            cloud_epoch: config.cloud_epoch_seen,
            batch: None,
            batch_failures: 0,
            op_waiting: false,
            network_came_up: false,
            nudged_at: None,
            settled: BTreeSet::new(),
            needs_person: BTreeMap::new(),
            heals: 0,
            too_large: None,
            last_words: None,
            since: 0,
            shown: None,
        }
    }

    /// Takes one event at a moment of the monotonic clock; appends what is to be done.
    pub fn step(&mut self, now: MonoMs, event: Event, fx: &mut Vec<Effect>) {
        let calls_before = fx.iter().filter(|effect| effect.is_call()).count();
        self.take(now, event, fx);
        let calls_after = fx.iter().filter(|effect| effect.is_call()).count();
        assert!(
            calls_after <= calls_before + 1,
            "one thing at a time: a step begins at most one call"
        );
        self.show(now, fx);
    }

    fn take(&mut self, now: MonoMs, event: Event, fx: &mut Vec<Effect>) {
        match event {
            Event::Started | Event::Resumed => self.wake(now, fx),
            Event::Paused => self.sleep(),
            Event::OpVaulted => self.op_vaulted(now, fx),
            Event::NetworkUp => self.network_up(now, fx),
            Event::SyncNow => self.sync_now(now, fx),
            Event::TimerFired(id) => self.timer_fired(now, id, fx),
            Event::HelloDone { call, result } if self.awaits(call) => {
                self.hello_done(now, result, fx);
            }
            Event::TailFetched { call, healed } | Event::SegmentOpened { call, healed }
                if self.awaits(call) =>
            {
                self.healed(now, healed, fx);
            }
            Event::BatchCut { call, cut } if self.awaits(call) => self.batch_cut(now, cut, fx),
            Event::PushDone { call, result } if self.awaits(call) => {
                self.push_done(now, result, fx);
            }
            Event::Stored { call, result } if self.awaits(call) => self.stored(now, result, fx),
            // An answer to a call that was given up: the heads tell what became of it.
            Event::HelloDone { .. }
            | Event::TailFetched { .. }
            | Event::SegmentOpened { .. }
            | Event::BatchCut { .. }
            | Event::PushDone { .. }
            | Event::Stored { .. } => {}
        }
    }

    /// Whether the answer belongs to the call that is on its way.
    fn awaits(&self, call: CallId) -> bool {
        assert!(call.0 <= self.calls, "no answer to a call never made");
        let on_its_way = match self.phase {
            Phase::Asleep | Phase::Resting | Phase::Waiting { .. } => false,
            Phase::Greeting
            | Phase::Healing(_)
            | Phase::Cutting
            | Phase::Pushing(_)
            | Phase::Storing(_) => true,
        };
        on_its_way && (call.0 == self.calls || cfg!(mutant = "late_answer_taken"))
    }

    fn next_call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    fn set_timer(&mut self, at: MonoMs, fx: &mut Vec<Effect>) {
        self.timer += 1;
        let id = TimerId(self.timer);
        fx.push(Effect::SetTimer { id, at });
    }

    fn enter(&mut self, now: MonoMs, phase: Phase) {
        self.since = now;
        self.phase = phase;
    }
}
