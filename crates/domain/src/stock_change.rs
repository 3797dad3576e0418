//! Stock changed by hand: goods received, corrected, counted.
//!
//! Owns what such a change may be: known products, each once, amounts within the limits, whole pieces, and a reason
//! where there must be one. Promises that what passed never needs a difference of 0. Never knows what is on hand.

use crate::limits::{MAX_LINES, MAX_QUANTITY_MILLI, MAX_REASON_CHARS, MAX_REFERENCE_CHARS};
use crate::quantity::{Unit, format_milli};
use thiserror::Error;
use uuid::Uuid;

/// One product in a change by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockLine {
    /// The product.
    pub product_id: Uuid,
    /// What one of it is.
    pub unit: Unit,
    /// Thousandths: received, signed correction, or found.
    pub quantity_milli: i64,
}

/// Why stock cannot be changed like that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StockRefused {
    /// Nothing on the list.
    #[error("lines are empty: scan or choose at least one product")]
    NoLines,
    /// More than one op may name.
    #[error("{lines} lines are too many: the limit is {MAX_LINES}; book the rest separately")]
    TooManyLines {
        /// How many there are.
        lines: usize,
    },
    /// One product on two lines.
    #[error("product {product_id} is on the list twice: put both into one line")]
    Twice {
        /// The product.
        product_id: Uuid,
    },
    /// Nothing of it.
    #[error("quantity is 0: give what came or what is wrong, or take the line out")]
    Zero,
    /// Less than nothing received or found.
    #[error("quantity {} is below 0: only a correction may be negative", format_milli(*.quantity_milli))]
    Negative {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// Beyond [`MAX_QUANTITY_MILLI`] in either direction.
    #[error(
        "quantity {} is too large: the limit is {}; check for a barcode typed as a quantity",
        format_milli(*.quantity_milli),
        format_milli(MAX_QUANTITY_MILLI)
    )]
    TooLarge {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// Part of a thing that is only counted whole.
    #[error("quantity {} is not whole, and this is counted by the piece", format_milli(*.quantity_milli))]
    NotWhole {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// A correction without a reason.
    #[error(
        "reason is empty: say in 1 to {MAX_REASON_CHARS} characters why the stock is corrected"
    )]
    ReasonMissing,
    /// A reason beyond [`MAX_REASON_CHARS`].
    #[error("reason has {chars} characters, the limit is {MAX_REASON_CHARS}: shorten it")]
    ReasonTooLong {
        /// Its length.
        chars: usize,
    },
    /// A reference beyond [`MAX_REFERENCE_CHARS`].
    #[error("reference has {chars} characters, the limit is {MAX_REFERENCE_CHARS}: shorten it")]
    ReferenceTooLong {
        /// Its length.
        chars: usize,
    },
}

/// Whether these goods may be received.
pub fn check_received(lines: &[StockLine], reference: Option<&str>) -> Result<(), StockRefused> {
    check_list(lines)?;
    let chars = reference.map_or(0, |text| text.chars().count());
    if chars > MAX_REFERENCE_CHARS {
        return Err(StockRefused::ReferenceTooLong { chars });
    }
    lines.iter().try_for_each(|line| match line.quantity_milli {
        0 => Err(StockRefused::Zero),
        quantity_milli if quantity_milli < 0 => Err(StockRefused::Negative { quantity_milli }),
        _ => check_amount(line),
    })
}

/// Whether this correction may be made.
pub fn check_adjusted(line: &StockLine, reason: &str) -> Result<(), StockRefused> {
    if line.quantity_milli == 0 {
        return Err(StockRefused::Zero);
    }
    check_amount(line)?;
    if reason.trim().is_empty() {
        return Err(StockRefused::ReasonMissing);
    }
    check_reason(Some(reason))
}

/// Whether this count may be booked; nothing found is a count, too.
pub fn check_counted(lines: &[StockLine], reason: Option<&str>) -> Result<(), StockRefused> {
    check_list(lines)?;
    check_reason(reason)?;
    lines.iter().try_for_each(|line| match line.quantity_milli {
        quantity_milli if quantity_milli < 0 => Err(StockRefused::Negative { quantity_milli }),
        _ => check_amount(line),
    })
}

fn check_list(lines: &[StockLine]) -> Result<(), StockRefused> {
    if lines.is_empty() {
        return Err(StockRefused::NoLines);
    }
    if lines.len() > MAX_LINES {
        return Err(StockRefused::TooManyLines { lines: lines.len() });
    }
    let mut ids: Vec<Uuid> = lines.iter().map(|line| line.product_id).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(StockRefused::Twice {
            product_id: pair[0],
        }),
        None => Ok(()),
    }
}

fn check_amount(line: &StockLine) -> Result<(), StockRefused> {
    let quantity_milli = line.quantity_milli;
    if !(-MAX_QUANTITY_MILLI..=MAX_QUANTITY_MILLI).contains(&quantity_milli) {
        return Err(StockRefused::TooLarge { quantity_milli });
    }
    if line.unit == Unit::Piece && quantity_milli % 1_000 != 0 {
        return Err(StockRefused::NotWhole { quantity_milli });
    }
    Ok(())
}

fn check_reason(reason: Option<&str>) -> Result<(), StockRefused> {
    let chars = reason.map_or(0, |text| text.chars().count());
    if chars > MAX_REASON_CHARS {
        return Err(StockRefused::ReasonTooLong { chars });
    }
    Ok(())
}
