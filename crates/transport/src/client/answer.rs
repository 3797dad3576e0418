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

/// Reads a part of a snapshot: bytes of our own media type with their place, or a refusal. A box on
/// the way may cut, pack or swap what it lets through; a part that is not exactly what was asked
/// for, from its first byte on, is a path failure and may be asked for again.
pub(super) async fn read_part(
    mut response: Response,
    asked: u64,
    (shown, wall_ms): (&str, i64),
) -> Result<SnapshotPart, CallFailure> {
    if !is_of(response.headers(), SNAPSHOT_MEDIA_TYPE) {
        let refused = read::<serde_json::Value>(response, shown, wall_ms).await;
        return Err(refused
            .err()
            .unwrap_or_else(|| unreadable("it is no snapshot", shown)));
    }
    let headers = response.headers();
    let Some(etag) = text(headers, &ETAG).map(str::to_owned) else {
        return Err(unreadable("a part without its name", shown));
    };
    if text(headers, &CONTENT_ENCODING).is_some_and(|word| word != "identity") {
        return Err(unreadable("a part packed a second time", shown));
    }
    let announced = text(headers, &CONTENT_RANGE).map(place);
    let bytes = read_sent(&mut response, shown)
        .await
        .map_err(|words| CallFailure::Path {
            words,
            retry_after_ms: None,
        })?;
    let length = bytes.len() as u64;
    // Without a range it is the whole: a box on the way dropped the question for a part.
    let (from, total) = match announced {
        None => (0, length),
        Some(Some(place)) if place.bytes == length => (place.from, place.total),
        Some(_) => return Err(unreadable("a part that is not what it says", shown)),
    };
    if from != asked || length == 0 {
        return Err(unreadable("another part than was asked for", shown));
    }
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

/// Where a part lies in its whole.
struct PartPlace {
    from: u64,
    bytes: u64,
    total: u64,
}

/// Reads `bytes <from>-<to>/<total>`; `None` if it cannot be true.
fn place(range: &str) -> Option<PartPlace> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    let (from, to, total): (u64, u64, u64) =
        (from.parse().ok()?, to.parse().ok()?, total.parse().ok()?);
    let bytes = to.checked_sub(from)?.checked_add(1)?;
    (to < total).then_some(PartPlace { from, bytes, total })
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
