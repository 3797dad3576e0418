//! The article lines: name, quantity × price, discount, line total and the mark of its tax rate.

use domain::{Unit, format_milli, format_minor, format_rate_bp};

use super::sheet::{NORMAL, Sheet};
use crate::document::{ReceiptDocument, ReceiptKind, ReceiptLine};

const INDENT: usize = 2;

pub(super) fn compose(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    for line in &document.lines {
        article(sheet, document, line);
    }
    sheet.rule();
}

fn article(sheet: &mut Sheet<'_>, document: &ReceiptDocument, line: &ReceiptLine) {
    let before_discount = line.amount_minor.saturating_add(line.discount_minor);
    let mark = mark_of(document, line.tax_rate_bp);
    let amount = |minor: i64| format!("{}{mark}", signed(document, minor));
    if line.unit == Unit::Piece && line.quantity_milli == 1_000 {
        sheet.pair(&line.name, &amount(before_discount), 0, NORMAL);
    } else {
        sheet.indented(&line.name, 0, NORMAL);
        sheet.pair(
            &times(document, line),
            &amount(before_discount),
            INDENT,
            NORMAL,
        );
    }
    if line.discount_minor != 0 {
        let words = &document.words.discount;
        let left = match line.discount_bp {
            0 => words.clone(),
            bp => format!("{words} {}", percent(bp)),
        };
        sheet.pair(
            &left,
            &amount(line.discount_minor.saturating_neg()),
            INDENT,
            NORMAL,
        );
    }
}

/// "3 × 1.85", "1.25 kg × 3.20".
fn times(document: &ReceiptDocument, line: &ReceiptLine) -> String {
    let unit = match line.unit {
        Unit::Piece => "",
        Unit::Kilogram => " kg",
        Unit::Litre => " l",
        Unit::Metre => " m",
    };
    let price = format_minor(line.unit_price_minor, document.currency);
    format!("{}{unit} × {price}", format_milli(line.quantity_milli))
}

/// An amount of this receipt: with a minus on a refund.
pub(super) fn signed(document: &ReceiptDocument, minor: i64) -> String {
    let minor = match document.kind {
        ReceiptKind::Sale => minor,
        ReceiptKind::Refund => minor.saturating_neg(),
    };
    format_minor(minor, document.currency)
}

/// " A" for the first rate of the tax table and so on; nothing when there is one rate only.
pub(super) fn mark_of(document: &ReceiptDocument, rate_bp: i64) -> String {
    if document.taxes.len() < 2 {
        return String::new();
    }
    let place = document.taxes.iter().position(|tax| tax.rate_bp == rate_bp);
    match place
        .and_then(|place| u8::try_from(place).ok())
        .filter(|place| *place < 26)
    {
        Some(place) => format!(" {}", char::from(b'A' + place)),
        None => "  ".to_owned(),
    }
}

/// Basis points as people read them: 770 is "7.7%".
pub(super) fn percent(bp: i64) -> String {
    format!("{}%", format_rate_bp(bp))
}
