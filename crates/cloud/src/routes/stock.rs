//! `GET /v1/stock`: what the recorded movements add up to.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiError;
use transport::server::{Answer, Refusal};

use super::reading::{Reading, ReportPage, ReportQuery};
use super::state::{Api, refused_by_store};
use crate::store::{Cursor, StockRow};

/// Stock of each product in each branch, in the order of its last change.
#[utoipa::path(
    get,
    path = "/v1/stock",
    params(ReportQuery),
    responses(
        (status = 200, description = "One page", body = ReportPage<StockRow>, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The query cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn stock(
    State(api): State<Arc<Api>>,
    reading: Reading,
) -> Result<Answer<ReportPage<StockRow>>, Refusal> {
    let found = api.store.stock(reading.reach, reading.page).await;
    let rows = found.map_err(refused_by_store)?;
    Ok(Answer::new(reading.page_of(rows, |stock| Cursor {
        rv: stock.rv,
        id: stock.product_id,
    })))
}
