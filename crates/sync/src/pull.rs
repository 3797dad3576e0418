//! The till's fetching engine: it brings the cloud's rows to the till, after everything that leaves it.
//!
//! **The story.** A round goes through the scopes in the order in which people wait for them: what became of
//! conflicts, people and settings, stock, and the catalogue last. Of each scope it asks for a page, has it staged
//! with its cursor, and asks on until the cloud says that the rows are a whole snapshot; then it has the scope
//! published, whole. The first catalogue, and a new one after the cloud refused the cursor, comes as one file in
//! parts, and pages go on where it ends.
//!
//! **Whose turn it is.** Nothing is asked of the cloud without a *turn*: the driver gives one only while the
//! sending engine rests, and one turn is one call. So between any two pages the sender goes first, and a sale never
//! waits for more than the page that is on its way.
//!
//! **When something fails** the wait grows as the sender's does, and the next attempt begins at the cursor that lies
//! beside the staged rows: what is kept is asked of the file each time, never remembered here. A refused cursor
//! begins its scope again; what is published stays sold until the new snapshot is whole.
//!
//! A round begins when the till starts, each minute, when a push moved a head (at most every five seconds), when the
//! network comes up and when a person asks.
//!
//! Owns: when to ask, in which order, what to do with an answer. Promises: one seed and one list of events give one
//! list of effects. Never does: I/O, clocks, reading a row.

mod event;
mod view;
mod wait;
mod work;

use std::collections::BTreeSet;

use protocol::pull::PullScope;

use crate::backoff::{Backoff, SplitMix64};
use crate::till::{CallId, MonoMs};

pub use event::{PartKept, PublishFailed, PullEffect, PullEvent, StageDone};
pub use view::{PullKind, PullView};

/// How often a resting engine begins a round, milliseconds.
const LOOK_AGAIN_MS: u64 = 60_000;
/// Rounds that pushes begin lie at least so far apart, milliseconds: a busy till sells every few seconds.
const AFTER_PUSH_MS: u64 = 5_000;

/// What an engine begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PullerConfig {
    /// Seed of the jitter.
    pub seed: u64,
    /// Whether the till never held the cloud's catalogue: it comes as a snapshot then.
    pub first_catalogue: bool,
}

/// The engine. One per till and cloud. A copy of it is a machine resumed from a snapshot of its memory.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the round; together they are no state machine"
)]
pub struct Puller {
    phase: Phase,
    /// Scopes of this round that are not published yet.
    due: BTreeSet<PullScope>,
    /// The scope asked for last, and whether the cloud has more of it.
    last: Option<PullScope>,
    unfinished: bool,
    /// The catalogue is fetched as a snapshot before pages go on.
    snapshot: bool,
    calls: u64,
    timer: u64,
    random: SplitMix64,
    backoff: Backoff,
    /// Scopes begun again since a page of them was last kept: a cloud that refuses its own cursors must not make
    /// the till spin.
    begun_again: BTreeSet<PullScope>,
    round_at: Option<MonoMs>,
    /// A round began while this scope's page was on its way: it is asked for again.
    ask_again: bool,
    /// A push moved a head while a round was under way: the next one begins soon.
    push_waits: bool,
    nudged_at: Option<MonoMs>,
    rounds: u64,
    wishes: u64,
    granted: u64,
    done: u64,
    total: Option<u64>,
    last_words: Option<String>,
    shown: Option<PullView>,
}

/// What the engine waits for. Exactly one thing at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Not started, or paused by a person.
    Asleep,
    /// For its turn if something is due, else for the next round.
    Ready,
    /// A page is on its way.
    Asking(PullScope),
    /// The page is being staged; whether the cloud has more.
    Staging {
        /// Of which rows.
        scope: PullScope,
        /// Whether more rows follow.
        more: bool,
    },
    /// A part of the snapshot is on its way.
    Fetching,
    /// The part is being kept.
    Keeping,
    /// A scope, or the snapshot of the catalogue, is being published.
    Publishing {
        /// Of which rows.
        scope: PullScope,
        /// From the snapshot's file.
        snapshot: bool,
    },
    /// A scope begins again.
    BeginningAgain(PullScope),
    /// Nothing happens before the time is up.
    Waiting {
        /// Until when.
        until: MonoMs,
        /// The other side asked for it.
        asked: bool,
    },
}

impl Puller {
    /// An engine that sleeps until [`PullEvent::Started`].
    pub fn new(config: PullerConfig) -> Self {
        Self {
            phase: Phase::Asleep,
            due: BTreeSet::new(),
            last: None,
            unfinished: false,
            snapshot: config.first_catalogue,
            calls: 0,
            timer: 0,
            random: SplitMix64::new(config.seed),
            backoff: Backoff::default(),
            begun_again: BTreeSet::new(),
            round_at: None,
            ask_again: false,
            push_waits: false,
            nudged_at: None,
            rounds: 0,
            wishes: 0,
            granted: 0,
            done: 0,
            total: None,
            last_words: None,
            shown: None,
        }
    }

    /// Whether a [`PullEvent::Turn`] would be used now.
    pub fn wants_turn(&self) -> bool {
        self.phase == Phase::Ready && !self.due.is_empty()
    }

    /// Takes one event at a moment of the monotonic clock; appends what is to be done.
    pub fn step(&mut self, now: MonoMs, event: PullEvent, fx: &mut Vec<PullEffect>) {
        let is_turn = matches!(event, PullEvent::Turn);
        let before = fx.len();
        self.take(now, event, fx);
        let calls = || fx.iter().skip(before);
        assert!(
            calls().filter(|effect| effect.is_call()).count() <= 1,
            "one thing at a time: a step begins at most one call"
        );
        assert!(
            is_turn || !calls().any(PullEffect::is_on_the_line),
            "nothing is asked of the cloud without a turn"
        );
        self.show(fx);
    }

    fn take(&mut self, now: MonoMs, event: PullEvent, fx: &mut Vec<PullEffect>) {
        match event {
            PullEvent::Started | PullEvent::Resumed => self.wake(now),
            PullEvent::Paused => self.sleep(),
            PullEvent::Turn => self.turn(now, fx),
            PullEvent::Pushed => self.pushed(now, fx),
            PullEvent::NetworkUp => self.network_up(now, fx),
            PullEvent::PullNow => self.pull_now(now),
            PullEvent::TimerFired(id) => self.timer_fired(now, id, fx),
            PullEvent::PageCame { call, result } if self.awaits(call) => {
                self.page_came(now, result, fx);
            }
            PullEvent::Staged { call, result } if self.awaits(call) => self.staged(now, result, fx),
            PullEvent::PartCame { call, result } if self.awaits(call) => {
                self.part_came(now, result, fx);
            }
            PullEvent::PartKept { call, result } if self.awaits(call) => {
                self.part_kept(now, result, fx);
            }
            PullEvent::Published { call, result } if self.awaits(call) => {
                self.published(now, result, fx);
            }
            PullEvent::BegunAgain { call, result } if self.awaits(call) => {
                self.begun_again(now, result, fx);
            }
            // An answer to a call that was given up: the file tells what became of it.
            PullEvent::PageCame { .. }
            | PullEvent::Staged { .. }
            | PullEvent::PartCame { .. }
            | PullEvent::PartKept { .. }
            | PullEvent::Published { .. }
            | PullEvent::BegunAgain { .. } => {}
        }
    }

    /// Whether the answer belongs to the call that is on its way.
    fn awaits(&self, call: CallId) -> bool {
        assert!(call.0 <= self.calls, "no answer to a call never made");
        let on_its_way = match self.phase {
            Phase::Asleep | Phase::Ready | Phase::Waiting { .. } => false,
            Phase::Asking(_)
            | Phase::Staging { .. }
            | Phase::Fetching
            | Phase::Keeping
            | Phase::Publishing { .. }
            | Phase::BeginningAgain(_) => true,
        };
        on_its_way && call.0 == self.calls
    }

    fn next_call(&mut self, phase: Phase) -> CallId {
        self.phase = phase;
        self.calls += 1;
        CallId(self.calls)
    }

    /// The next scope: one whose pages are under way, else the next one due after the last asked for, what a person
    /// waits for first. Only the catalogue lets others go between two of its parts: it may take minutes, and no scope
    /// that is due again and again keeps a later one waiting.
    fn next_scope(&self) -> Option<PullScope> {
        if let Some(scope) = self
            .last
            .filter(|scope| self.unfinished && *scope != PullScope::Catalogue)
        {
            return Some(scope);
        }
        let (after, upto): (Vec<_>, Vec<_>) = PullScope::ALL
            .into_iter()
            .partition(|scope| Some(*scope) > self.last);
        let mut in_turn = after.into_iter().chain(upto);
        in_turn.find(|scope| self.due.contains(scope))
    }
}
