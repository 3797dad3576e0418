//! Our cloud's own refusals.
//!
//! Owns the media type by which a till tells our cloud's verdict from anybody else's answer: only
//! a body of this type can make an error permanent. A captive portal's 200, a proxy's 407 or an
//! HTML 520 is a path failure, whatever its status says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The content type of every answer of our cloud.
pub const MEDIA_TYPE: &str = "application/vnd.holdfast+json";

/// A refusal in our own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[error("{code:?}: {message}")]
pub struct ApiError {
    /// What kind of refusal.
    pub code: ApiCode,
    /// For a person: the field, the value, the limit and what to do.
    pub message: String,
    /// With `clock_wrong`: what time it is here, UTC milliseconds. The till signs again with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time_ms: Option<i64>,
}

/// Kinds of refusals; closed. The status is fixed by the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiCode {
    /// The request could not be read.
    Malformed,
    /// A mutating call came without `Idempotency-Key`.
    IdempotencyKeyMissing,
    /// The same key came with another body.
    IdempotencyKeyReused,
    /// The same key is still being worked on.
    IdempotencyKeyBusy,
    /// No or a wrong credential.
    Unauthorized,
    /// The request was signed for another time; sign it again for the time given.
    ClockWrong,
    /// The access token is missing, unknown or expired: ask for a new one.
    TokenExpired,
    /// The till was revoked.
    Revoked,
    /// The credential may not do this.
    Forbidden,
    /// There is no such thing here.
    NotFound,
    /// The enrolment code is unknown, used or expired.
    CodeRefused,
    /// The till is enrolled under another key or tenant.
    AlreadyEnrolled,
    /// There is such a thing already, or it has changed meanwhile.
    Exists,
    /// The cursor is of another epoch or branch, or too old: begin with a snapshot.
    CursorReset,
    /// The asked part of a snapshot lies outside it.
    OutOfRange,
    /// The body is larger than the limits allow.
    TooLarge,
    /// Too many requests at once; try again later.
    Busy,
    /// The program is too old for this cloud; it goes on selling.
    UpgradeRequired,
    /// Our own fault.
    Internal,
}

impl ApiCode {
    /// The HTTP status of the kind.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::IdempotencyKeyMissing => 400,
            Self::Unauthorized | Self::ClockWrong | Self::TokenExpired | Self::Revoked => 401,
            Self::Forbidden | Self::CodeRefused => 403,
            Self::NotFound => 404,
            Self::IdempotencyKeyBusy | Self::AlreadyEnrolled | Self::Exists => 409,
            Self::CursorReset => 410,
            Self::TooLarge => 413,
            Self::OutOfRange => 416,
            Self::IdempotencyKeyReused => 422,
            Self::UpgradeRequired => 426,
            Self::Busy => 429,
            Self::Internal => 500,
        }
    }
}

impl ApiError {
    /// A refusal with its sentence.
    pub fn new(code: ApiCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            server_time_ms: None,
        }
    }
}
