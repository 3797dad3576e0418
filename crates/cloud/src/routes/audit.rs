//! `GET /v1/sync/audit`: the cloud's half of the proof that both ends hold the same.

use std::sync::Arc;

use axum::extract::State;
use protocol::audit::Counts;
use protocol::error::ApiError;
use transport::server::{Answer, Refusal, Signed};

use super::state::{Api, refused_by_store};
use crate::store::TillCredential;

/// Counts, value and head of the till that asks, counted from what is recorded.
#[utoipa::path(
    get,
    path = "/v1/sync/audit",
    responses(
        (status = 200, description = "What the cloud holds", body = Counts, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn audit(
    State(api): State<Arc<Api>>,
    signed: Signed<TillCredential>,
) -> Result<Answer<Counts>, Refusal> {
    let counts = api.store.audit(signed.caller.tenant, signed.till).await;
    counts.map(Answer::new).map_err(refused_by_store)
}
