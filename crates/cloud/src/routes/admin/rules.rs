//! `/v1/admin/in-store-rules`: how the shop's own barcodes are read.

use std::sync::Arc;

use axum::extract::State;
use protocol::pull::InStoreRuleRow;
use serde::Deserialize;
use serde_json::Value;
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;

use super::super::state::Api;
use super::credential::Caller;
use super::query::{BranchQuery, InPath, InQuery};
use super::{Done, List, No, refused};
use crate::store::admin::{RuleEntry, ShopKey, ShopRow, ShopTable};

/// A rule as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleBody {
    /// `prefix`, `item_digits`, `value_digits`, `verifier`, `holds`, `divisor`.
    #[schema(value_type = Object)]
    rule: Value,
}

/// The rules, those of all branches first.
#[utoipa::path(
    get,
    path = "/v1/admin/in-store-rules",
    responses((status = 200, body = List<RuleEntry>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn rules(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<RuleEntry>>, Refusal> {
    let rows = caller.office(&api).rows(ShopTable::InStoreRules).await;
    let rows = rows.map_err(refused)?.into_iter();
    let rows = rows.filter_map(|row| match row {
        ShopRow::InStoreRule(rule) => Some(rule),
        ShopRow::TaxClass(_) | ShopRow::Operator(_) | ShopRow::Setting(_) => None,
    });
    Ok(Answer::new(List {
        rows: rows.collect(),
    }))
}

/// Makes a rule be so; rules are tried in the order of their position.
#[utoipa::path(
    put,
    path = "/v1/admin/in-store-rules/{position}",
    params(("position" = u32, Path), BranchQuery),
    request_body = RuleBody,
    responses((status = 200, body = RuleEntry, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_rule(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(position): InPath<u32>,
    InQuery(query): InQuery<BranchQuery>,
    Unsigned(body): Unsigned<RuleBody>,
) -> Result<Answer<RuleEntry>, Refusal> {
    let entry = RuleEntry {
        branch: query.branch,
        row: InStoreRuleRow {
            position,
            rule: body.rule,
        },
    };
    let put = caller.office(&api).put_rule(entry).await;
    put.map(Answer::new).map_err(refused)
}

/// Takes a rule away.
#[utoipa::path(
    delete,
    path = "/v1/admin/in-store-rules/{position}",
    params(("position" = u32, Path), BranchQuery),
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn delete_rule(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(position): InPath<u32>,
    InQuery(query): InQuery<BranchQuery>,
) -> Result<Answer<Done>, Refusal> {
    let key = ShopKey::InStoreRule(query.branch, position);
    let gone = caller.office(&api).delete_row(key).await;
    gone.map(|()| Answer::new(Done::YES)).map_err(refused)
}
