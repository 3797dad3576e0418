//! Who reads a report, and which part of it.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use protocol::error::ApiCode;
use serde::{Deserialize, Serialize};
use transport::server::{Refusal, Signed};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::admin::bearer;
use super::state::{Api, refused_by_store};
use crate::secrets;
use crate::store::{Cursor, MAX_PAGE_ROWS, PAGE_ROWS, Page, Reach};

/// Which rows of a report are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// The `next` of the page before; nothing for the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 200 if nothing is said.
    limit: Option<u32>,
    /// One branch alone; a till sees its own branch whatever it asks for.
    branch: Option<Uuid>,
}

/// One page of a report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ReportPage<T> {
    /// The rows.
    rows: Vec<T>,
    /// What to give as `after` for the rows that follow; there may be none yet.
    next: String,
    /// Whether there are more rows now.
    more: bool,
}

/// A reader with a proved reach, and the part it wants.
pub(super) struct Reading {
    /// What it may read.
    pub(super) reach: Reach,
    /// What it wants, one row more than the page: that one says whether there are more.
    pub(super) page: Page,
}

impl FromRequest<Arc<Api>> for Reading {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let query = Query::<ReportQuery>::from_request_parts(&mut parts, api).await;
        let request = Request::from_parts(parts, body);
        let mut reach = reach(request, api).await?;
        let Query(query) = query
            .map_err(|error| Refusal::new(ApiCode::Malformed, format!("the query: {error}")))?;
        // A till's reach is its branch, whatever it asks for.
        reach.branch = reach.branch.or(query.branch);
        Ok(Self {
            reach,
            page: page(&query)?,
        })
    }
}

async fn reach(request: Request, api: &Arc<Api>) -> Result<Reach, Refusal> {
    let Some(token) = bearer(request.headers()) else {
        let till = Signed::from_request(request, api).await?.caller;
        return Ok(Reach {
            tenant: till.tenant,
            branch: Some(till.branch),
        });
    };
    // What an admin may change they may read.
    let tenant = if token.starts_with(secrets::ADMIN_PREFIX) {
        let admin = api.store.admin_of(secrets::admin_token_hash(token)).await;
        admin.map(|admin| admin.map(|admin| admin.tenant))
    } else {
        api.store.token_tenant(secrets::token_hash(token)).await
    };
    let tenant = tenant.map_err(refused_by_store)?;
    let tenant = tenant.ok_or_else(|| {
        Refusal::new(
            ApiCode::Unauthorized,
            "the read token is not known here: make one with `holdfast-cloud read-token`",
        )
    })?;
    Ok(Reach {
        tenant,
        branch: None,
    })
}

fn page(query: &ReportQuery) -> Result<Page, Refusal> {
    let malformed = |words: String| Refusal::new(ApiCode::Malformed, words);
    let after = match query.after.as_deref() {
        None | Some("") => Cursor::default(),
        Some(text) => Cursor::from_text(text).ok_or_else(|| {
            malformed(format!(
                "after must be the next of an earlier page, got {text:?}"
            ))
        })?,
    };
    let limit = query.limit.unwrap_or(PAGE_ROWS);
    if !(1..=MAX_PAGE_ROWS).contains(&limit) {
        let words = format!("limit must be 1 to {MAX_PAGE_ROWS}, got {limit}");
        return Err(malformed(words));
    }
    Ok(Page {
        after,
        limit: limit + 1,
    })
}

impl Reading {
    /// Cuts the one row too many off and says where the next page begins.
    pub(super) fn page_of<T>(
        &self,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> Cursor,
    ) -> ReportPage<T> {
        let wanted = self.page.limit as usize - 1;
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let last = rows.last().map_or(self.page.after, place);
        ReportPage {
            rows,
            next: last.to_text(),
            more,
        }
    }
}
