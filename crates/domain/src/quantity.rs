//! Quantities: how much of an article, in thousandths of its unit.
//!
//! Owns the units and their text. Promises that `parse_milli(format_milli(q)) == q` within the limits. Whether a
//! quantity may be sold (not zero, whole pieces) is the cart line's rule, not the text's.

use crate::decimal::{self, DecimalRefused, Grouping};
use crate::limits::MAX_QUANTITY_MILLI;
use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What one of an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Counted: only whole ones are sold.
    Piece,
    /// Weighed, in kilograms; one thousandth is a gram.
    Kilogram,
    /// Poured, in litres.
    Litre,
    /// Cut, in metres.
    Metre,
}

words!(Unit { Piece = "piece", Kilogram = "kilogram", Litre = "litre", Metre = "metre" });

/// Decimals of every quantity: thousandths.
const DECIMALS: u8 = 3;

/// Why a text is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QuantityRefused {
    /// Not a number.
    #[error(
        "quantity \"{text}\" is not a number: write it like 3 or 1.25, with a point before the decimals"
    )]
    Malformed {
        /// As typed, cut to 40 characters.
        text: String,
    },
    /// Finer than a thousandth.
    #[error("quantity \"{text}\" has too many decimals: the limit is 3; round it and try again")]
    TooManyDecimals {
        /// As typed, cut to 40 characters.
        text: String,
    },
    /// Beyond [`MAX_QUANTITY_MILLI`], in either direction.
    #[error(
        "quantity \"{text}\" is too large: the limit is {limit}; check for a barcode typed as a quantity"
    )]
    TooLarge {
        /// As typed, cut to 40 characters.
        text: String,
        /// The limit, as text.
        limit: String,
    },
}

/// Reads a quantity, e.g. `3` or `1.25`, into thousandths.
pub fn parse_milli(text: &str) -> Result<i64, QuantityRefused> {
    let too_large = || QuantityRefused::TooLarge {
        text: decimal::shown(text),
        limit: format_milli(MAX_QUANTITY_MILLI),
    };
    let milli =
        decimal::parse_scaled(text, DECIMALS, Grouping::None).map_err(|refused| match refused {
            DecimalRefused::Malformed => QuantityRefused::Malformed {
                text: decimal::shown(text),
            },
            DecimalRefused::TooManyDecimals => QuantityRefused::TooManyDecimals {
                text: decimal::shown(text),
            },
            DecimalRefused::TooLarge => too_large(),
        })?;
    if milli.abs() > MAX_QUANTITY_MILLI {
        Err(too_large())
    } else {
        Ok(milli)
    }
}

/// Writes thousandths without needless decimals: 1000 is `1`, 1250 is `1.25`.
#[must_use]
pub fn format_milli(milli: i64) -> String {
    decimal::format_trimmed(milli, DECIMALS)
}
