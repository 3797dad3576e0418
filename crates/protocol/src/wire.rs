//! The messages between a till and its cloud.
//!
//! Owns their JSON. `op` values are raw: the bytes that were hashed are the bytes that are sent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{ChainHash, SegmentId};
use crate::limits::BatchLimits;
use crate::outcome::{Outcome, OutcomeCode};
use crate::signing::SignatureHex;
use crate::stream::{Head, Parent};

/// The protocol's version.
pub const PROTO: u32 = 1;

/// `POST /v1/enrol`: a till asks to join with a one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolRequest {
    /// The protocol's version.
    pub proto: u32,
    /// The one-time code a manager made.
    pub code: String,
    /// The till's id, minted by the till.
    pub till: Uuid,
    /// What people call it.
    pub till_name: String,
    /// Its Ed25519 public key, hex.
    #[serde(with = "hex::serde")]
    #[schema(value_type = String)]
    pub public_key: [u8; 32],
    /// The tenant id the till's chain began with.
    pub genesis_tenant: Uuid,
    /// The branch id the till's chain began with.
    pub genesis_branch: Uuid,
    /// Proof that the till holds the key: over [`crate::signing::enrol_statement`].
    #[schema(value_type = String)]
    pub signature: SignatureHex,
}

/// The cloud's welcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolAnswer {
    /// The business the till belongs to now.
    pub tenant: Uuid,
    /// Its name.
    pub tenant_name: String,
    /// The shop.
    pub branch: Uuid,
    /// Its name.
    pub branch_name: String,
    /// The cloud's epoch: new on create and on every restore to an older state.
    pub cloud_epoch: Uuid,
}

/// `POST /v1/sync/hello`: the start of each session and after every doubtful result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HelloRequest {
    /// The protocol's version.
    pub proto: u32,
    /// The till.
    pub till: Uuid,
    /// The epoch of the last answer, if there was one.
    pub cloud_epoch_seen: Option<Uuid>,
    /// The till's own segments, oldest first.
    pub heads: Vec<Head>,
    /// The program's version.
    pub app: String,
    /// Ops that the till believes to be beyond the cloud's heads; for the people who watch.
    #[serde(default)]
    pub backlog: Option<u64>,
    /// Whether the till's own last check of journal and vault was good; for the people who watch.
    #[serde(default)]
    pub proof_ok: Option<bool>,
    /// The cloud's heads as it last told them in the epoch of `cloud_epoch_seen`, newest first. A
    /// cloud that holds less than it once told was put back to an older day without saying so.
    #[serde(default)]
    pub seen: Vec<Head>,
}

/// `POST /v1/sync/token`: an access token, bound to the till's key; asked for with a signed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenAnswer {
    /// The token, to be named in `Authorization` beside the signature.
    pub token: String,
    /// When it ends, UTC milliseconds of the cloud's clock.
    pub expires_at_ms: i64,
    /// UTC milliseconds.
    pub server_time_ms: i64,
}

/// What the cloud holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HelloAnswer {
    /// The cloud's epoch.
    pub cloud_epoch: Uuid,
    /// UTC milliseconds.
    pub server_time_ms: i64,
    /// What one push may hold.
    pub limits: BatchLimits,
    /// The cloud's head of each segment it knows of this till: the only upload cursor.
    pub heads: Vec<CloudHead>,
    /// Segments of the request that the cloud has never seen.
    #[schema(value_type = Vec<String>)]
    pub unknown: Vec<SegmentId>,
    /// The oldest program that may still push.
    pub min_app: String,
}

/// How far the cloud holds one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloudHead {
    /// The segment.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// The last recorded `seq`.
    pub seq: u64,
    /// The chain there.
    #[schema(value_type = String)]
    pub chain: ChainHash,
    /// Up to where the oldest kept backup of the cloud holds it; 0: nothing is.
    pub secured: u64,
}

/// `POST /v1/sync/push`: runs of ops, parents before children.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PushRequest {
    /// The protocol's version.
    pub proto: u32,
    /// The till that sends.
    pub sender: Uuid,
    /// The host's fence, when a host sends; later.
    pub host_epoch: Option<u64>,
    /// The runs.
    pub runs: Vec<Run>,
}

/// Contiguous ops of one segment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// The segment.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// The till whose stream it is.
    pub till: Uuid,
    /// The op before the segment's first one; `None` for a till's first segment.
    pub parent: Option<Parent>,
    /// The `seq` of the segment's first op, wherever this run starts.
    pub first_seq: u64,
    /// The `seq` of the first item.
    pub from: u64,
    /// The chain before the first item.
    #[schema(value_type = String)]
    pub prev: ChainHash,
    /// Set when the till cannot produce the parent any more.
    #[serde(default)]
    pub orphan: bool,
    /// The ops.
    pub items: Vec<RunItem>,
    /// Over [`crate::signing::run_statement`] of the last item.
    #[schema(value_type = String)]
    pub sig: SignatureHex,
}

/// One op in its place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunItem {
    /// Cashier order.
    pub seq: u64,
    /// The chain after it.
    #[schema(value_type = String)]
    pub chain: ChainHash,
    /// The op, byte for byte.
    #[schema(value_type = Object)]
    pub op: Box<RawValue>,
}

/// The answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushAnswer {
    /// The cloud's epoch.
    pub cloud_epoch: Uuid,
    /// UTC milliseconds.
    pub server_time_ms: i64,
    /// What the next push may hold.
    pub limits: BatchLimits,
    /// How long the cloud asks the till to wait before the next one.
    pub pause_ms: u32,
    /// One per run of the request, in its order.
    pub runs: Vec<RunAnswer>,
}

/// What became of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunAnswer {
    /// The segment.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// Whether and why it stopped.
    #[serde(flatten)]
    pub status: RunStatus,
    /// The cloud's head of the segment now; `None` if it holds nothing of it.
    pub head: Option<CloudHead>,
    /// One per recorded item, in order.
    pub results: Vec<OpResult>,
}

/// Why a run stopped; nothing after the first item that is not ok is recorded in the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RunStatus {
    /// Recorded, maybe a prefix: the head says how far.
    Ok,
    /// The run starts beyond the head.
    Gap {
        /// The `seq` the cloud expects.
        expected: u64,
    },
    /// The segment's parent is not recorded.
    NeedParent {
        /// The parent's segment.
        #[schema(value_type = String)]
        parent: SegmentId,
    },
    /// It contradicts what is recorded; the rest of the run is in quarantine.
    Fork {
        /// Where.
        at: u64,
        /// The chain recorded there.
        #[schema(value_type = String)]
        chain: ChainHash,
    },
    /// The bytes do not hash to the chain: corruption, not disagreement.
    BadChain {
        /// Where.
        at: u64,
    },
    /// The signature is not the till's.
    BadSig,
    /// The till was revoked.
    Revoked,
}

/// What became of one op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpResult {
    /// Its place.
    pub seq: u64,
    /// Its identity.
    pub op_id: Uuid,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, if it was not simply accepted.
    pub code: Option<OutcomeCode>,
    /// The open conflict, if there is one.
    pub conflict: Option<Uuid>,
}

/// `GET /v1/sync/ops?segment=…&from=…`: a till's own ops back, to heal an old backup.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpsPage {
    /// The ops from the asked place on.
    pub items: Vec<RunItem>,
    /// Whether there are more.
    pub more: bool,
}
