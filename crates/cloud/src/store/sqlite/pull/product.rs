//! Products with their prices, barcodes and the version of each group of fields.

use std::collections::BTreeMap;

use protocol::pull::{ProductRow, PullRow};
use rusqlite::{Connection, Row, params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::catalogue::PRODUCT;
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, Place};
use crate::store::sqlite::sql::{as_i64, counter, failed, uuid_column};

pub(super) fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.bound(PRODUCT);
    let mut found = part
        .snapshot
        .prepare_cached(include_str!("product_page.sql"))
        .map_err(failed(DOING))?;
    let tenant = part.reach.tenant.as_bytes();
    let mut rows = found
        .query(params![tenant, rv, key, as_i64(part.buried), part.limit])
        .map_err(failed(DOING))?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        candidates.push(candidate(row)?);
    }
    Ok(candidates)
}

/// Every live product, one after the other.
pub(super) fn each(
    snapshot: &Connection,
    tenant: Uuid,
    tell: &mut dyn FnMut(&PullRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut found = snapshot
        .prepare_cached(include_str!("product_all.sql"))
        .map_err(failed(DOING))?;
    let mut rows = found.query([tenant.as_bytes()]).map_err(failed(DOING))?;
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        tell(&candidate(row)?.row)?;
    }
    Ok(())
}

/// How many live products there are.
pub(super) fn count(snapshot: &Connection, tenant: Uuid) -> Result<u64, StoreError> {
    snapshot
        .prepare_cached("SELECT count(*) FROM product WHERE tenant = ?1 AND deleted = 0")
        .and_then(|mut found| found.query_row([tenant.as_bytes()], |row| counter(row, 0)))
        .map_err(failed(DOING))
}

fn candidate(row: &Row<'_>) -> Result<Candidate, StoreError> {
    let read = || Ok((uuid_column(row, 0)?, counter(row, 1)?, row.get(2)?));
    let (product_id, rv, gone): (Uuid, u64, bool) = read().map_err(failed(DOING))?;
    let place = Place {
        rv,
        rank: PRODUCT,
        key: product_id.as_bytes().to_vec(),
    };
    let product = if gone {
        None
    } else {
        Some(product(row, product_id)?)
    };
    let id = ("product", product_id.to_string());
    Candidate::of(place, id, product.as_ref())
}

fn product(row: &Row<'_>, product_id: Uuid) -> Result<ProductRow, StoreError> {
    let unit: String = row.get(5).map_err(failed(DOING))?;
    let barcodes: String = row.get(10).map_err(failed(DOING))?;
    let versions: String = row.get(11).map_err(failed(DOING))?;
    let unit = serde_json::Value::String(unit);
    let unit = serde_json::from_value(unit).map_err(unreadable("unit"))?;
    let barcodes = read::<Vec<String>>(&barcodes, "barcodes")?;
    let versions = read::<BTreeMap<String, u64>>(&versions, "versions")?;
    let rest = || {
        Ok(ProductRow {
            product_id,
            code: row.get(3)?,
            name: row.get(4)?,
            unit,
            price_minor: row.get(6)?,
            tax_class: row.get(7)?,
            tax_rate_bp: row.get(8)?,
            category: row.get(9)?,
            barcodes,
            versions,
        })
    };
    rest().map_err(failed(DOING))
}

fn read<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(unreadable(column))
}

fn unreadable(column: &'static str) -> impl Fn(serde_json::Error) -> StoreError {
    move |error| StoreError::Unreadable {
        table: "product",
        column,
        cause: error.to_string(),
    }
}
