//! `/v1/admin/products`: the catalogue, one article at a time.

use std::sync::Arc;

use axum::extract::State;
use protocol::error::ApiCode;
use protocol::pull::ProductRow;
use serde::{Deserialize, Serialize};
use transport::server::{Answer, Refusal, Unsigned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::state::{Api, refused_by_store};
use super::credential::Caller;
use super::query::{InPath, InQuery, limit};
use super::{Done, No, refused};
use crate::office::ProductEntry;
use crate::store::admin::GoodsWanted;

/// Words beyond this are no search.
const MAX_WORDS: usize = 10;

/// Which products are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductsQuery {
    /// Each of these is in the name, the article code or a barcode.
    words: Option<String>,
    /// The last `product_id` of the page before.
    after: Option<Uuid>,
    /// Rows of the page, 1 to 1000; 200 if nothing is said.
    limit: Option<u32>,
}

/// One page of products.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductPage {
    /// The products, by name.
    rows: Vec<ProductRow>,
    /// Whether there are more.
    more: bool,
}

/// A price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceEntry {
    /// Minor units; null: the till asks.
    price_minor: Option<i64>,
}

/// Live products, by name.
#[utoipa::path(
    get,
    path = "/v1/admin/products",
    params(ProductsQuery),
    responses((status = 200, body = ProductPage, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn products(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InQuery(query): InQuery<ProductsQuery>,
) -> Result<Answer<ProductPage>, Refusal> {
    let limit = limit(query.limit)?;
    let words = query.words.unwrap_or_default();
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    if words.len() > MAX_WORDS {
        let found = words.len();
        return Err(Refusal::new(
            ApiCode::Malformed,
            format!("words has {found} words, the limit is {MAX_WORDS}"),
        ));
    }
    let after = match query.after {
        Some(after) => {
            let last = caller.office(&api).product(after).await.map_err(refused)?;
            Some((last.name, after))
        }
        None => None,
    };
    let wanted = GoodsWanted {
        words,
        after,
        limit: limit + 1,
    };
    let found = api.store.products(caller.0.tenant, wanted).await;
    let mut rows = found.map_err(refused_by_store)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    Ok(Answer::new(ProductPage { rows, more }))
}

/// One product.
#[utoipa::path(
    get,
    path = "/v1/admin/products/{product}",
    params(("product" = Uuid, Path)),
    responses((status = 200, body = ProductRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn product(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(product): InPath<Uuid>,
) -> Result<Answer<ProductRow>, Refusal> {
    let found = caller.office(&api).product(product).await;
    found.map(Answer::new).map_err(refused)
}

/// Makes a product be so, whole. Only the groups of fields that differ get a new version, so a till
/// that edits another group meets no conflict; a product that is so already is not touched.
#[utoipa::path(
    put,
    path = "/v1/admin/products/{product}",
    params(("product" = Uuid, Path)),
    request_body = ProductEntry,
    responses((status = 200, body = ProductRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_product(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(product): InPath<Uuid>,
    Unsigned(entry): Unsigned<ProductEntry>,
) -> Result<Answer<ProductRow>, Refusal> {
    let put = caller.office(&api).put_product(product, &entry).await;
    put.map(Answer::new).map_err(refused)
}

/// Takes a product out of every till's catalogue. It stays as a tombstone: a sale of it is a fact,
/// an edit of it a conflict.
#[utoipa::path(
    delete,
    path = "/v1/admin/products/{product}",
    params(("product" = Uuid, Path)),
    responses((status = 200, body = Done, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn delete_product(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(product): InPath<Uuid>,
) -> Result<Answer<Done>, Refusal> {
    let gone = caller.office(&api).delete_product(product).await;
    gone.map(|()| Answer::new(Done::YES)).map_err(refused)
}

/// Changes a price and nothing else.
#[utoipa::path(
    put,
    path = "/v1/admin/products/{product}/price",
    params(("product" = Uuid, Path)),
    request_body = PriceEntry,
    responses((status = 200, body = ProductRow, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn put_price(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InPath(product): InPath<Uuid>,
    Unsigned(entry): Unsigned<PriceEntry>,
) -> Result<Answer<ProductRow>, Refusal> {
    let put = caller
        .office(&api)
        .put_price(product, entry.price_minor)
        .await;
    put.map(Answer::new).map_err(refused)
}
