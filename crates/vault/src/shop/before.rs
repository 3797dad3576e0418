//! The cloud's own row of a product that was changed here since.
//!
//! A change made at this till is shown at once, before the cloud has judged it. Promises: if the cloud takes it,
//! its new row comes with a pull; if it does not, the row kept here is put back by the first publish after the
//! judgement, so that no till sells by a price that head office refused. Never judges: the caller says up to which
//! change the cloud has heard.

use std::collections::BTreeMap;

use domain::Product;
use protocol::pull::ProductRow;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::error::ShopError;
use super::{browse, rows};
use crate::reads::{int, uint};

/// Keeps the cloud's row before a change of this till is written over it; a later change of the same product
/// keeps the same row, under a later number.
pub(super) fn keep(connection: &Connection, product_id: Uuid) -> Result<(), ShopError> {
    let standing = rows::standing(connection, product_id)?;
    if standing.is_none_or(|standing| standing.row_version == 0) {
        return Ok(());
    }
    let Some(product) = browse::product(connection, product_id)? else {
        return Ok(());
    };
    let row = ProductRow {
        product_id,
        code: product.code,
        name: product.name,
        unit: product.unit,
        price_minor: product.price_minor,
        tax_class: product.tax_class,
        tax_rate_bp: product.tax_rate_bp,
        category: product.category,
        barcodes: browse::barcodes_of(connection, product_id)?,
        versions: versions(connection, product_id)?,
    };
    put(connection, product_id, product.row_version, &row)
}

/// The cloud's newer row of a product whose change here it has not judged yet.
pub(super) fn replace(
    connection: &Connection,
    row_version: i64,
    row: &ProductRow,
) -> Result<(), ShopError> {
    connection
        .prepare_cached(
            "UPDATE product_before SET row_version = ?2, row = ?3 WHERE product_id = ?1",
        )?
        .execute((row.product_id.as_bytes(), row_version, text(row)?))?;
    Ok(())
}

fn put(
    connection: &Connection,
    product_id: Uuid,
    row_version: i64,
    row: &ProductRow,
) -> Result<(), ShopError> {
    connection
        .prepare_cached(
            "INSERT INTO product_before (before_no, product_id, row_version, row) \
             VALUES ((SELECT coalesce(max(before_no), 0) + 1 FROM product_before), ?1, ?2, ?3) \
             ON CONFLICT (product_id) DO UPDATE SET \
             before_no = (SELECT max(before_no) + 1 FROM product_before)",
        )?
        .execute((product_id.as_bytes(), row_version, text(row)?))?;
    Ok(())
}

fn text(row: &ProductRow) -> Result<String, ShopError> {
    serde_json::to_string(row).map_err(|error| {
        ShopError::refused("product", &error.to_string(), "must be writable as JSON")
    })
}

/// The number of the last change kept; 0 if there is none.
pub(super) fn mark(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT coalesce(max(before_no), 0) FROM product_before")?
        .query_row([], |row| row.get(0))
}

/// Whether a product has a change that the cloud has not judged, of those after `judged`.
pub(super) fn is_unjudged(
    connection: &Connection,
    product_id: Uuid,
    judged: i64,
) -> rusqlite::Result<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM product_before WHERE product_id = ?1 AND before_no > ?2")?
        .query_row((product_id.as_bytes(), judged), |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Forgets what was kept for a product: the cloud's newer row has come.
pub(super) fn forget(connection: &Connection, product_id: Uuid) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM product_before WHERE product_id = ?1")?
        .execute([product_id.as_bytes()])
        .map(drop)
}

/// The rows to put back: judged, and no newer row came for them.
pub(super) fn judged(
    connection: &Connection,
    judged: i64,
) -> Result<Vec<(i64, ProductRow)>, ShopError> {
    let kept = connection
        .prepare_cached(
            "SELECT row_version, row FROM product_before WHERE before_no <= ?1 ORDER BY before_no",
        )?
        .query_map([judged], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    kept.into_iter()
        .map(|(row_version, text)| {
            let row = serde_json::from_str(&text).map_err(|error| ShopError::Damaged {
                detail: format!("a kept product row: {error}"),
            })?;
            Ok((row_version, row))
        })
        .collect()
}

/// The version of each group of a product's fields; a group that the cloud never told is left out.
pub(super) fn versions(
    connection: &Connection,
    product_id: Uuid,
) -> rusqlite::Result<BTreeMap<String, u64>> {
    const GROUPS: [&str; 4] = ["price", "tax", "names", "barcodes"];
    let found: Option<[Option<i64>; 4]> = connection
        .prepare_cached(
            "SELECT price_version, tax_version, names_version, barcodes_version FROM product WHERE product_id = ?1",
        )?
        .query_row([product_id.as_bytes()], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })
        .optional()?;
    let versions = found.unwrap_or_default();
    Ok(GROUPS
        .into_iter()
        .zip(versions)
        .filter_map(|(group, version)| Some((group.to_owned(), uint(version?))))
        .collect())
}

/// A pulled row as the catalogue's product.
pub(super) fn product_of_row(row: &ProductRow, row_version: u64) -> Product {
    Product {
        product_id: row.product_id,
        code: row.code.clone(),
        name: row.name.clone(),
        unit: row.unit,
        price_minor: row.price_minor,
        tax_class: row.tax_class.clone(),
        tax_rate_bp: row.tax_rate_bp,
        category: row.category.clone(),
        row_version: int(row_version),
    }
}
