//! The values around the tills that head office watches.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A till as head office sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillRow {
    /// The till.
    pub till: Uuid,
    /// What people call it.
    pub name: String,
    /// Its branch.
    pub branch: Uuid,
    /// The branch's name.
    pub branch_name: String,
    /// When it was enrolled, UTC milliseconds.
    pub enrolled_at_ms: i64,
    /// When it was revoked; absent: it may speak.
    pub revoked_at_ms: Option<i64>,
    /// When it last said hello, UTC milliseconds.
    pub seen_at_ms: Option<i64>,
    /// Its program's version then.
    pub app: Option<String>,
    /// How many ops it believed to be beyond the cloud's heads then.
    pub backlog: Option<u64>,
    /// Whether its own last check of journal and vault was good.
    pub proof_ok: Option<bool>,
    /// The last place of its stream that is recorded.
    pub head_seq: Option<u64>,
    /// The chain there, hex.
    pub head_chain: Option<String>,
}

/// A till's last word about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillSeen {
    /// The business.
    pub tenant: Uuid,
    /// The till.
    pub till: Uuid,
    /// Now, UTC milliseconds.
    pub now_ms: i64,
    /// Its program's version.
    pub app: String,
    /// How many ops it believes to be beyond the cloud's heads.
    pub backlog: Option<u64>,
    /// Whether its own last check of journal and vault was good.
    pub proof_ok: Option<bool>,
}

/// How far a till is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The till.
    pub till: Uuid,
    /// When it last said hello, UTC milliseconds.
    pub seen_at_ms: i64,
    /// How many ops it believed to be beyond the cloud's heads then.
    pub backlog: Option<u64>,
}
