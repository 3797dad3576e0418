//! Tax: the modes, the rates and the figures of a sale, as values.
//!
//! Owns the shapes; [`crate::totals`] does the arithmetic. Promises that `gross = net + tax` in every one of them, for a
//! line, for a rate and for the whole.

use crate::currency::Currency;
use crate::decimal::{self, Grouping};
use crate::limits::MAX_RATE_BP;
use crate::rounding::{CashRounding, Tie};
use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a price on the shelf means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceMode {
    /// The price is what the customer pays; tax is inside it.
    TaxIncluded,
    /// Tax is added to the price.
    TaxExcluded,
}

words!(PriceMode { TaxIncluded = "tax_included", TaxExcluded = "tax_excluded" });

/// Where the one rounding happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// Each line is rounded; totals are sums of rounded lines.
    PerLine,
    /// Each rate's exact sum is rounded; the lines are then shown so that they add up to it.
    PerTotal,
}

words!(TaxRounding { PerLine = "per_line", PerTotal = "per_total" });

/// A class of articles that share a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct TaxClass {
    /// The branch's short code, e.g. `standard`.
    pub code: String,
    /// For people, e.g. `VAT 20 %`.
    pub name: String,
    /// The rate in basis points.
    pub rate_bp: i64,
}

/// What one class contributes to a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct TaxSummary {
    /// The rate in basis points.
    pub rate_bp: i64,
    /// The class's code.
    pub tax_class: String,
    /// Before tax, in minor units.
    pub net_minor: i64,
    /// The tax, in minor units.
    pub tax_minor: i64,
    /// `net_minor + tax_minor`.
    pub gross_minor: i64,
}

/// What one line is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct LineAmounts {
    /// Before tax, in minor units.
    pub net_minor: i64,
    /// The tax, in minor units.
    pub tax_minor: i64,
    /// `net_minor + tax_minor`.
    pub gross_minor: i64,
}

impl LineAmounts {
    /// Adds another line's amounts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            net_minor: self.net_minor.saturating_add(other.net_minor),
            tax_minor: self.tax_minor.saturating_add(other.tax_minor),
            gross_minor: self.gross_minor.saturating_add(other.gross_minor),
        }
    }

    /// The amount that stands beside a line: gross if prices include tax, else net.
    #[must_use]
    pub fn shown_minor(self, price_mode: PriceMode) -> i64 {
        match price_mode {
            PriceMode::TaxIncluded => self.gross_minor,
            PriceMode::TaxExcluded => self.net_minor,
        }
    }
}

/// What a sale is worth: the sum of its lines, and the same by tax class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Totals {
    /// Before tax, in minor units.
    pub net_minor: i64,
    /// The tax, in minor units.
    pub tax_minor: i64,
    /// `net_minor + tax_minor`.
    pub gross_minor: i64,
    /// One entry for each rate and class, ordered by rate, then by code. Their sums are the three figures above.
    pub taxes: Vec<TaxSummary>,
}

/// What the arithmetic needs to know of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct PricedLine<'a> {
    /// The price of one unit, in minor units, not negative.
    pub unit_price_minor: i64,
    /// How much, in thousandths, not negative.
    pub quantity_milli: i64,
    /// Taken off the line, 0 to 10,000 basis points.
    pub discount_bp: i64,
    /// The class's code.
    pub tax_class: &'a str,
    /// The rate in basis points, not negative.
    pub tax_rate_bp: i64,
}

/// How a branch sells: the settings that change what a cart is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct SellingRules {
    /// The branch's one currency.
    pub currency: Currency,
    /// What a price means.
    pub price_mode: PriceMode,
    /// Where tax is rounded.
    pub tax_rounding: TaxRounding,
    /// Which way half a minor unit goes.
    pub tie: Tie,
    /// How cash is rounded.
    pub cash_rounding: CashRounding,
}

impl SellingRules {
    /// The usual rules of a shop: prices include tax, rounded by line, ties away from zero, no cash rounding.
    #[must_use]
    pub fn usual(currency: Currency) -> Self {
        Self {
            currency,
            price_mode: PriceMode::TaxIncluded,
            tax_rounding: TaxRounding::PerLine,
            tie: Tie::HalfUp,
            cash_rounding: CashRounding::NONE,
        }
    }
}

/// A text that is no tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "tax rate \"{text}\" is refused: write a percentage from 0 to 1000 with at most 2 decimals, such as 20 or 7.7"
)]
pub struct RateRefused {
    /// As typed, cut to 40 characters.
    pub text: String,
}

/// Reads a percentage as typed, e.g. `20`, `7.7` or `7.7 %`, into basis points.
pub fn parse_rate_bp(text: &str) -> Result<i64, RateRefused> {
    let number = text.trim().trim_end_matches('%');
    decimal::parse_scaled(number, 2, Grouping::None)
        .ok()
        .filter(|rate_bp| (0..=MAX_RATE_BP).contains(rate_bp))
        .ok_or_else(|| RateRefused {
            text: decimal::shown(text),
        })
}

/// Writes basis points as a percentage without needless decimals: 770 is `7.7`.
#[must_use]
pub fn format_rate_bp(rate_bp: i64) -> String {
    decimal::format_trimmed(rate_bp, 2)
}
