//! Answers and refusals in our media type.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use protocol::error::{ApiCode, ApiError, MEDIA_TYPE};
use serde::Serialize;

use crate::paths::IDEMPOTENCY_REPLAYED;

/// A value as JSON in our media type, 200.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    value: T,
    replayed: bool,
}

impl<T> Answer<T> {
    /// The answer.
    pub const fn new(value: T) -> Self {
        Self {
            value,
            replayed: false,
        }
    }

    /// Marks the answer to a key that was answered before.
    #[must_use]
    pub const fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let body = match serde_json::to_vec(&self.value) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                return Refusal::internal().into_response();
            }
        };
        let mut response = ours(StatusCode::OK, body);
        if self.replayed {
            response
                .headers_mut()
                .insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// A refusal in our media type, with the status that its code fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind and the sentence.
    pub error: ApiError,
    /// How long the till is asked to wait, milliseconds; sent in whole seconds, rounded up.
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    /// A refusal with its sentence. `Busy` and `IdempotencyKeyBusy` ask for a second's patience.
    pub fn new(code: ApiCode, message: impl Into<String>) -> Self {
        ApiError::new(code, message).into()
    }

    /// Asks the till to wait so long, milliseconds.
    #[must_use]
    pub const fn after_ms(mut self, wait_ms: u64) -> Self {
        self.retry_after_ms = Some(wait_ms);
        self
    }

    /// Our own fault; the cause belongs into the log and not on the wire.
    pub fn internal() -> Self {
        Self::new(
            ApiCode::Internal,
            "the cloud failed to answer; nothing is lost, the till tries again by itself",
        )
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let busy = matches!(error.code, ApiCode::Busy | ApiCode::IdempotencyKeyBusy);
        Self {
            error,
            retry_after_ms: busy.then_some(1_000),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.error.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Two strings and a word: writing them cannot fail, and an empty body is still no success.
        let body = serde_json::to_vec(&self.error).unwrap_or_default();
        let mut response = ours(status, body);
        if let Some(wait_ms) = self.retry_after_ms {
            let seconds = HeaderValue::from(wait_ms.div_ceil(1_000));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

fn ours(status: StatusCode, body: Vec<u8>) -> Response {
    let headers = [(CONTENT_TYPE, MEDIA_TYPE), (CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
