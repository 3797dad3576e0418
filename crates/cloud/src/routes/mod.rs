//! The HTTP API: one file a route, each a few lines between the wire and the store.
//!
//! Promises that every answer is in our media type, that no body grows beyond its limit, and that
//! tenant and branch come from the credential. The OpenAPI document is generated from these files.

mod admin;
mod audit;
mod contact;
mod enrol;
mod epochs;
mod health;
mod hello;
mod metrics;
mod openapi;
mod ops;
mod pull;
mod push;
mod reading;
mod sales;
mod snapshot;
mod state;
mod stock;
mod tills;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use protocol::error::ApiCode;
use transport::server::{Refusal, in_our_words};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::state::Api;
use crate::server::{Manners, Ports};
use crate::store::Store;

/// How long a request may take. A till gives up after 60 seconds; it should hear from us first.
const REQUEST_TIME_OUT: Duration = Duration::from_secs(45);
/// How long head office's files may take: 800,000 products are written in some minutes.
const FILE_TIME_OUT: Duration = Duration::from_mins(30);
/// Where those files go.
const FILES: [&str; 2] = ["/v1/admin/products/import", "/v1/admin/salvage"];

/// Every route; the document that describes them is one of them.
pub(crate) fn router(store: Arc<dyn Store>, ports: Ports, manners: Manners) -> axum::Router {
    let api = Arc::new(Api::new(store, ports, manners));
    let (router, document) = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(health::health))
        .routes(routes!(metrics::metrics))
        .routes(routes!(openapi::openapi))
        .routes(routes!(enrol::enrol))
        .routes(routes!(token::token))
        .routes(routes!(hello::hello))
        .routes(routes!(push::push))
        .routes(routes!(ops::ops))
        .routes(routes!(pull::pull))
        .routes(routes!(snapshot::snapshot))
        .routes(routes!(audit::audit))
        .routes(routes!(sales::sales))
        .routes(routes!(stock::stock))
        .routes(routes!(tills::tills))
        .merge(admin::router())
        .split_for_parts();
    api.describe(&openapi::with_common_answers(document));
    in_our_words(router)
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(Arc::clone(&api), metrics::watched))
        .with_state(api)
}

/// Cuts a request off that takes too long. What the store has begun it finishes; the till finds
/// out by `hello`.
async fn in_time(request: Request, next: Next) -> Response {
    let file = FILES
        .iter()
        .any(|file| request.uri().path().ends_with(file));
    let limit = if file {
        FILE_TIME_OUT
    } else {
        REQUEST_TIME_OUT
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(
            ApiCode::Busy,
            format!(
                "the answer took longer than {} s: try again",
                limit.as_secs()
            ),
        )
        .into_response(),
    }
}
