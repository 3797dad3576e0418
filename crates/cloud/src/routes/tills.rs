//! `GET /v1/tills`: who stands where, for those who watch.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiError;
use serde::Serialize;
use transport::server::{Answer, Refusal};
use utoipa::ToSchema;

use super::reading::Reading;
use super::state::{Api, refused_by_store};
use crate::store::admin::TillRow;

/// The tills within reach.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tills {
    /// By name.
    rows: Vec<TillRow>,
}

/// Tills with their last contact, version, backlog, head and proof: a till sees those of its branch.
#[utoipa::path(
    get,
    path = "/v1/tills",
    params(("branch" = Option<uuid::Uuid>, Query, description = "One branch alone")),
    responses(
        (status = 200, description = "The tills", body = Tills, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The query cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn tills(
    State(api): State<Arc<Api>>,
    reading: Reading,
) -> Result<Answer<Tills>, Refusal> {
    let rows = api.store.tills(reading.reach).await;
    Ok(Answer::new(Tills {
        rows: rows.map_err(refused_by_store)?,
    }))
}
