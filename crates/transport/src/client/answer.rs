//! Telling our cloud's answer from anybody else's.

use protocol::cloud::CallFailure;
use protocol::error::{ApiError, MEDIA_TYPE};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::{retry_after, words};
use crate::packing::{Packing, UnpackLimits, unpack};
use crate::server::MAX_ANSWER_BYTES;

/// What an answer may weigh: packed or not never more than the cloud would send.
const LIMITS: UnpackLimits = UnpackLimits {
    max_bytes: MAX_ANSWER_BYTES,
    max_ratio: 200,
};

/// Reads a whole response. Only our media type can carry a value or a refusal; the status must be
/// the one that the refusal's code fixes, or a box in between has had its hand in it.
pub(super) async fn read<T: DeserializeOwned>(
    mut response: Response,
    shown: &str,
    wall_ms: i64,
) -> Result<T, CallFailure> {
    let status = response.status();
    let retry_after_ms = wait_asked(response.headers(), wall_ms);
    let path = |words: String| CallFailure::Path {
        words,
        retry_after_ms,
    };
    if !is_ours(response.headers()) {
        let location = text(response.headers(), &reqwest::header::LOCATION);
        return Err(path(words::of_foreign_answer(status, location, shown)));
    }
    let packing = Packing::from_header(text(response.headers(), &CONTENT_ENCODING))
        .map_err(|refused| path(words::of_unreadable(&refused.to_string(), shown)))?;
    let sent = read_sent(&mut response, shown).await.map_err(path)?;
    let plain = unpack(packing, &sent, LIMITS)
        .map_err(|refused| path(words::of_unreadable(&refused.to_string(), shown)))?;
    if status.is_success() {
        return serde_json::from_slice(&plain)
            .map_err(|error| path(words::of_unreadable(&error.to_string(), shown)));
    }
    match serde_json::from_slice::<ApiError>(&plain) {
        Ok(error) if error.code.status() == status.as_u16() => Err(CallFailure::Refused {
            error,
            retry_after_ms,
        }),
        Ok(_) | Err(_) => Err(path(words::of_foreign_answer(status, None, shown))),
    }
}

async fn read_sent(response: &mut Response, shown: &str) -> Result<Vec<u8>, String> {
    let mut sent = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| words::of_error(&error, shown))?
    {
        if sent.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(words::of_unreadable("it does not end", shown));
        }
        sent.extend_from_slice(&piece);
    }
    Ok(sent)
}

fn is_ours(headers: &HeaderMap) -> bool {
    let essence = text(headers, &CONTENT_TYPE).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

fn wait_asked(headers: &HeaderMap, wall_ms: i64) -> Option<u64> {
    let asked = text(headers, &RETRY_AFTER)?;
    retry_after::parse(asked, text(headers, &DATE), wall_ms)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
