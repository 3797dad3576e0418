//! The Sync screen: what is safe where, what waits, and the proof of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::frame::Safety;
use super::sync::SyncState;

/// The screen's first line and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncOverview {
    /// What is safe where.
    pub safety: Safety,
    /// Chooses the one sentence.
    pub sentence_kind: SentenceKind,
    /// Things that need a person, each counted once.
    pub needs_you: u32,
    /// Ops not yet known to be in the cloud.
    pub waiting: u64,
    /// The last proof, if one was ever made.
    pub proof: Option<ProofView>,
    /// Where the cloud is; `null`: this till belongs to none.
    pub cloud_url: Option<String>,
    /// Whether a person paused sending.
    pub paused: bool,
    /// Whether the signed-in person may use the installer's tools.
    pub role_tools: bool,
    /// What is under way now.
    pub progress: Option<SyncProgress>,
}

/// The one sentence's kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SentenceKind {
    /// The till belongs to no cloud.
    Alone,
    /// Everything is in the cloud.
    AllSafe,
    /// On its way.
    Sending,
    /// The cloud's rows are being fetched; nothing waits to be sent.
    Fetching,
    /// The cloud does not answer.
    Offline,
    /// A person paused sending.
    Paused,
    /// Something needs a person.
    NeedsPerson,
}

/// How far sending or fetching is; also the payload of the event `sync_progress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncProgress {
    /// Done of it.
    pub done: u64,
    /// In all; 0: not known yet.
    pub total: u64,
    /// What is under way.
    pub what: ProgressWhat,
}

/// What is under way on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ProgressWhat {
    /// Ops of this till.
    Sending,
    /// Rows of the cloud.
    Fetching,
}

/// Which ops of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueQuery {
    /// A receipt number or a word of the op's kind.
    #[serde(default)]
    pub text: Option<String>,
    /// Only older ones.
    #[serde(default)]
    pub before_seq: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

/// One op on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueItemView {
    /// The op.
    pub op_id: Uuid,
    /// Cashier order.
    pub seq: u64,
    /// Its type with version.
    pub kind: String,
    /// What it is, in words.
    pub words: String,
    /// When it was recorded.
    pub at_ms: i64,
    /// Where it is.
    pub state: SyncState,
    /// How often it was sent.
    pub attempts: u32,
    /// When the till tries again.
    pub next_attempt_at_ms: Option<i64>,
    /// What the other side said last, in words.
    pub last_answer: Option<String>,
    /// Its size.
    pub bytes: u32,
    /// Its sale or refund, if it is one.
    pub sale_id: Option<Uuid>,
}

/// What both ends hold, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProofView {
    /// When it was made.
    pub checked_at_ms: i64,
    /// Up to which op journal and vault were read and compared, byte for byte.
    pub journal_verified_to: u64,
    /// Whether every link holds, and journal and vault are the same.
    pub journal_ok: bool,
    /// This till.
    pub till: CountsView,
    /// The cloud; `null`: it was not asked or did not answer.
    pub cloud: Option<CountsView>,
    /// Whether counts, sums and the head's hash are the same on both sides; `null`: the cloud was
    /// not heard.
    pub equal: Option<bool>,
    /// What differs or is wrong, in words.
    pub differences: Vec<String>,
}

/// What one side holds of this till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CountsView {
    /// Ops, each counted once.
    pub ops: u64,
    /// Sales.
    pub sales: u64,
    /// Refunds.
    pub refunds: u64,
    /// Lines of sales and refunds.
    pub lines: u64,
    /// Value without tax: sales less refunds.
    pub net_minor: i64,
    /// The last op.
    pub head_seq: u64,
    /// The hash there, hex.
    pub head_hash: Option<String>,
}

/// Which lines of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LogQuery {
    /// Words that a line must have.
    #[serde(default)]
    pub text: Option<String>,
    /// How many at most.
    pub limit: u32,
    /// Only lines before this moment.
    #[serde(default)]
    pub before: Option<i64>,
}

/// One line of the sync log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LogLine {
    /// When.
    pub at_ms: i64,
    /// Which of the three meanings it has.
    pub level: LogLevel,
    /// What happened.
    pub words: String,
}

/// The three meanings of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LogLevel {
    /// It went well.
    Good,
    /// It is tried again.
    Waiting,
    /// A person is needed.
    Person,
}

/// A file for support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BundleMade {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// What is in it and what is not.
    pub words: String,
}

/// What one of the installer's tools did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ToolDone {
    /// What happened and what happens next.
    pub words: String,
    /// The file it made, if it made one.
    pub path: Option<String>,
}

/// One step of the way to the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PathStep {
    /// Which step.
    pub name: PathStepName,
    /// Whether it went well.
    pub ok: bool,
    /// What was found.
    pub words: String,
}

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PathStepName {
    /// The address's name is known.
    Name,
    /// Something listens there.
    Tcp,
    /// It is who it says.
    Tls,
    /// Both clocks agree.
    Clock,
    /// The cloud knows this till.
    Token,
    /// What one push may hold.
    Limits,
}

/// How to leave the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeaveRequest {
    /// Where to export what the cloud does not hold yet; without it, leaving is refused while
    /// anything waits.
    #[serde(default)]
    pub export_to: Option<String>,
}
