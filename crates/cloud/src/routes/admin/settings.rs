//! `/v1/admin/settings`: how the branches sell.

use std::sync::Arc;

use axum::extract::State;
use protocol::pull::SettingRow;
use serde::Deserialize;
use serde_json::Value;
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;

use super::super::state::Api;
use super::credential::Caller;
use super::query::{BranchQuery, InPath, InQuery};
use super::{Done, List, No, refused};
use crate::store::admin::{SettingEntry, ShopKey, ShopRow, ShopTable};

/// A setting as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingBody {
    /// Any JSON, at most 64 KiB; tills skip what they do not know.
    #[schema(value_type = Object)]
    value: Value,
}

/// The settings, those of all branches first.
#[utoipa::path(
    get,
    path = "/v1/admin/settings",
    responses((status = 200, body = List<SettingEntry>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn settings(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<SettingEntry>>, Refusal> {
    let rows = caller.office(&api).rows(ShopTable::Settings).await;
    let rows = rows.map_err(refused)?.into_iter();
    let rows = rows.filter_map(|row| match row {
        ShopRow::Setting(setting) => Some(setting),
        ShopRow::TaxClass(_) | ShopRow::Operator(_) | ShopRow::InStoreRule(_) => None,
    });
    Ok(Answer::new(List {
        rows: rows.collect(),
    }))
}

/// Makes a setting be so; a branch's own goes before the one for all branches.
#[utoipa::path(
    put,
    path = "/v1/admin/settings/{name}",
    params(("name" = String, Path), BranchQuery),
    request_body = SettingBody,
    responses((status = 200, body = SettingEntry, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_setting(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(name): InPath<String>,
    InQuery(query): InQuery<BranchQuery>,
    Unsigned(body): Unsigned<SettingBody>,
) -> Result<Answer<SettingEntry>, Refusal> {
    let entry = SettingEntry {
        branch: query.branch,
        row: SettingRow {
            name,
            value: body.value,
        },
    };
    let put = caller.office(&api).put_setting(entry).await;
    put.map(Answer::new).map_err(refused)
}

/// Takes a setting away.
#[utoipa::path(
    delete,
    path = "/v1/admin/settings/{name}",
    params(("name" = String, Path), BranchQuery),
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn delete_setting(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(name): InPath<String>,
    InQuery(query): InQuery<BranchQuery>,
) -> Result<Answer<Done>, Refusal> {
    let key = ShopKey::Setting(query.branch, name);
    let gone = caller.office(&api).delete_row(key).await;
    gone.map(|()| Answer::new(Done::YES)).map_err(refused)
}
