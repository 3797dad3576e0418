//! Telling our cloud's answer from anybody else's.

use protocol::cloud::CallFailure;
use protocol::error::{ApiError, MEDIA_TYPE};
use protocol::pull::{SNAPSHOT_MEDIA_TYPE, SnapshotPart};
use reqwest::Response;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, RETRY_AFTER,
};
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
    if !is_of(response.headers(), MEDIA_TYPE) {
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

/// Reads a part of a snapshot: bytes of our own media type with their place, or a refusal.
pub(super) async fn read_part(
    mut response: Response,
    shown: &str,
    wall_ms: i64,
) -> Result<SnapshotPart, CallFailure> {
    if !response.status().is_success() || !is_of(response.headers(), SNAPSHOT_MEDIA_TYPE) {
        let refused = read::<serde_json::Value>(response, shown, wall_ms).await;
        return Err(refused
            .err()
            .unwrap_or_else(|| unreadable("it is no snapshot", shown)));
    }
    let headers = response.headers();
    let etag = text(headers, &ETAG).map(str::to_owned);
    let range = text(headers, &CONTENT_RANGE).and_then(place);
    let (Some(etag), Some((from, total))) = (etag, range) else {
        return Err(unreadable("a part without its place", shown));
    };
    let bytes = read_sent(&mut response, shown)
        .await
        .map_err(|words| CallFailure::Path {
            words,
            retry_after_ms: None,
        })?;
    Ok(SnapshotPart {
        etag,
        total,
        from,
        bytes,
    })
}

fn unreadable(why: &str, shown: &str) -> CallFailure {
    CallFailure::Path {
        words: words::of_unreadable(why, shown),
        retry_after_ms: None,
    }
}

/// First byte and total of `bytes <from>-<to>/<total>`.
fn place(range: &str) -> Option<(u64, u64)> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some((from.parse().ok()?, total.parse().ok()?))
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

fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let essence = text(headers, &CONTENT_TYPE).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

fn wait_asked(headers: &HeaderMap, wall_ms: i64) -> Option<u64> {
    let asked = text(headers, &RETRY_AFTER)?;
    retry_after::parse(asked, text(headers, &DATE), wall_ms)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
