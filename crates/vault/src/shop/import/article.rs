//! What a row states of an article, with the id and the price that a till gives it.
//!
//! Promises: judges the row alone (what the file said before is the filler's matter). How a row is read is the
//! domain's: head office reads the same files.

use std::collections::BTreeSet;

use domain::catalogue_file::{ArticleRow, Columns, RowReason};
use domain::{Product, normal_key};

use super::identity::{price_from_barcode, product_id_of_barcode, product_id_of_code};
use super::{ImportOptions, PriceRule};

/// An article as a row states it.
#[derive(Debug)]
pub(super) struct Article {
    pub(super) product: Product,
    pub(super) barcodes: Vec<String>,
}

/// Reads a line.
pub(super) fn article(
    line: &str,
    columns: &Columns,
    options: &ImportOptions,
    tax_classes: &BTreeSet<String>,
) -> Result<Article, RowReason> {
    let currency = match options.price_rule {
        PriceRule::AsGiven => Some(options.currency),
        PriceRule::FromBarcode => None,
    };
    let default = options.default_tax_class.as_deref();
    let row = ArticleRow::read(line, columns, currency, default)?;
    if !tax_classes.contains(&row.tax_class) {
        return Err(row.without_its_class());
    }
    let product_id = match (&row.code, row.barcodes.first()) {
        (Some(code), _) => product_id_of_code(code),
        (None, Some(barcode)) => product_id_of_barcode(barcode, &row.name),
        (None, None) => return Err(RowReason::NoCode),
    };
    let named_by = row.barcodes.first().or(row.code.as_ref());
    let price_minor = match options.price_rule {
        PriceRule::AsGiven => row.price_minor,
        PriceRule::FromBarcode => named_by.map(|code| price_from_barcode(&normal_key(code))),
    };
    let product = Product {
        product_id,
        name: row.name,
        unit: row.unit,
        price_minor,
        tax_class: row.tax_class,
        // The rate is the class's; it is read with the class, never stored with the article.
        tax_rate_bp: 0,
        category: row.category,
        row_version: 0,
        code: row.code,
    };
    Ok(Article {
        product,
        barcodes: row.barcodes,
    })
}
