//! What the engine hears and what it asks for.

use std::sync::Arc;

use protocol::cloud::CallFailure;
use protocol::ids::{ChainHash, SegmentId};
use protocol::wire::{CloudHead, HelloAnswer, PushAnswer, PushRequest};
use uuid::Uuid;

use super::view::SyncView;
use crate::chunk::CutLimits;

/// Milliseconds of a clock that never goes back.
pub type MonoMs = u64;

/// Names one call, so that a late answer to an earlier one is known as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// Names one timer; a timer set later replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerId(pub u64);

/// A cut batch under its key. The vault stored the key before it handed the batch out.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The `Idempotency-Key`, a UUIDv7 of this very cut.
    pub key: Uuid,
    /// What is sent.
    pub request: PushRequest,
}

impl Batch {
    /// How many ops it holds.
    pub fn ops(&self) -> usize {
        self.request.runs.iter().map(|run| run.items.len()).sum()
    }
}

/// What the vault answers when asked for a batch.
#[derive(Debug, Clone)]
pub enum Cut {
    /// Nothing lies beyond the heads.
    Nothing,
    /// The next batch.
    Batch(Batch),
    /// The next op is not fit to travel.
    Damaged {
        /// For a person.
        words: String,
    },
    /// The vault could not be read just now.
    Failed {
        /// For a person.
        words: String,
    },
}

/// What the till holds at the place of one of the cloud's heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldAt {
    /// The segment.
    pub segment: SegmentId,
    /// The place.
    pub seq: u64,
    /// The till's own chain there; `None` if it holds nothing there.
    pub chain: Option<ChainHash>,
}

/// A hello with what the till holds at each of the answered heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// One per head of the answer; a segment that was re-enveloped after a fork reports the
    /// cloud's own chain, because the disagreement is settled.
    pub held: Vec<HeldAt>,
    /// The cloud's answer.
    pub answer: HelloAnswer,
}

/// What became of a heal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Healed {
    /// The vault has done it and kept it.
    Done,
    /// It cannot be done without a person.
    NeedsPerson {
        /// For that person.
        words: String,
    },
    /// The path failed in the middle; nothing was changed.
    Failed(CallFailure),
}

/// What happens to the engine.
#[derive(Debug, Clone)]
pub enum Event {
    /// The program runs and the till is enrolled.
    Started,
    /// A person stops sending; selling goes on.
    Paused,
    /// A person lets it go on, or the credential was renewed.
    Resumed,
    /// The vault holds a new op.
    OpVaulted,
    /// The machine's network came up.
    NetworkUp,
    /// A person wants it now.
    SyncNow,
    /// A timer's time is up.
    TimerFired(TimerId),
    /// The answer to [`Effect::SendHello`].
    HelloDone {
        /// The call.
        call: CallId,
        /// The answer with what the till holds beside it.
        result: Result<Hello, CallFailure>,
    },
    /// The answer to [`Effect::FetchTail`].
    TailFetched {
        /// The call.
        call: CallId,
        /// What became of it.
        healed: Healed,
    },
    /// The answer to [`Effect::OpenFreshSegment`].
    SegmentOpened {
        /// The call.
        call: CallId,
        /// What became of it.
        healed: Healed,
    },
    /// The answer to [`Effect::CutBatch`].
    BatchCut {
        /// The call.
        call: CallId,
        /// The batch, if there is one.
        cut: Cut,
    },
    /// The answer to [`Effect::SendPush`].
    PushDone {
        /// The call.
        call: CallId,
        /// The cloud's answer.
        result: Result<PushAnswer, CallFailure>,
    },
    /// The answer to [`Effect::StoreAnswer`].
    Stored {
        /// The call.
        call: CallId,
        /// Whether the vault took it; otherwise why, in words.
        result: Result<(), String>,
    },
}

/// What the engine asks its driver to do. Calls are answered by the event of the same number.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Ask the cloud for its heads, naming all own segments.
    SendHello {
        /// The call.
        call: CallId,
        /// For the request.
        cloud_epoch_seen: Option<Uuid>,
    },
    /// Fetch this till's own ops of a segment up to the place, verify them, keep them as recovered
    /// and raise a `rewind` incident.
    FetchTail {
        /// The call.
        call: CallId,
        /// The segment.
        segment: SegmentId,
        /// The cloud's last place in it.
        upto: u64,
    },
    /// Begin a fresh segment at the last op that both sides share, put own ops beyond it under that
    /// segment, bytes and ids unchanged.
    OpenFreshSegment {
        /// The call.
        call: CallId,
        /// The segment on which the two sides disagree.
        segment: SegmentId,
        /// A place at which they disagree; the last shared one lies before it.
        at: u64,
        /// The cloud's chain there.
        chain: ChainHash,
    },
    /// Cut the next batch beyond the heads and store its key. A segment without a head here is
    /// cut from its first op.
    CutBatch {
        /// The call.
        call: CallId,
        /// The cloud's heads.
        after: Vec<CloudHead>,
        /// How much.
        limits: CutLimits,
    },
    /// Push a batch.
    SendPush {
        /// The call.
        call: CallId,
        /// Key and request.
        batch: Arc<Batch>,
    },
    /// Store outcomes and heads of a push.
    StoreAnswer {
        /// The call.
        call: CallId,
        /// What was sent.
        batch: Arc<Batch>,
        /// What came back.
        answer: PushAnswer,
    },
    /// Keep the cloud's heads for display. Not answered.
    KeepHeads {
        /// The cloud's epoch.
        cloud_epoch: Uuid,
        /// The cloud's clock when it answered, UTC milliseconds.
        server_time_ms: i64,
        /// All heads of this till.
        heads: Vec<CloudHead>,
    },
    /// Wake the engine at the moment; replaces any earlier timer.
    SetTimer {
        /// The timer.
        id: TimerId,
        /// When.
        at: MonoMs,
    },
    /// Show this.
    Emit(SyncView),
}

impl Effect {
    /// Whether it is a call that an event answers.
    pub const fn is_call(&self) -> bool {
        match self {
            Self::SendHello { .. }
            | Self::FetchTail { .. }
            | Self::OpenFreshSegment { .. }
            | Self::CutBatch { .. }
            | Self::SendPush { .. }
            | Self::StoreAnswer { .. } => true,
            Self::KeepHeads { .. } | Self::SetTimer { .. } | Self::Emit(_) => false,
        }
    }
}
