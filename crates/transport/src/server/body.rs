//! A request's body: read within a bound, unpacked within a bound.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use protocol::error::ApiCode;
use protocol::limits::{MAX_BATCH_BYTES, MAX_BATCH_ENCODED_BYTES, MAX_UNPACK_RATIO};
use serde::de::DeserializeOwned;

use super::Refusal;
use crate::packing::{Packing, UnpackLimits, UnpackRefused, unpack};

/// A sender that says nothing for so long has gone.
const IDLE: Duration = Duration::from_secs(15);

/// What a request's body may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Bytes as sent.
    pub max_sent_bytes: usize,
    /// Bytes and ratio after unpacking.
    pub unpacked: UnpackLimits,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            max_sent_bytes: MAX_BATCH_ENCODED_BYTES,
            unpacked: UnpackLimits {
                max_bytes: MAX_BATCH_BYTES,
                max_ratio: MAX_UNPACK_RATIO,
            },
        }
    }
}

/// A body without a credential, read as JSON: an enrolment.
#[derive(Debug, Clone)]
pub struct Unsigned<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Unsigned<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let limits = BodyLimits::default();
        let (parts, body) = request.into_parts();
        let sent = read_sent(&parts.headers, body, limits).await?;
        let plain = unpack_sent(&parts.headers, &sent, limits)?;
        read_json(&plain).map(Self)
    }
}

/// Reads the body as sent, not a byte beyond the limit.
pub(super) async fn read_sent(
    headers: &HeaderMap,
    mut body: Body,
    limits: BodyLimits,
) -> Result<Vec<u8>, Refusal> {
    let limit = limits.max_sent_bytes;
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit as u64) {
        return Err(too_large(limit));
    }
    let mut sent = Vec::new();
    loop {
        let next = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
        let frame = match tokio::time::timeout(IDLE, next).await {
            Err(_) => return Err(cut_short("nothing came for 15 seconds")),
            Ok(None) => return Ok(sent),
            Ok(Some(Err(error))) => return Err(cut_short(&error.to_string())),
            Ok(Some(Ok(frame))) => frame,
        };
        if let Ok(piece) = frame.into_data() {
            if sent.len() + piece.len() > limit {
                return Err(too_large(limit));
            }
            sent.extend_from_slice(&piece);
        }
    }
}

/// Unpacks what was sent, as its `Content-Encoding` says.
pub(super) fn unpack_sent(
    headers: &HeaderMap,
    sent: &[u8],
    limits: BodyLimits,
) -> Result<Vec<u8>, Refusal> {
    let encoding = match headers.get(CONTENT_ENCODING).map(|value| value.to_str()) {
        None => None,
        Some(Ok(text)) => Some(text),
        Some(Err(_)) => Some("?"),
    };
    Packing::from_header(encoding)
        .and_then(|packing| unpack(packing, sent, limits.unpacked))
        .map_err(|refused| {
            let code = match refused {
                UnpackRefused::TooLarge { .. } | UnpackRefused::Bomb { .. } => ApiCode::TooLarge,
                UnpackRefused::UnknownEncoding(_) | UnpackRefused::Damaged(_) => ApiCode::Malformed,
            };
            Refusal::new(code, refused.to_string())
        })
}

/// Reads a plain body as JSON, the field named if it cannot be read.
pub(super) fn read_json<T: DeserializeOwned>(plain: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(plain).map_err(|error| {
        Refusal::new(
            ApiCode::Malformed,
            format!("the body is unreadable: {error}"),
        )
    })
}

fn too_large(limit: usize) -> Refusal {
    Refusal::new(
        ApiCode::TooLarge,
        format!("the body is larger than {limit} bytes as sent: send fewer ops at once"),
    )
}

fn cut_short(why: &str) -> Refusal {
    Refusal::new(
        ApiCode::Malformed,
        format!("the body ended before its end: {why}"),
    )
}
