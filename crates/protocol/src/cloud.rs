//! The one trait that everything which takes a till's ops implements: the HTTP client here, a LAN
//! host and a simulated cloud elsewhere.

use std::future::Future;

use uuid::Uuid;

use crate::audit::Counts;
use crate::error::ApiError;
use crate::ids::SegmentId;
use crate::pull::{PullAnswer, PullRequest, SnapshotPart};
use crate::wire::{
    EnrolAnswer, EnrolRequest, HelloAnswer, HelloRequest, OpsPage, PushAnswer, PushRequest,
};

/// Why a call brought no answer of the cloud.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// Our cloud, in our own media type, said no.
    #[error("{error}")]
    Refused {
        /// Its words.
        error: ApiError,
        /// How long it asked us to wait.
        retry_after_ms: Option<u64>,
    },
    /// Anything else: no route, no name, a time-out, somebody else's answer. Always transient.
    #[error("{words}")]
    Path {
        /// What happened, for a person.
        words: String,
        /// How long the other side asked us to wait, if it did.
        retry_after_ms: Option<u64>,
    },
}

/// A place where ops catch up.
pub trait CloudApi: Send + Sync {
    /// Joins a branch with a one-time code.
    fn enrol(
        &self,
        request: &EnrolRequest,
    ) -> impl Future<Output = Result<EnrolAnswer, CallFailure>> + Send;

    /// Asks what the cloud holds.
    fn hello(
        &self,
        request: &HelloRequest,
    ) -> impl Future<Output = Result<HelloAnswer, CallFailure>> + Send;

    /// Hands in a batch under its key; the key was stored before the first attempt.
    fn push(
        &self,
        idempotency_key: Uuid,
        request: &PushRequest,
    ) -> impl Future<Output = Result<PushAnswer, CallFailure>> + Send;

    /// Reads this till's own ops back.
    fn ops(
        &self,
        segment: SegmentId,
        from: u64,
    ) -> impl Future<Output = Result<OpsPage, CallFailure>> + Send;

    /// Reads what the cloud counts for this till.
    fn audit(&self) -> impl Future<Output = Result<Counts, CallFailure>> + Send;

    /// Fetches one page of the cloud's rows.
    fn pull(
        &self,
        request: &PullRequest,
    ) -> impl Future<Output = Result<PullAnswer, CallFailure>> + Send;

    /// Fetches a part of the catalogue's snapshot, from a byte on. With `etag` only of that very
    /// snapshot: if there is another one by now, the answer is 410 `cursor_reset`: begin again
    /// without one.
    fn snapshot(
        &self,
        etag: Option<&str>,
        from: u64,
    ) -> impl Future<Output = Result<SnapshotPart, CallFailure>> + Send;
}
