//! `/v1/admin/tax-classes`.

use std::sync::Arc;

use axum::extract::State;
use protocol::pull::TaxClassRow;
use serde::Deserialize;
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;

use super::super::state::Api;
use super::credential::Caller;
use super::query::InPath;
use super::{Done, List, No, refused};
use crate::store::admin::{ShopKey, ShopRow, ShopTable};

/// A tax class as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaxClassEntry {
    /// For people.
    name: String,
    /// Basis points, 0 to 100000.
    rate_bp: i64,
}

/// The tax classes, by code.
#[utoipa::path(
    get,
    path = "/v1/admin/tax-classes",
    responses((status = 200, body = List<TaxClassRow>, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn tax_classes(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<Answer<List<TaxClassRow>>, Refusal> {
    let rows = caller.office(&api).rows(ShopTable::TaxClasses).await;
    let rows = rows.map_err(refused)?.into_iter();
    let rows = rows.filter_map(|row| match row {
        ShopRow::TaxClass(class) => Some(class),
        ShopRow::InStoreRule(_) | ShopRow::Operator(_) | ShopRow::Setting(_) => None,
    });
    Ok(Answer::new(List {
        rows: rows.collect(),
    }))
}

/// Makes a tax class be so. Tills read an article's rate with its class.
#[utoipa::path(
    put,
    path = "/v1/admin/tax-classes/{code}",
    params(("code" = String, Path)),
    request_body = TaxClassEntry,
    responses((status = 200, body = TaxClassRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_tax_class(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(code): InPath<String>,
    Unsigned(entry): Unsigned<TaxClassEntry>,
) -> Result<Answer<TaxClassRow>, Refusal> {
    let class = TaxClassRow {
        code,
        name: entry.name,
        rate_bp: entry.rate_bp,
    };
    let put = caller.office(&api).put_tax_class(class).await;
    put.map(Answer::new).map_err(refused)
}

/// Takes a tax class away.
#[utoipa::path(
    delete,
    path = "/v1/admin/tax-classes/{code}",
    params(("code" = String, Path)),
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn delete_tax_class(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(code): InPath<String>,
) -> Result<Answer<Done>, Refusal> {
    let gone = caller
        .office(&api)
        .delete_row(ShopKey::TaxClass(code))
        .await;
    gone.map(|()| Answer::new(Done::YES)).map_err(refused)
}
