//! One row of a source into an article, or the reason why not.
//!
//! Promises: judges the row alone (what the file said before is the filler's matter); a wrong check digit is
//! no reason, 1 in 75 real codes has one. Control characters in texts become spaces: they would be commands
//! to a printer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::limits::{MAX_AMOUNT_MINOR, MAX_CODE_CHARS, MAX_NAME_CHARS};
use domain::{Product, Unit, normal_key, parse_minor};

use super::form::Columns;
use super::identity::{price_from_barcode, product_id_of_barcode, product_id_of_code};
use super::reason::RowReason;
use super::{ImportOptions, PriceRule};
use crate::shop::put::MAX_BARCODES;

/// An article as a row states it.
#[derive(Debug)]
pub(super) struct Article {
    pub(super) product: Product,
    pub(super) barcodes: Vec<String>,
}

/// Reads the row's fields.
pub(super) fn article(
    fields: &[Cow<'_, str>],
    columns: &Columns,
    options: &ImportOptions,
    tax_classes: &BTreeSet<String>,
) -> Result<Article, RowReason> {
    if fields.len() != columns.width {
        return Err(RowReason::Columns {
            found: fields.len(),
            expected: columns.width,
        });
    }
    let text = |column: Option<usize>| {
        column
            .and_then(|at| fields.get(at))
            .map(|field| clean(field))
            .unwrap_or_default()
    };
    let name =
        within("name", text(Some(columns.name)), MAX_NAME_CHARS)?.ok_or(RowReason::NameMissing)?;
    let code = within("code", text(columns.code), MAX_CODE_CHARS)?;
    let barcodes = barcodes(&text(columns.barcodes))?;
    let product_id = match (&code, barcodes.first()) {
        (Some(code), _) => product_id_of_code(code),
        (None, Some(barcode)) => product_id_of_barcode(barcode, &name),
        (None, None) => return Err(RowReason::NoCode),
    };
    let named_by = barcodes
        .first()
        .or(code.as_ref())
        .map_or("", String::as_str);
    let price_minor = match options.price_rule {
        PriceRule::AsGiven => price(&text(columns.price), options)?,
        PriceRule::FromBarcode => Some(price_from_barcode(&normal_key(named_by))),
    };
    let product = Product {
        product_id,
        name,
        unit: unit(&text(columns.unit))?,
        price_minor,
        tax_class: tax_class(text(columns.tax_class), options, tax_classes)?,
        // The rate is the class's; it is read with the class, never stored with the article.
        tax_rate_bp: 0,
        category: within("category", text(columns.category), MAX_NAME_CHARS)?,
        row_version: 0,
        code,
    };
    Ok(Article { product, barcodes })
}

/// Trimmed, control characters and runs of spaces as one space.
fn clean(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    for word in field
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn within(field: &'static str, text: String, limit: usize) -> Result<Option<String>, RowReason> {
    let found = text.chars().count();
    if found > limit {
        return Err(RowReason::FieldTooLong {
            field,
            found,
            limit,
        });
    }
    Ok((found > 0).then_some(text))
}

fn barcodes(text: &str) -> Result<Vec<String>, RowReason> {
    let mut found = Vec::new();
    for part in text.split([';', '|']) {
        if let Some(barcode) = within("barcode", part.trim().to_owned(), MAX_CODE_CHARS)? {
            found.push(barcode);
        }
    }
    if found.len() > MAX_BARCODES {
        return Err(RowReason::TooManyBarcodes {
            found: found.len(),
            limit: MAX_BARCODES,
        });
    }
    Ok(found)
}

fn price(text: &str, options: &ImportOptions) -> Result<Option<i64>, RowReason> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = |why: String| RowReason::Price {
        value: text.chars().take(40).collect(),
        why,
    };
    if text.starts_with(['-', '−']) {
        return Err(RowReason::PriceNegative {
            value: text.chars().take(40).collect(),
        });
    }
    let minor = parse_minor(text, options.currency).map_err(|error| refused(error.to_string()))?;
    match minor {
        ..0 => Err(RowReason::PriceNegative {
            value: text.to_owned(),
        }),
        0..=MAX_AMOUNT_MINOR => Ok(Some(minor)),
        _ => Err(refused(format!("beyond {MAX_AMOUNT_MINOR} minor units"))),
    }
}

fn unit(text: &str) -> Result<Unit, RowReason> {
    match text.to_lowercase().as_str() {
        "" | "piece" | "pc" | "pcs" | "each" => Ok(Unit::Piece),
        "kilogram" | "kg" => Ok(Unit::Kilogram),
        "litre" | "l" => Ok(Unit::Litre),
        "metre" | "m" => Ok(Unit::Metre),
        other => Err(RowReason::Unit {
            value: other.chars().take(40).collect(),
        }),
    }
}

fn tax_class(
    text: String,
    options: &ImportOptions,
    known: &BTreeSet<String>,
) -> Result<String, RowReason> {
    let code = if text.is_empty() {
        options
            .default_tax_class
            .clone()
            .ok_or(RowReason::TaxClassMissing)?
    } else {
        text
    };
    if known.contains(&code) {
        Ok(code)
    } else {
        Err(RowReason::TaxClassUnknown { code })
    }
}
