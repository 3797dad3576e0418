//! `GET /v1/openapi.json`: the API's own description, generated from the routes.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::{ApiCode, ApiError, MEDIA_TYPE};
use serde_json::Value;
use transport::server::{Answer, Refusal};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};

use super::state::Api;

/// What the API says about itself; paths and schemas come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdfast cloud",
        description = "Takes what tills recorded, once each, in order, and reads it back.\n\n\
            Tills sign each request: `Authorization: Holdfast till=<uuid>,at=<ms>,token=<hex>,sig=<hex>` over \
            method, path, time, Idempotency-Key and body. Reports also take `Authorization: Bearer <read token>`, and \
            `/v1/admin/*` takes `Authorization: Bearer <admin token>` alone. \
            Every answer is `application/vnd.holdfast+json`; refusals are `ApiError`."
    ),
    components(schemas(ApiError, ApiCode, protocol::pull::PullScope))
)]
pub(super) struct Document;

/// What any route may answer: status and sentence.
const ALWAYS: [(&str, &str); 2] = [
    (
        "429",
        "Too much at once, or the answer took too long; `Retry-After` says when to come back",
    ),
    ("500", "Our own fault; nothing is lost"),
];
/// What any route may answer that asks who is calling: it reads the credential and the body first.
const WITH_CREDENTIAL: [(&str, &str); 2] = [
    ("400", "The request cannot be read"),
    ("413", "The body is larger than the limits"),
];

/// The description with what every route may answer said once, here. What a route says of a status
/// itself stays as it is.
pub(super) fn with_common_answers(
    mut document: utoipa::openapi::OpenApi,
) -> utoipa::openapi::OpenApi {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let asks_who = operation.responses.responses.contains_key("401");
        let more = if asks_who { &WITH_CREDENTIAL[..] } else { &[] };
        for (status, description) in ALWAYS.iter().chain(more) {
            let responses = &mut operation.responses.responses;
            let refusal = responses.entry((*status).to_owned());
            refusal.or_insert_with(|| refusal_of(description).into());
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ];
    all.into_iter().flatten()
}

fn refusal_of(description: &str) -> utoipa::openapi::Response {
    let error = Ref::from_schema_name("ApiError");
    let content = ContentBuilder::new().schema(Some(error)).build();
    ResponseBuilder::new()
        .description(description)
        .content(MEDIA_TYPE, content)
        .build()
}

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
