//! `/v1/admin/operators`: the people who work here.

use std::sync::Arc;

use axum::extract::State;
use domain::Role;
use serde::Deserialize;
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::state::Api;
use super::credential::Caller;
use super::query::InPath;
use super::{Done, List, No, refused};
use crate::store::admin::OperatorEntry;

/// An operator as they shall be; their PIN is set apart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperatorBody {
    /// 1 to 200 characters.
    name: String,
    /// `cashier`, `supervisor`, `manager`, `installer`.
    #[schema(value_type = String)]
    role: Role,
    /// Whether they may sign in.
    active: bool,
    /// The branches they work in; null: all of them.
    #[serde(default)]
    branches: Option<Vec<Uuid>>,
}

/// A PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinBody {
    /// 4 to 8 digits, no run and no repetition. Only its Argon2id hash is kept.
    pin: String,
}

/// Everybody, by name.
#[utoipa::path(
    get,
    path = "/v1/admin/operators",
    responses((status = 200, body = List<OperatorEntry>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn operators(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<OperatorEntry>>, Refusal> {
    let rows = caller.office(&api).operators().await.map_err(refused)?;
    Ok(Answer::new(List { rows }))
}

/// Makes an operator be so.
#[utoipa::path(
    put,
    path = "/v1/admin/operators/{operator}",
    params(("operator" = Uuid, Path)),
    request_body = OperatorBody,
    responses((status = 200, body = OperatorEntry, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_operator(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(operator_id): InPath<Uuid>,
    Unsigned(body): Unsigned<OperatorBody>,
) -> Result<Answer<OperatorEntry>, Refusal> {
    let operator = OperatorEntry {
        operator_id,
        name: body.name,
        role: body.role,
        active: body.active,
        has_pin: false,
        branches: body.branches,
    };
    let put = caller.office(&api).put_operator(operator).await;
    put.map(Answer::new).map_err(refused)
}

/// Takes an operator away; what they did keeps their name.
#[utoipa::path(
    delete,
    path = "/v1/admin/operators/{operator}",
    params(("operator" = Uuid, Path)),
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn delete_operator(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(operator_id): InPath<Uuid>,
) -> Result<Answer<Done>, Refusal> {
    let gone = caller.office(&api).delete_operator(operator_id).await;
    gone.map(|()| Answer::new(Done::YES)).map_err(refused)
}

/// Sets an operator's PIN.
#[utoipa::path(
    put,
    path = "/v1/admin/operators/{operator}/pin",
    params(("operator" = Uuid, Path)),
    request_body = PinBody,
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_pin(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(operator_id): InPath<Uuid>,
    Unsigned(body): Unsigned<PinBody>,
) -> Result<Answer<Done>, Refusal> {
    let set = caller.office(&api).set_pin(operator_id, &body.pin).await;
    set.map(|()| Answer::new(Done::YES)).map_err(refused)
}
