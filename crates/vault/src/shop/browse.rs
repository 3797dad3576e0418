//! Looking around in the catalogue: categories, their articles, one article, tax classes, rules.
//!
//! Promises: pages are bounded and go on after the last article seen, so nothing is skipped or shown twice
//! while the catalogue stands still. Reads only.

use domain::{InStoreRule, Product, TaxClass};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::ShopError;
use super::rows::{SELECT_PRODUCT, product_of};

/// The most articles of one page.
pub const MAX_PAGE: usize = 500;
/// The most categories answered.
const MAX_CATEGORIES: i64 = 1_000;

/// A category and how many articles it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its name; categories have no other id here.
    pub name: String,
    /// Articles in it.
    pub products: i64,
}

/// How much the catalogue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopCounts {
    /// Articles.
    pub products: i64,
    /// Barcodes, each counted once per article that has it.
    pub barcodes: i64,
}

/// Categories that have articles, in the order in which they first came (the catalogue's own order).
pub(super) fn categories(connection: &Connection) -> Result<Vec<Category>, ShopError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, products FROM (SELECT c.category_no, c.name, \
         (SELECT count(*) FROM product AS p WHERE p.category_no = c.category_no) AS products FROM category AS c) \
         WHERE products > 0 ORDER BY category_no LIMIT ?1",
    )?;
    let rows = statement.query_map([MAX_CATEGORIES], |row| {
        Ok(Category {
            name: row.get(0)?,
            products: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A page of a category's articles by name, or of all articles in the order in which they came.
pub(super) fn products_in(
    connection: &Connection,
    category: Option<&str>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<Product>, ShopError> {
    let limit = i64::try_from(limit.min(MAX_PAGE)).unwrap_or(0);
    let (after_no, after_name) = position(connection, after)?;
    let found = match category {
        Some(category) => connection
            .prepare_cached(&format!(
                "{SELECT_PRODUCT} WHERE p.category_no = (SELECT category_no FROM category WHERE name = ?1) \
                 AND (p.name COLLATE NOCASE, p.product_no) > (?2, ?3) \
                 ORDER BY p.name COLLATE NOCASE, p.product_no LIMIT ?4"
            ))?
            .query_map((category, after_name, after_no, limit), product_of)?
            .collect::<Result<_, _>>()?,
        None => connection
            .prepare_cached(&format!("{SELECT_PRODUCT} WHERE p.product_no > ?1 ORDER BY p.product_no LIMIT ?2"))?
            .query_map((after_no, limit), product_of)?
            .collect::<Result<_, _>>()?,
    };
    Ok(found)
}

/// Where a page begins; an id that is gone begins at the start again.
fn position(connection: &Connection, after: Option<Uuid>) -> rusqlite::Result<(i64, String)> {
    let Some(after) = after else {
        return Ok((0, String::new()));
    };
    let found = connection
        .prepare_cached("SELECT product_no, name FROM product WHERE product_id = ?1")?
        .query_row([after.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.unwrap_or((0, String::new())))
}

/// One article.
pub(super) fn product(
    connection: &Connection,
    product_id: Uuid,
) -> Result<Option<Product>, ShopError> {
    Ok(connection
        .prepare_cached(&format!("{SELECT_PRODUCT} WHERE p.product_id = ?1"))?
        .query_row([product_id.as_bytes()], product_of)
        .optional()?)
}

/// An article's barcodes as stored (normal keys), in order.
pub(super) fn barcodes_of(
    connection: &Connection,
    product_id: Uuid,
) -> Result<Vec<String>, ShopError> {
    let mut statement = connection.prepare_cached(
        "SELECT key FROM barcode WHERE product_no = (SELECT product_no FROM product WHERE product_id = ?1) ORDER BY key",
    )?;
    Ok(statement
        .query_map([product_id.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// The branch's tax classes by code.
pub(super) fn tax_classes(connection: &Connection) -> Result<Vec<TaxClass>, ShopError> {
    let mut statement =
        connection.prepare_cached("SELECT code, name, rate_bp FROM tax_class ORDER BY code")?;
    let rows = statement.query_map([], |row| {
        Ok(TaxClass {
            code: row.get(0)?,
            name: row.get(1)?,
            rate_bp: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The branch's in-store rules in the order in which they are tried.
pub(super) fn rules(connection: &Connection) -> Result<Vec<InStoreRule>, ShopError> {
    let mut statement =
        connection.prepare_cached("SELECT rule FROM in_store_rule ORDER BY position")?;
    let texts = statement
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    texts
        .iter()
        .map(|text| {
            serde_json::from_str(text).map_err(|error| ShopError::Damaged {
                detail: format!("in-store rule {text}: {error}"),
            })
        })
        .collect()
}

/// How much there is.
pub(super) fn counts(connection: &Connection) -> Result<ShopCounts, ShopError> {
    Ok(connection.query_row(
        "SELECT (SELECT count(*) FROM product), (SELECT count(*) FROM barcode)",
        [],
        |row| {
            Ok(ShopCounts {
                products: row.get(0)?,
                barcodes: row.get(1)?,
            })
        },
    )?)
}
