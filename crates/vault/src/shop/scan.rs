//! What a scanned or typed code is.
//!
//! Order, first answer wins: the full code as a barcode or an own code under each of its keys, best key
//! first; the own code with other letter case; the branch's in-store rules (price or weight inside the
//! code). So a plain product with the full code always beats a reading by rule. Several products under one
//! key are all answered: the till asks, it never guesses. A wrong check digit is not held against a code.

use domain::{InStoreRule, Product, ScannedValue, read_in_store, scan_keys};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::error::ShopError;
use super::rows::{SELECT_PRODUCT, product_of};

/// How much of an unknown code is given back.
const SHOWN_CHARS: usize = 64;
/// The most products answered for one code (the largest real share seen is 2).
const MAX_SHARING: i64 = 50;

/// What a scan found; no products means that the code is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanFound {
    /// Every product the code may mean; more than one: ask.
    pub products: Vec<Product>,
    /// The price or quantity that the code itself carried.
    pub value: Option<ScannedValue>,
    /// The key that was found, or the trimmed code if none was.
    pub key: String,
}

/// Looks a code up; reads only.
pub(super) fn scan(
    connection: &Connection,
    rules: &[InStoreRule],
    code: &str,
) -> Result<ScanFound, ShopError> {
    let keys = scan_keys(code);
    let Some(normal) = keys.first() else {
        return Ok(unknown(code));
    };
    for key in &keys {
        let products = under_key(connection, key)?;
        if !products.is_empty() {
            return Ok(ScanFound {
                products,
                value: None,
                key: key.clone(),
            });
        }
    }
    let products = under_code_of_any_case(connection, normal)?;
    if !products.is_empty() {
        return Ok(ScanFound {
            products,
            value: None,
            key: normal.clone(),
        });
    }
    by_rule(connection, rules, code)
}

fn by_rule(
    connection: &Connection,
    rules: &[InStoreRule],
    code: &str,
) -> Result<ScanFound, ShopError> {
    let Some(read) = read_in_store(code, rules) else {
        return Ok(unknown(code));
    };
    let products = under_key(connection, &read.item)?;
    if products.is_empty() {
        return Ok(unknown(code));
    }
    Ok(ScanFound {
        products,
        value: Some(read.value),
        key: read.item,
    })
}

fn unknown(code: &str) -> ScanFound {
    ScanFound {
        products: Vec::new(),
        value: None,
        key: code.trim().chars().take(SHOWN_CHARS).collect(),
    }
}

/// Products with the key as a barcode or, letter for letter, as their own code.
fn under_key(connection: &Connection, key: &str) -> rusqlite::Result<Vec<Product>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT_PRODUCT} WHERE p.product_no IN (SELECT product_no FROM barcode WHERE key = ?1 \
         UNION SELECT product_no FROM product WHERE code = ?1 COLLATE NOCASE AND code = ?1) \
         ORDER BY p.product_no LIMIT ?2"
    ))?;
    statement
        .query_map((key, MAX_SHARING), product_of)?
        .collect()
}

/// Products whose own code differs from the scan in letter case alone.
fn under_code_of_any_case(connection: &Connection, code: &str) -> rusqlite::Result<Vec<Product>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT_PRODUCT} WHERE p.code = ?1 COLLATE NOCASE ORDER BY p.product_no LIMIT ?2"
    ))?;
    statement
        .query_map((code, MAX_SHARING), product_of)?
        .collect()
}
