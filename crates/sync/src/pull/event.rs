//! What the fetching engine hears and what it asks for.

use protocol::cloud::CallFailure;
use protocol::pull::{PullAnswer, PullScope, SnapshotPart};

use super::view::PullView;
use crate::till::{CallId, MonoMs, TimerId};

/// What became of staging a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageDone {
    /// It is kept with its cursor.
    Kept,
    /// The cursor is another one by now: ask again from where it stands.
    Moved,
}

/// What became of keeping a part of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartKept {
    /// Bytes that are here from the beginning.
    pub held: u64,
    /// Bytes of the whole.
    pub total: u64,
}

/// Why a scope could not be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishFailed {
    /// For a person.
    pub words: String,
    /// What was fetched is at fault and not the disk: it is fetched again.
    pub unsound: bool,
}

/// What happens to the engine.
#[derive(Debug, Clone)]
pub enum PullEvent {
    /// The program runs and the till is enrolled.
    Started,
    /// A person stops it.
    Paused,
    /// A person lets it go on.
    Resumed,
    /// The sending engine rests: one call may be made.
    Turn,
    /// A push moved a head.
    Pushed,
    /// The machine's network came up.
    NetworkUp,
    /// A person wants it now.
    PullNow,
    /// A timer's time is up.
    TimerFired(TimerId),
    /// The answer to [`PullEffect::SendPull`].
    PageCame {
        /// The call.
        call: CallId,
        /// The page.
        result: Result<PullAnswer, CallFailure>,
    },
    /// The answer to [`PullEffect::Stage`].
    Staged {
        /// The call.
        call: CallId,
        /// What became of it; otherwise why not, in words.
        result: Result<StageDone, String>,
    },
    /// The answer to [`PullEffect::SendSnapshot`].
    PartCame {
        /// The call.
        call: CallId,
        /// The part.
        result: Result<SnapshotPart, CallFailure>,
    },
    /// The answer to [`PullEffect::KeepPart`].
    PartKept {
        /// The call.
        call: CallId,
        /// How much is here now; otherwise why not, in words.
        result: Result<PartKept, String>,
    },
    /// The answer to [`PullEffect::Publish`] and [`PullEffect::PublishSnapshot`].
    Published {
        /// The call.
        call: CallId,
        /// Whether the till sells by it now.
        result: Result<(), PublishFailed>,
    },
    /// The answer to [`PullEffect::BeginAgain`].
    BegunAgain {
        /// The call.
        call: CallId,
        /// Whether it is done; otherwise why not, in words.
        result: Result<(), String>,
    },
}

/// What the engine asks its driver to do. Calls are answered by the event of the same number.
#[derive(Debug, Clone)]
pub enum PullEffect {
    /// Ask the cloud for the page after the cursor that is kept.
    SendPull {
        /// The call.
        call: CallId,
        /// Of which rows.
        scope: PullScope,
    },
    /// Stage a page, with its cursor, in one transaction.
    Stage {
        /// The call.
        call: CallId,
        /// Of which rows.
        scope: PullScope,
        /// The page.
        page: PullAnswer,
    },
    /// Publish what is staged of a scope, whole.
    Publish {
        /// The call.
        call: CallId,
        /// Of which rows.
        scope: PullScope,
    },
    /// Ask for the part of the snapshot that follows the bytes that are kept.
    SendSnapshot {
        /// The call.
        call: CallId,
    },
    /// Keep a part.
    KeepPart {
        /// The call.
        call: CallId,
        /// The part.
        part: SnapshotPart,
    },
    /// Take the whole snapshot over.
    PublishSnapshot {
        /// The call.
        call: CallId,
    },
    /// Begin a scope again: staged rows, cursor and parts go; the next publish sweeps.
    BeginAgain {
        /// The call.
        call: CallId,
        /// Of which rows.
        scope: PullScope,
    },
    /// Wake the engine at the moment; replaces any earlier timer.
    SetTimer {
        /// The timer.
        id: TimerId,
        /// When.
        at: MonoMs,
    },
    /// Show this.
    Emit(PullView),
}

impl PullEffect {
    /// Whether it is a call that an event answers.
    pub const fn is_call(&self) -> bool {
        match self {
            Self::SendPull { .. }
            | Self::Stage { .. }
            | Self::Publish { .. }
            | Self::SendSnapshot { .. }
            | Self::KeepPart { .. }
            | Self::PublishSnapshot { .. }
            | Self::BeginAgain { .. } => true,
            Self::SetTimer { .. } | Self::Emit(_) => false,
        }
    }

    /// Whether it goes over the line that the sender uses.
    pub const fn is_on_the_line(&self) -> bool {
        match self {
            Self::SendPull { .. } | Self::SendSnapshot { .. } => true,
            Self::Stage { .. }
            | Self::Publish { .. }
            | Self::KeepPart { .. }
            | Self::PublishSnapshot { .. }
            | Self::BeginAgain { .. }
            | Self::SetTimer { .. }
            | Self::Emit(_) => false,
        }
    }
}
