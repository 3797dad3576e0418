//! `GET /v1/sync/snapshot`: the whole catalogue as one file, part by part.
//!
//! The file is made in one snapshot of the database and lies ready for an hour; a till goes on from
//! its cursor. Whole or in parts it is the same bytes: a till names them by `If-Match` and starts
//! anew when they are gone.

mod bottle;
mod range;
mod shelf;

use std::io::SeekFrom;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName,
    IF_MATCH, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use protocol::error::{ApiCode, ApiError};
use protocol::pull::SNAPSHOT_MEDIA_TYPE;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use transport::server::{Refusal, Signed};

use self::bottle::Bottle;
use self::range::Range;
pub(super) use self::shelf::Shelf;
use super::pull::{reach_of, reset};
use super::state::Api;
use crate::store::TillCredential;

/// The catalogue: zstd of JSON lines, a `SnapshotHead`, then one `PullRow` a line, live rows only,
/// in no order. Without `If-Match` it begins a fresh one; a till that is in the middle of one names
/// it.
#[utoipa::path(
    get,
    path = "/v1/sync/snapshot",
    params(
        ("range" = Option<String>, Header, description = "`bytes=<from>-<to>`, `bytes=<from>-` or `bytes=-<last>`; anything else is answered with the whole"),
        ("if-match" = Option<String>, Header, description = "The `ETag` of the snapshot that the part shall be of"),
    ),
    responses(
        (status = 200, description = "The whole", body = String, content_type = "application/vnd.holdfast.snapshot+zstd"),
        (status = 206, description = "A part; `Content-Range` says which", body = String, content_type = "application/vnd.holdfast.snapshot+zstd"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 410, description = "The snapshot named by `If-Match` is gone: begin anew (`cursor_reset`)", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 416, description = "The part lies behind the end; `Content-Range` says where that is", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn snapshot(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    signed: Signed<TillCredential>,
) -> Result<Response, Refusal> {
    let reach = reach_of(&signed.caller);
    let bottle = match text(&headers, &IF_MATCH) {
        Some(wanted) => api
            .shelf
            .find(reach, wanted)
            .ok_or_else(|| reset("this snapshot is gone"))?,
        None => shelf::fresh(&api, reach).await?,
    };
    match range::of(text(&headers, &RANGE), bottle.bytes) {
        Range::Whole => answer(&bottle, StatusCode::OK, 0, bottle.bytes).await,
        Range::Part { from, bytes } => {
            answer(&bottle, StatusCode::PARTIAL_CONTENT, from, bytes).await
        }
        Range::Behind => Ok(behind(bottle.bytes)),
    }
}

/// The bytes, read from the file while they are sent.
async fn answer(
    bottle: &Bottle,
    status: StatusCode,
    from: u64,
    bytes: u64,
) -> Result<Response, Refusal> {
    let opened = open(bottle, from).await;
    let file = opened.map_err(|error| {
        tracing::error!(%error, path = %bottle.path.display(), "a snapshot could not be read");
        Refusal::internal()
    })?;
    let body = Body::from_stream(ReaderStream::new(file.take(bytes)));
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SNAPSHOT_MEDIA_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    insert(headers, &ETAG, &bottle.etag);
    if status == StatusCode::PARTIAL_CONTENT {
        let last = (from + bytes).saturating_sub(1);
        let place = format!("bytes {from}-{last}/{}", bottle.bytes);
        insert(headers, &CONTENT_RANGE, &place);
    }
    Ok(response)
}

async fn open(bottle: &Bottle, from: u64) -> std::io::Result<tokio::fs::File> {
    let mut file = tokio::fs::File::open(&bottle.path).await?;
    file.seek(SeekFrom::Start(from)).await?;
    Ok(file)
}

fn behind(total: u64) -> Response {
    let words = format!("the snapshot has {total} bytes, the part begins behind its end");
    let mut response = Refusal::new(ApiCode::OutOfRange, words).into_response();
    insert(
        response.headers_mut(),
        &CONTENT_RANGE,
        &format!("bytes */{total}"),
    );
    response
}

fn insert(headers: &mut HeaderMap, name: &HeaderName, text: &str) {
    // Ids and numbers: always a valid header value.
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
