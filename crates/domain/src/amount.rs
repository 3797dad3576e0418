//! Money as text: what a keypad, a CSV, a command line and a receipt write, to minor units and back.
//!
//! Promises that `parse_minor(format_minor(x)) == x` for every amount within the limits. Never rounds: more decimals
//! than the currency has are refused. Never writes a symbol or groups digits: that is the screen's affair.

use crate::currency::Currency;
use crate::decimal::{self, DecimalRefused, Grouping};
use crate::limits::MAX_AMOUNT_MINOR;
use thiserror::Error;

/// Why a text is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountRefused {
    /// Not a number.
    #[error(
        "amount \"{text}\" is not a number: write it like 1234.50, with a point before the decimals"
    )]
    Malformed {
        /// As typed, cut to 40 characters.
        text: String,
    },
    /// More decimals than the currency has.
    #[error(
        "amount \"{text}\" has too many decimals: {currency} has {decimals}; round it and try again"
    )]
    TooManyDecimals {
        /// As typed, cut to 40 characters.
        text: String,
        /// The till's currency.
        currency: Currency,
        /// How many the currency has.
        decimals: u8,
    },
    /// Beyond [`MAX_AMOUNT_MINOR`], in either direction.
    #[error(
        "amount \"{text}\" is too large: the limit is {limit} {currency}; check for a barcode typed as an amount"
    )]
    TooLarge {
        /// As typed, cut to 40 characters.
        text: String,
        /// The till's currency.
        currency: Currency,
        /// The limit, as text in the same currency.
        limit: String,
    },
}

/// Reads an amount, e.g. `12.5`, `1,234.50` or `-0.02`, into minor units of `currency`.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, AmountRefused> {
    let too_large = || AmountRefused::TooLarge {
        text: decimal::shown(text),
        currency,
        limit: format_minor(MAX_AMOUNT_MINOR, currency),
    };
    let minor =
        decimal::parse_scaled(text, currency.exponent(), Grouping::Commas).map_err(|refused| {
            match refused {
                DecimalRefused::Malformed => AmountRefused::Malformed {
                    text: decimal::shown(text),
                },
                DecimalRefused::TooManyDecimals => AmountRefused::TooManyDecimals {
                    text: decimal::shown(text),
                    currency,
                    decimals: currency.exponent(),
                },
                DecimalRefused::TooLarge => too_large(),
            }
        })?;
    if minor.abs() > MAX_AMOUNT_MINOR {
        Err(too_large())
    } else {
        Ok(minor)
    }
}

/// Writes minor units with the currency's decimals, e.g. `1234.50` or `-0.02`; no symbol, no grouping.
#[must_use]
pub fn format_minor(minor: i64, currency: Currency) -> String {
    decimal::format_scaled(minor, currency.exponent())
}
