//! The domain's values as the screen shows them.

use std::collections::BTreeMap;

use domain::{
    Cart, CartLine, PricedLine, SellingRules, TaxSummary, Totals, Unit, format_milli, total,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::dto::{CartLineView, CartView, PriceReason, TaxView, TotalsView};

/// Tax classes' names by their codes.
pub(crate) type TaxNames = BTreeMap<String, String>;

/// The open cart, or an empty one.
pub(crate) fn cart(
    cart: Option<&Cart>,
    newest_line: Option<u32>,
    rules: &SellingRules,
    names: &TaxNames,
) -> CartView {
    let Some(cart) = cart else {
        return empty(rules);
    };
    let live: Vec<&CartLine> = cart.live_lines().collect();
    let priced: Vec<PricedLine<'_>> = live.iter().map(|line| line.priced()).collect();
    let (amounts, totals) = total(&priced, rules);
    let mut shown = live
        .iter()
        .zip(&amounts)
        .map(|(line, amounts)| (line.line_no, amounts.shown_minor(rules.price_mode)));
    let mut next = shown.next();
    let mut lines = Vec::with_capacity(cart.lines.len());
    for line in &cart.lines {
        let amount_minor = match next {
            Some((line_no, amount)) if line_no == line.line_no => {
                next = shown.next();
                amount
            }
            _ => 0,
        };
        lines.push(line_view(line, amount_minor));
    }
    CartView {
        sale_id: Some(cart.sale_id),
        live_lines: u32::try_from(live.len()).unwrap_or(u32::MAX),
        pieces_milli: live.iter().map(|line| pieces_milli(line)).sum(),
        lines,
        totals: totals_view(&totals, names),
        newest_line,
        tendered: !cart.tenders.is_empty(),
    }
}

fn empty(_rules: &SellingRules) -> CartView {
    CartView {
        sale_id: None,
        lines: Vec::new(),
        live_lines: 0,
        pieces_milli: 0,
        totals: totals_view(&Totals::default(), &TaxNames::new()),
        newest_line: None,
        tendered: false,
    }
}

/// Pieces count what they are; a weighed article is one thing in the bag.
fn pieces_milli(line: &CartLine) -> i64 {
    match line.unit {
        Unit::Piece => line.quantity_milli,
        Unit::Kilogram | Unit::Litre | Unit::Metre => 1_000,
    }
}

fn line_view(line: &CartLine, amount_minor: i64) -> CartLineView {
    CartLineView {
        line_no: line.line_no,
        name: line.name.clone(),
        code: line.code.clone(),
        unit: line.unit,
        quantity_milli: line.quantity_milli,
        quantity_text: quantity_text(line.quantity_milli, line.unit),
        unit_price_minor: line.unit_price_minor,
        list_price_minor: line.list_price_minor,
        price_reason: line.price_reason.map(price_reason),
        discount_bp: line.discount_bp,
        amount_minor,
        voided: line.voided,
    }
}

fn price_reason(reason: domain::PriceReason) -> PriceReason {
    match reason {
        domain::PriceReason::InBarcode => PriceReason::InBarcode,
        domain::PriceReason::Asked => PriceReason::Asked,
        domain::PriceReason::Overridden { .. } => PriceReason::Overridden,
    }
}

/// `3`, `0.45 kg`.
pub(crate) fn quantity_text(quantity_milli: i64, unit: Unit) -> String {
    let number = format_milli(quantity_milli);
    match unit {
        Unit::Piece => number,
        Unit::Kilogram => format!("{number} kg"),
        Unit::Litre => format!("{number} l"),
        Unit::Metre => format!("{number} m"),
    }
}

/// The sums with the tax classes' names.
pub(crate) fn totals_view(totals: &Totals, names: &TaxNames) -> TotalsView {
    let tax = |tax: &TaxSummary| TaxView {
        name: names
            .get(&tax.tax_class)
            .cloned()
            .unwrap_or_else(|| tax.tax_class.clone()),
        rate_bp: tax.rate_bp,
        net_minor: tax.net_minor,
        tax_minor: tax.tax_minor,
        gross_minor: tax.gross_minor,
    };
    TotalsView {
        net_minor: totals.net_minor,
        tax_minor: totals.tax_minor,
        gross_minor: totals.gross_minor,
        taxes: totals.taxes.iter().map(tax).collect(),
    }
}

/// `2026-11-20`, in the till's own time zone.
pub(crate) fn local_date(at_ms: i64) -> String {
    local(at_ms, "%Y-%m-%d")
}

/// `2026-11-20 14:02`, in the till's own time zone.
pub(crate) fn local_time(at_ms: i64) -> String {
    local(at_ms, "%Y-%m-%d %H:%M")
}

/// `14:02`, in the till's own time zone.
pub(crate) fn local_clock(at_ms: i64) -> String {
    local(at_ms, "%H:%M")
}

fn local(at_ms: i64, format: &str) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::system()).strftime(format).to_string()
}
