//! `/v1/admin/conflicts`: what needs a person, and the decision.

use std::sync::Arc;

use axum::extract::State;
use protocol::conflict::ConflictRow;
use protocol::error::ApiCode;
use serde::{Deserialize, Serialize};
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::state::Api;
use super::credential::{Caller, Key};
use super::query::{InPath, InQuery, limit};
use super::{No, refused};
use crate::office::SettleWanted;
use crate::store::admin::ConflictsWanted;

/// Which conflicts are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ConflictsQuery {
    /// Those that are settled; else those that are open.
    settled: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 200 if nothing is said.
    limit: Option<u32>,
}

/// One page of conflicts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConflictPage {
    /// The conflicts.
    rows: Vec<ConflictRow>,
    /// What to give as `after` for those that follow; absent: there are none.
    next: Option<String>,
}

/// What needs a person, or did.
#[utoipa::path(
    get,
    path = "/v1/admin/conflicts",
    params(ConflictsQuery),
    responses((status = 200, body = ConflictPage, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn conflicts(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InQuery(query): InQuery<ConflictsQuery>,
) -> Result<Answer<ConflictPage>, Refusal> {
    let limit = limit(query.limit)?;
    let before = query.after.as_deref().map(place).transpose()?;
    let wanted = ConflictsWanted {
        settled: query.settled.unwrap_or(false),
        before,
        limit: limit + 1,
    };
    let found = caller.office(&api).conflicts(wanted).await;
    let mut rows = found.map_err(refused)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| format!("{}.{}", row.opened_at_ms, row.conflict.simple()));
    Ok(Answer::new(ConflictPage { rows, next }))
}

fn place(text: &str) -> Result<(i64, Uuid), Refusal> {
    let read = || {
        let (at_ms, id) = text.split_once('.')?;
        Some((at_ms.parse().ok()?, Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(|| {
        Refusal::new(
            ApiCode::Malformed,
            format!("after must be the next of an earlier page, got {text:?}"),
        )
    })
}

/// One conflict, both sides.
#[utoipa::path(
    get,
    path = "/v1/admin/conflicts/{conflict}",
    params(("conflict" = Uuid, Path)),
    responses((status = 200, body = ConflictRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn conflict(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(conflict): InPath<Uuid>,
) -> Result<Answer<ConflictRow>, Refusal> {
    let row = caller.office(&api).conflict(conflict).await;
    row.map(Answer::new).map_err(refused)
}

/// Decides. The decision is an op of head office's own stream: recorded, chained and pulled like
/// any other; the Idempotency-Key is its id.
#[utoipa::path(
    post,
    path = "/v1/admin/conflicts/{conflict}/settle",
    params(("conflict" = Uuid, Path), ("idempotency-key" = String, Header, description = "A UUID: the id of the op")),
    request_body = SettleWanted,
    responses((status = 200, body = ConflictRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn settle(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(conflict): InPath<Uuid>,
    Key(key): Key,
    Unsigned(wanted): Unsigned<SettleWanted>,
) -> Result<Answer<ConflictRow>, Refusal> {
    let office = caller.office(&api);
    let settled = office.settle(&api.streams, conflict, wanted, key).await;
    let (row, repeated) = settled.map_err(refused)?;
    Ok(Answer::new(row).replayed(repeated))
}
