//! Products as head office reads them.

use deadpool_postgres::Pool;
use protocol::pull::ProductRow;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::pull::product::product as product_of;
use super::super::sql::{failed, get, text};
use super::super::tx::{Mode, Tx, ask};
use super::versions::Versions;
use crate::store::StoreError;
use crate::store::admin::GoodsWanted;

const READING: &str = "reading products";

/// Live products by name; each word is in the name, the code or a barcode.
pub(super) async fn products(
    pool: &Pool,
    tenant: Uuid,
    wanted: &GoodsWanted,
) -> Result<Vec<ProductRow>, StoreError> {
    let words: Vec<String> = wanted
        .words
        .iter()
        .map(|word| text(word).to_lowercase())
        .collect();
    let (name, id) = wanted.after.clone().unwrap_or_default();
    let rows = ask(
        pool,
        READING,
        Some(tenant),
        include_str!("products.sql"),
        &[&tenant, &name, &id, &words, &i64::from(wanted.limit)],
    )
    .await?;
    rows.iter().map(product_row).collect()
}

/// A live product.
pub(super) async fn product(
    pool: &Pool,
    tenant: Uuid,
    product_id: Uuid,
) -> Result<Option<ProductRow>, StoreError> {
    let ids = vec![product_id];
    let one = include_str!("products_by_id.sql");
    let rows = ask(pool, READING, Some(tenant), one, &[&tenant, &ids]).await?;
    for row in &rows {
        if !get::<bool>(row, "deleted")? {
            return product_row(row).map(Some);
        }
    }
    Ok(None)
}

pub(super) fn product_row(row: &Row) -> Result<ProductRow, StoreError> {
    product_of(row, get(row, "product_id")?)
}

/// Leaves a tombstone.
pub(super) async fn delete(
    pool: &Pool,
    tenant: Uuid,
    product_id: Uuid,
) -> Result<bool, StoreError> {
    let doing = "deleting a product";
    let tx = Tx::open(pool, doing, Mode::Write, Some(tenant)).await?;
    let mut versions = Versions::hold(&tx, tenant).await?;
    let gone = tx
        .execute(
            "UPDATE product SET deleted = true, row_version = $3
             WHERE tenant = $1 AND product_id = $2 AND NOT deleted",
            &[&tenant, &product_id, &versions.next()],
        )
        .await
        .map_err(failed(doing))?
        == 1;
    if gone {
        versions.keep(&tx).await.map_err(failed(doing))?;
    }
    tx.commit().await.map_err(failed(doing))?;
    Ok(gone)
}
