//! Writing single things: articles made at the till or by an op, tax classes, in-store rules.
//!
//! Promises: what a row may not hold is refused by field, value and limit before anything is written; many
//! products are one transaction. A change made while an import builds the next catalogue is kept and made
//! there too (`Change` is a value that can be applied twice).

use domain::limits::{MAX_AMOUNT_MINOR, MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_RATE_BP};
use domain::{InStoreRule, Product, TaxClass};
use rusqlite::{Connection, OptionalExtension};

use super::error::ShopError;
use super::{before, rows};

/// The most barcodes of one article.
pub const MAX_BARCODES: usize = 50;
/// The most in-store rules of a branch: they are tried one by one at each unknown scan.
pub const MAX_RULES: usize = 100;

/// One change to the catalogue, as a value.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Product(Box<Product>, Vec<String>),
    TaxClass(TaxClass),
    Rules(Vec<InStoreRule>),
}

/// Refuses what the catalogue may not hold.
pub(super) fn check(change: &Change) -> Result<(), ShopError> {
    match change {
        Change::Product(product, barcodes) => check_product(product, barcodes),
        Change::TaxClass(class) => check_tax_class(class),
        Change::Rules(rules) if rules.len() > MAX_RULES => Err(ShopError::refused(
            "in_store_rules",
            &rules.len().to_string(),
            "at most 100",
        )),
        Change::Rules(rules) => rules.iter().try_for_each(check_rule),
    }
}

/// Makes all changes in one transaction, or none.
pub(super) fn apply_all(connection: &mut Connection, changes: &[Change]) -> Result<(), ShopError> {
    // Immediate: a write lock taken late could meet another writer half way.
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for change in changes {
        apply(&transaction, change)?;
    }
    Ok(transaction.commit()?)
}

fn apply(connection: &Connection, change: &Change) -> Result<(), ShopError> {
    match change {
        Change::Product(product, barcodes) => {
            if !knows_tax_class(connection, &product.tax_class)? {
                return Err(ShopError::TaxClassUnknown {
                    code: product.tax_class.clone(),
                });
            }
            before::keep(connection, product.product_id)?;
            rows::write(connection, product, barcodes, rows::Origin::Till)?;
        }
        Change::TaxClass(class) => put_tax_class(connection, class)?,
        Change::Rules(rules) => set_rules(connection, rules)?,
    }
    Ok(())
}

pub(super) fn knows_tax_class(connection: &Connection, code: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM tax_class WHERE code = ?1")?
        .query_row([code], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

fn put_tax_class(connection: &Connection, class: &TaxClass) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO tax_class (code, name, rate_bp, row_version) VALUES (?1, ?2, ?3, 0) \
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, rate_bp = excluded.rate_bp",
        )?
        .execute((&class.code, &class.name, class.rate_bp))
        .map(drop)
}

fn set_rules(connection: &Connection, rules: &[InStoreRule]) -> Result<(), ShopError> {
    connection.execute("DELETE FROM in_store_rule", [])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO in_store_rule (position, rule) VALUES (?1, ?2)")?;
    for (position, rule) in (1_i64..).zip(rules) {
        let text = serde_json::to_string(rule).map_err(|error| {
            ShopError::refused(
                "in_store_rule",
                &error.to_string(),
                "must be writable as JSON",
            )
        })?;
        insert.execute((position, text))?;
    }
    Ok(())
}

fn check_rule(rule: &InStoreRule) -> Result<(), ShopError> {
    rule.check().map_err(|why| ShopError::Rule { why })
}

fn check_product(product: &Product, barcodes: &[String]) -> Result<(), ShopError> {
    check_name("name", &product.name)?;
    if let Some(category) = &product.category {
        check_name("category", category)?;
    }
    if let Some(code) = &product.code {
        check_code("code", code)?;
    }
    if let Some(price) = product.price_minor
        && !(0..=MAX_AMOUNT_MINOR).contains(&price)
    {
        return Err(ShopError::refused(
            "price_minor",
            &price.to_string(),
            "from 0 to 1000000000000",
        ));
    }
    if barcodes.len() > MAX_BARCODES {
        return Err(ShopError::refused(
            "barcodes",
            &barcodes.len().to_string(),
            "at most 50 for one article",
        ));
    }
    barcodes
        .iter()
        .try_for_each(|barcode| check_code("barcode", barcode))
}

fn check_tax_class(class: &TaxClass) -> Result<(), ShopError> {
    check_code("tax_class", &class.code)?;
    check_name("tax_class name", &class.name)?;
    if (0..=MAX_RATE_BP).contains(&class.rate_bp) {
        Ok(())
    } else {
        Err(ShopError::refused(
            "rate_bp",
            &class.rate_bp.to_string(),
            "from 0 to 100000 basis points",
        ))
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), ShopError> {
    if name.trim().is_empty()
        || name.chars().count() > MAX_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        return Err(ShopError::refused(
            field,
            name,
            "1 to 500 characters, none of them a control character",
        ));
    }
    Ok(())
}

fn check_code(field: &'static str, code: &str) -> Result<(), ShopError> {
    if code.trim().is_empty()
        || code.chars().count() > MAX_CODE_CHARS
        || code.chars().any(char::is_control)
    {
        return Err(ShopError::refused(
            field,
            code,
            "1 to 128 characters, none of them a control character",
        ));
    }
    Ok(())
}
