//! `GET /metrics`: the figures of this process, and the middleware that counts and logs.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use transport::server::Refusal;

use super::state::{Api, refused_by_store};
use crate::ports::Stopwatch;

/// What Prometheus asks for; the text form of OpenMetrics.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counters and latencies of this process, and how far each till is behind. Needs no credential and
/// tells no names and no amounts: let it be reached from inside only.
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(State(api): State<Arc<Api>>) -> Result<Response, Refusal> {
    let lags = api.store.lags().await.map_err(refused_by_store)?;
    let now_ms = api.ports.clock.wall_ms();
    let page = api.figures.page(api.admission.inside(), &lags, now_ms);
    let page = page.map_err(|_| Refusal::internal())?;
    Ok(([(CONTENT_TYPE, TEXT)], page).into_response())
}

/// One line and one observation a request: method, route, status, time. No header, no body and no
/// query is logged: they hold codes, tokens and signatures.
pub(super) async fn watched(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let watch = Stopwatch::start();
    let response = next.run(request).await;
    let took = watch.elapsed();
    let status = response.status().as_u16();
    // An unknown path is one route, or a stranger could make as many as he likes.
    let route = matched.as_ref().map_or("unknown", MatchedPath::as_str);
    api.figures.answered(method.as_str(), route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if response.status().is_server_error() {
        tracing::error!(%method, path, status, micros, "answered");
    } else {
        tracing::debug!(%method, path, status, micros, "answered");
    }
    response
}
