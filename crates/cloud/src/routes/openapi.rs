//! `GET /v1/openapi.json`: the API's own description, generated from the routes.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::{ApiCode, ApiError};
use serde_json::Value;
use transport::server::{Answer, Refusal};
use utoipa::OpenApi;

use super::state::Api;

/// What the API says about itself; paths and schemas come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdfast cloud",
        description = "Takes what tills recorded, once each, in order, and reads it back.\n\n\
            Tills sign each request: `Authorization: Holdfast till=<uuid>,at=<ms>,sig=<hex>` over method, path, \
            time, Idempotency-Key and body. Reports also take `Authorization: Bearer <read token>`. \
            Every answer is `application/vnd.holdfast+json`; refusals are `ApiError`."
    ),
    components(schemas(ApiError, ApiCode))
)]
pub(super) struct Document;

/// This document.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/vnd.holdfast+json"))
)]
pub(super) async fn openapi(State(api): State<Arc<Api>>) -> Result<Answer<Value>, Refusal> {
    let document = api.document.get().ok_or_else(Refusal::internal)?;
    Ok(Answer::new(document.clone()))
}
