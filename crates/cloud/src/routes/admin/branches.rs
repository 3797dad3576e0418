//! `/v1/admin/branches`: the shops of the business.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::state::Api;
use super::credential::Caller;
use super::query::InPath;
use super::{List, No, refused};
use crate::store::admin::BranchRow;

/// A branch as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BranchEntry {
    /// 1 to 200 characters, one of a kind in the business.
    name: String,
}

/// The branches, by name.
#[utoipa::path(
    get,
    path = "/v1/admin/branches",
    responses((status = 200, body = List<BranchRow>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn branches(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<BranchRow>>, Refusal> {
    let rows = caller.office(&api).branches().await.map_err(refused)?;
    Ok(Answer::new(List { rows }))
}

/// Makes a branch with an id of your choice, or renames the one that has it.
#[utoipa::path(
    put,
    path = "/v1/admin/branches/{branch}",
    params(("branch" = Uuid, Path)),
    request_body = BranchEntry,
    responses((status = 200, body = BranchRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_branch(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(branch): InPath<Uuid>,
    Unsigned(entry): Unsigned<BranchEntry>,
) -> Result<Answer<BranchRow>, Refusal> {
    let put = caller.office(&api).put_branch(branch, &entry.name).await;
    put.map(Answer::new).map_err(refused)
}
