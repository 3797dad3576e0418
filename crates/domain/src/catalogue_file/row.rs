//! One row of a file into what it states of an article, or the reason why not.
//!
//! Promises: judges the row alone; a wrong check digit is no reason, 1 in 75 real codes has one. Control characters
//! in texts become spaces: they would be commands to a printer.

use super::columns::Columns;
use super::fields::split;
use super::reason::RowReason;
use crate::amount::parse_minor;
use crate::currency::Currency;
use crate::decimal::shown;
use crate::limits::{MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_PRODUCT_BARCODES};
use crate::quantity::Unit;

/// An article as a row states it. It has a code or a barcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleRow {
    /// The shop's own code.
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// How it is counted.
    pub unit: Unit,
    /// Minor units; nothing: the till asks.
    pub price_minor: Option<i64>,
    /// The tax class's code.
    pub tax_class: String,
    /// The category's name.
    pub category: Option<String>,
    /// Codes it is scanned by, as written.
    pub barcodes: Vec<String>,
}

impl ArticleRow {
    /// Reads a line. Rows that name no tax class have the default one; without a currency the price column is not
    /// looked at.
    pub fn read(
        line: &str,
        columns: &Columns,
        currency: Option<Currency>,
        default_tax_class: Option<&str>,
    ) -> Result<Self, RowReason> {
        let fields = split(line, columns.separator)?;
        if fields.len() != columns.width {
            return Err(RowReason::Columns {
                found: fields.len(),
                expected: columns.width,
            });
        }
        let text = |column: Option<usize>| {
            let field = column.and_then(|at| fields.get(at));
            field.map(|field| clean(field)).unwrap_or_default()
        };
        let name = within("name", text(Some(columns.name)), MAX_NAME_CHARS)?;
        let name = name.ok_or(RowReason::NameMissing)?;
        let code = within("code", text(columns.code), MAX_CODE_CHARS)?;
        let barcodes = barcodes(&text(columns.barcodes))?;
        if code.is_none() && barcodes.is_empty() {
            return Err(RowReason::NoCode);
        }
        let class = text(columns.tax_class);
        Ok(Self {
            code,
            name,
            unit: unit(&text(columns.unit))?,
            price_minor: match currency {
                Some(currency) => price(&text(columns.price), currency)?,
                None => None,
            },
            tax_class: within("tax_class", class, MAX_CODE_CHARS)?
                .or_else(|| default_tax_class.map(str::to_owned))
                .ok_or(RowReason::TaxClassMissing)?,
            category: within("category", text(columns.category), MAX_NAME_CHARS)?,
            barcodes,
        })
    }

    /// Why it cannot be taken where its tax class is not known.
    #[must_use]
    pub fn without_its_class(&self) -> RowReason {
        RowReason::TaxClassUnknown {
            code: shown(&self.tax_class),
        }
    }
}

/// Trimmed, control characters and runs of spaces as one space.
fn clean(field: &str) -> String {
    let words = field.split(|c: char| c.is_whitespace() || c.is_control());
    let mut out = String::with_capacity(field.len());
    for word in words.filter(|word| !word.is_empty()) {
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
        found.extend(within("barcode", part.trim().to_owned(), MAX_CODE_CHARS)?);
    }
    if found.len() > MAX_PRODUCT_BARCODES {
        return Err(RowReason::TooManyBarcodes {
            found: found.len(),
            limit: MAX_PRODUCT_BARCODES,
        });
    }
    Ok(found)
}

fn price(text: &str, currency: Currency) -> Result<Option<i64>, RowReason> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = shown(text);
    if text.starts_with(['-', '−']) {
        return Err(RowReason::PriceNegative { value });
    }
    let minor = parse_minor(text, currency);
    minor.map(Some).map_err(|refused| RowReason::Price {
        value,
        why: refused.to_string(),
    })
}

fn unit(text: &str) -> Result<Unit, RowReason> {
    match text.to_lowercase().as_str() {
        "" | "piece" | "pc" | "pcs" | "each" => Ok(Unit::Piece),
        "kilogram" | "kg" => Ok(Unit::Kilogram),
        "litre" | "l" => Ok(Unit::Litre),
        "metre" | "m" => Ok(Unit::Metre),
        _ => Err(RowReason::Unit { value: shown(text) }),
    }
}
