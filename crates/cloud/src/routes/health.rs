//! `GET /health`: whether this process can do its work.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiError;
use serde::Serialize;
use transport::server::{Answer, Refusal};
use utoipa::ToSchema;
use uuid::Uuid;

use super::state::{Api, refused_by_store};

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`: the process runs and its database answers.
    status: &'static str,
    /// The program's version.
    version: &'static str,
    /// The database's epoch.
    cloud_epoch: Uuid,
}

/// Says `ok` when the database answers; needs no credential and says nothing of any tenant.
#[utoipa::path(
    get,
    path = "/health",
    responses(
        (status = 200, description = "It works", body = Health, content_type = "application/vnd.holdfast+json"),
        (status = 500, description = "It does not", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn health(State(api): State<Arc<Api>>) -> Result<Answer<Health>, Refusal> {
    let cloud_epoch = api.store.cloud_epoch().await.map_err(refused_by_store)?;
    api.store.ping().await.map_err(refused_by_store)?;
    Ok(Answer::new(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        cloud_epoch,
    }))
}
