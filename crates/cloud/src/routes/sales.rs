//! `GET /v1/sales`: sales and refunds as the cloud recorded them.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiError;
use transport::server::{Answer, Refusal};

use super::reading::{Reading, ReportPage, ReportQuery};
use super::state::{Api, refused_by_store};
use crate::store::{Cursor, SaleRow};

/// Sales and refunds, once each, in the order in which they were recorded.
#[utoipa::path(
    get,
    path = "/v1/sales",
    params(ReportQuery),
    responses(
        (status = 200, description = "One page", body = ReportPage<SaleRow>, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The query cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn sales(
    State(api): State<Arc<Api>>,
    reading: Reading,
) -> Result<Answer<ReportPage<SaleRow>>, Refusal> {
    let found = api.store.sales(reading.reach, reading.page).await;
    let rows = found.map_err(refused_by_store)?;
    Ok(Answer::new(reading.page_of(rows, |sale| Cursor {
        rv: sale.rv,
        id: sale.op_id,
    })))
}
