//! What every route of the cloud shares: our own words for what no handler answered, and packing.

use std::any::Any;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use protocol::error::{ApiCode, MEDIA_TYPE};
use tower_http::catch_panic::CatchPanicLayer;

use super::Refusal;
use crate::packing::{Packing, pack};

/// The largest answer in bytes, packed or not: a page of 500 ops at their largest is cut smaller.
pub const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Wraps the finished router: unknown paths, wrong methods and panics answer in our media type,
/// and answers are packed for a caller that asks for zstd.
pub fn in_our_words<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .fallback(|| async {
            Refusal::new(
                ApiCode::NotFound,
                "there is nothing here: check the URL of the cloud",
            )
        })
        .method_not_allowed_fallback(|| async {
            Refusal::new(ApiCode::NotFound, "this path does not take that method")
        })
        .layer(from_fn(pack_answer))
        .layer(CatchPanicLayer::custom(answer_panic))
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over by value"
)]
fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(words, "a request panicked; its transaction was rolled back");
    Refusal::internal().into_response()
}

async fn pack_answer(request: Request, next: Next) -> Response {
    let wants = accepts_zstd(request.headers());
    let response = next.run(request).await;
    if !wants || !packable(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, MAX_ANSWER_BYTES).await else {
        tracing::error!(MAX_ANSWER_BYTES, "an answer was larger than the limit");
        return Refusal::internal().into_response();
    };
    let (packing, packed) = pack(plain.into());
    parts.headers.remove(CONTENT_LENGTH);
    parts
        .headers
        .insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(word) = packing.header() {
        parts
            .headers
            .insert(CONTENT_ENCODING, HeaderValue::from_static(word));
    }
    debug_assert!(packing != Packing::Gzip, "gzip is taken and never sent");
    Response::from_parts(parts, packed.into())
}

fn accepts_zstd(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    accepted.is_some_and(|list| {
        list.split(',').any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            name.trim() == "zstd" && !matches!(weight.trim(), "q=0" | "q=0.0")
        })
    })
}

fn packable(headers: &HeaderMap) -> bool {
    let ours = headers.get(CONTENT_TYPE).is_some_and(|t| t == MEDIA_TYPE);
    ours && !headers.contains_key(CONTENT_ENCODING)
}
