//! `GET /v1/sync/pull`: the cloud's rows changed since a till's cursor.

pub(super) mod cursor;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use protocol::error::{ApiCode, ApiError};
use protocol::pull::{MAX_PULL_PAGE_ROWS, PULL_PAGE_ROWS, PullAnswer, PullScope};
use serde::Deserialize;
use transport::server::{Answer, Refusal, Signed};
use uuid::Uuid;

use self::cursor::Belongs;
use super::state::{Api, refused_by_store};
use crate::store::TillCredential;
use crate::store::pull::{PullReach, PullWanted, Pulled, Reached};

/// Which rows are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PullQuery {
    /// Each scope has its own cursor.
    scope: PullScope,
    /// The `next` of the page before, or a snapshot's `cursor`; nothing for the first page of all.
    cursor: Option<String>,
    /// Rows of the page; 2000 if nothing is said.
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<u32>,
}

/// One page of the rows that changed since the cursor, each in its latest version, by version. When
/// it says `more = false`, the till holds the state of that page's snapshot. Tenant and branch are
/// the credential's.
#[utoipa::path(
    get,
    path = "/v1/sync/pull",
    params(PullQuery),
    responses(
        (status = 200, description = "One page; at most `limit` rows and 4 MiB", body = PullAnswer, content_type = "application/vnd.holdfast+json"),
        (status = 400, description = "The query cannot be read", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 401, description = "No or a wrong credential, or a revoked till", body = ApiError, content_type = "application/vnd.holdfast+json"),
        (status = 410, description = "The cursor is not one of this scope, branch and epoch, or too old: begin anew (`cursor_reset`)", body = ApiError, content_type = "application/vnd.holdfast+json"),
    )
)]
pub(super) async fn pull(
    State(api): State<Arc<Api>>,
    query: Result<Query<PullQuery>, QueryRejection>,
    signed: Signed<TillCredential>,
) -> Result<Answer<PullAnswer>, Refusal> {
    let Query(query) =
        query.map_err(|error| Refusal::new(ApiCode::Malformed, format!("the query: {error}")))?;
    let reach = reach_of(&signed.caller);
    let limit = limit_of(&query)?;
    let cloud_epoch = api.store.cloud_epoch().await.map_err(refused_by_store)?;
    let belongs = Belongs {
        cloud_epoch,
        tenant: reach.tenant,
        branch: Some(reach.branch),
        scope: query.scope,
    };
    let key = api.store.cursor_key();
    let from = from(&key, &belongs, query.cursor.as_deref())?;
    let told = from.as_ref().map_or(0, |from| from.held);
    let wanted = PullWanted {
        reach,
        scope: query.scope,
        from,
        limit,
    };
    let page = match api.store.pull(wanted).await.map_err(refused_by_store)? {
        Pulled::Page(page) if page.cloud_epoch == cloud_epoch && told <= page.watermark => page,
        // Put back without saying so: what the till holds beyond this was never told by this cloud, and its rows
        // would stay there until each of them changes again.
        Pulled::Page(page) if page.cloud_epoch == cloud_epoch => {
            return Err(reset(
                "the cloud was put back to an older day than the cursor's",
            ));
        }
        // The database was put back between the look at the cursor and the look at the rows.
        Pulled::Page(_) => return Err(reset("the cloud has another epoch")),
        Pulled::TooOld { min_rv } => {
            return Err(reset(&format!(
                "the cursor stands before version {min_rv}, deletions before it are forgotten"
            )));
        }
    };
    Ok(Answer::new(PullAnswer {
        cloud_epoch,
        server_time_ms: api.ports.clock.wall_ms(),
        rows: page.rows,
        next: cursor::write(&key, &belongs, &page.reached),
        more: page.more,
        watermark: page.watermark,
        included: page.included,
    }))
}

/// What a till may fetch.
pub(super) const fn reach_of(caller: &TillCredential) -> PullReach {
    PullReach {
        tenant: caller.tenant,
        branch: caller.branch,
        till: caller.till,
    }
}

fn limit_of(query: &PullQuery) -> Result<u32, Refusal> {
    let limit = query.limit.unwrap_or(PULL_PAGE_ROWS);
    if (1..=MAX_PULL_PAGE_ROWS).contains(&limit) {
        return Ok(limit);
    }
    let words = format!("limit must be 1 to {MAX_PULL_PAGE_ROWS}, got {limit}");
    Err(Refusal::new(ApiCode::Malformed, words))
}

fn from(key: &[u8; 32], belongs: &Belongs, text: Option<&str>) -> Result<Option<Reached>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let shared = Belongs {
        branch: None,
        ..*belongs
    };
    cursor::read(key, belongs, text)
        .or_else(|| cursor::read(key, &shared, text))
        .map(Some)
        .ok_or_else(|| reset("the cursor is of another epoch, branch or scope"))
}

/// The till begins anew; what it sold is not touched by that.
pub(super) fn reset(why: &str) -> Refusal {
    Refusal::new(
        ApiCode::CursorReset,
        format!("{why}: begin with a snapshot or without a cursor"),
    )
}

/// The cursor with which a till goes on from a snapshot.
pub(super) fn cursor_of_snapshot(
    key: &[u8; 32],
    (cloud_epoch, tenant, branch): (Uuid, Uuid, Option<Uuid>),
    watermark: u64,
) -> String {
    let belongs = Belongs {
        cloud_epoch,
        tenant,
        branch,
        scope: PullScope::Catalogue,
    };
    cursor::write(key, &belongs, &Reached::whole(watermark))
}
