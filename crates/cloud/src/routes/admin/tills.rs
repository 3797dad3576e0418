//! `/v1/admin/tills` and `/v1/admin/enrol-codes`.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::state::Api;
use super::credential::{Caller, Key};
use super::query::InPath;
use super::{List, No, refused};
use crate::store::admin::TillRow;

/// For which branch a code is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeWanted {
    /// The branch.
    branch: Uuid,
}

/// A one-time code.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodeMade {
    /// Ten characters; spaces, dashes and case do not matter.
    code: String,
    /// When it ends, UTC milliseconds.
    expires_at_ms: i64,
}

/// The tills of the business, with the last each said of itself.
#[utoipa::path(
    get,
    path = "/v1/admin/tills",
    responses((status = 200, body = List<TillRow>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn tills(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<TillRow>>, Refusal> {
    let rows = caller.office(&api).tills().await.map_err(refused)?;
    Ok(Answer::new(List { rows }))
}

/// Ends a till's credential; again is the same. The till goes on selling into its own vault and
/// says so; what it has recorded comes in by `/v1/admin/salvage`.
#[utoipa::path(
    post,
    path = "/v1/admin/tills/{till}/revoke",
    params(("till" = Uuid, Path)),
    responses((status = 200, body = TillRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn revoke(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(till): InPath<Uuid>,
) -> Result<Answer<TillRow>, Refusal> {
    let row = caller.office(&api).revoke_till(till).await;
    row.map(Answer::new).map_err(refused)
}

/// Makes a one-time code with which one till may enrol within 15 minutes. The same key for the same
/// branch is the same code.
#[utoipa::path(
    post,
    path = "/v1/admin/enrol-codes",
    params(("idempotency-key" = String, Header, description = "A UUID")),
    request_body = CodeWanted,
    responses((status = 200, body = CodeMade, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn enrol_code(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Key(key): Key,
    Unsigned(wanted): Unsigned<CodeWanted>,
) -> Result<Answer<CodeMade>, Refusal> {
    let office = caller.office(&api);
    let made = office.enrol_code(wanted.branch, key, &api.tokens).await;
    let (code, expires_at_ms) = made.map_err(refused)?;
    Ok(Answer::new(CodeMade {
        code,
        expires_at_ms,
    }))
}
