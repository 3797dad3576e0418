//! Path, query and body of a request, refused in our own words when they cannot be read.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use protocol::error::ApiCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use transport::server::Refusal;
use uuid::Uuid;

/// Rows of one page, when nothing else is asked for.
const PAGE_ROWS: u32 = 200;
/// The most rows of one page.
const MAX_PAGE_ROWS: u32 = 1_000;

/// What the path names.
#[derive(Debug, Clone)]
pub(super) struct InPath<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|error| Refusal::new(ApiCode::Malformed, format!("the path: {error}")))
    }
}

/// What the query asks.
#[derive(Debug, Clone)]
pub(in crate::routes) struct InQuery<T>(pub(in crate::routes) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(value)| Self(value))
            .map_err(|error| Refusal::new(ApiCode::Malformed, format!("the query: {error}")))
    }
}

/// Where a row holds.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct BranchQuery {
    /// One branch alone; absent: all of them.
    pub(super) branch: Option<Uuid>,
}

/// How many rows a page shall have.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Refusal> {
    let limit = asked.unwrap_or(PAGE_ROWS);
    if (1..=MAX_PAGE_ROWS).contains(&limit) {
        return Ok(limit);
    }
    Err(Refusal::new(
        ApiCode::Malformed,
        format!("limit must be 1 to {MAX_PAGE_ROWS}, got {limit}"),
    ))
}
