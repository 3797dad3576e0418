//! `GET /v1/sync/ops`: a till's own ops back, byte for byte, to heal an old backup.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use protocol::SegmentId;
use protocol::error::{ApiCode, ApiError};
use protocol::wire::OpsPage;
use serde::Deserialize;
use transport::server::{Answer, Refusal, Signed};

use super::state::{Api, refused_by_store};
use crate::store::TillCredential;

/// Which ops are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OpsQuery {
    /// The segment, 32 hex characters.
    #[param(value_type = String)]
    segment: SegmentId,
    /// The first `seq` wanted.
    from: u64,
}

/// The ops of one segment from a place on, at most 500 and 4 MiB a page.
#[utoipa::path(
    get,
    path = "/v1/sync/ops",
    params(OpsQuery),
    responses(
        (status = 200, description = "One page; empty if the till has no such segment", body = OpsPage, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The query cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn ops(
    State(api): State<Arc<Api>>,
    query: Result<Query<OpsQuery>, QueryRejection>,
    signed: Signed<TillCredential>,
) -> Result<Answer<OpsPage>, Refusal> {
    let Query(query) =
        query.map_err(|error| Refusal::new(ApiCode::Malformed, format!("the query: {error}")))?;
    let tenant = signed.caller.tenant;
    let page = api
        .store
        .ops(tenant, signed.till, query.segment, query.from)
        .await;
    page.map(Answer::new).map_err(refused_by_store)
}
