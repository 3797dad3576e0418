//! Products with their prices, barcodes and the version of each group of fields.

use protocol::pull::ProductRow;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{counter, failed, get, unreadable};
use super::super::tx::Tx;
use super::catalogue::{PRODUCT, unwritable};
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, CatalogueSink, Place};

/// Rows taken at once while a catalogue is packed: what of it lies in memory.
const TAKEN_AT_ONCE: i64 = 5_000;

pub(super) async fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, id) = part.bound(PRODUCT);
    let found = part
        .tx
        .query(
            include_str!("product_page.sql"),
            &[&part.reach.tenant, &rv, &id, &part.buried, &part.limit],
        )
        .await;
    let rows = found.map_err(failed(DOING))?;
    rows.iter().map(candidate).collect()
}

/// Every live product, one after the other.
pub(super) async fn each(
    tx: &Tx,
    tenant: Uuid,
    into: &mut dyn CatalogueSink,
) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let sql = include_str!("product_all.sql");
        let found = tx.query(sql, &[&tenant, &after, &TAKEN_AT_ONCE]).await;
        let rows = found.map_err(failed(DOING))?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = get(last, "product_id")?;
        for row in &rows {
            into.row(&candidate(row)?.row).map_err(unwritable)?;
        }
    }
}

/// How many live products there are.
pub(super) async fn count(tx: &Tx, tenant: Uuid) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) AS live FROM product WHERE tenant = $1 AND NOT deleted";
    let found = tx.query(sql, &[&tenant]).await.map_err(failed(DOING))?;
    let row = found.first().ok_or(StoreError::Stopped { doing: DOING })?;
    counter(row, "live")
}

fn candidate(row: &Row) -> Result<Candidate, StoreError> {
    let product_id: Uuid = get(row, "product_id")?;
    let place = Place {
        rv: counter(row, "row_version")?,
        rank: PRODUCT,
        key: product_id.as_bytes().to_vec(),
    };
    let product = if get(row, "deleted")? {
        None
    } else {
        Some(product(row, product_id)?)
    };
    let id = ("product", product_id.to_string());
    Candidate::of(place, id, product.as_ref())
}

pub(in crate::store::postgres) fn product(
    row: &Row,
    product_id: Uuid,
) -> Result<ProductRow, StoreError> {
    let unit = serde_json::Value::String(get(row, "unit")?);
    Ok(ProductRow {
        product_id,
        code: get(row, "code")?,
        name: get(row, "name")?,
        unit: serde_json::from_value(unit)
            .map_err(|error| unreadable("unit", error.to_string()))?,
        price_minor: get(row, "price_minor")?,
        tax_class: get(row, "tax_class")?,
        tax_rate_bp: get(row, "tax_rate_bp")?,
        category: get(row, "category")?,
        barcodes: read(row, "barcodes")?,
        versions: read(row, "versions")?,
    })
}

fn read<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(get(row, column)?).map_err(|error| unreadable(column, error.to_string()))
}
