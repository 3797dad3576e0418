//! Every "no" a refund can give.
//!
//! Owns the words. Promises that each names the field, the value, the limit and what to do.

use crate::cart_refused::CartRefused;
use crate::limits::{MAX_REASON_CHARS, MAX_REFUND_LINES, MAX_TENDERS};
use crate::quantity::format_milli;
use thiserror::Error;

/// Why a refund was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefundRefused {
    /// Nothing was asked for.
    #[error("the refund has no lines: choose what comes back")]
    Nothing,
    /// More than [`MAX_REFUND_LINES`].
    #[error("the refund has {lines} lines, the limit is {MAX_REFUND_LINES}: split it into several")]
    TooManyLines {
        /// How many.
        lines: usize,
    },
    /// No such line on the sale.
    #[error("line {line_no} is not on this sale: choose one of its lines")]
    LineUnknown {
        /// As asked.
        line_no: u32,
    },
    /// Zero, negative, or part of a piece.
    #[error("quantity {} of line {line_no} is refused: it must be above 0, and whole for articles sold by the piece", format_milli(*.quantity_milli))]
    QuantityRefused {
        /// Which line.
        line_no: u32,
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// More than was sold less what was given back.
    #[error(
        "quantity {} of line {line_no} exceeds what may still be given back, which is {}: lower it",
        format_milli(*.quantity_milli),
        format_milli(*.left_milli)
    )]
    ExceedsSold {
        /// Which line.
        line_no: u32,
        /// As asked, in thousandths.
        quantity_milli: i64,
        /// What may still be given back, in thousandths.
        left_milli: i64,
    },
    /// An article taken back without receipt breaks a rule of a line.
    #[error("article {position} of the refund: {refused}")]
    Article {
        /// Its place in the request, from 1.
        position: usize,
        /// What is wrong with it.
        refused: CartRefused,
    },
    /// No reason given.
    #[error("reason is empty: say in a few words why the goods come back")]
    ReasonMissing,
    /// A reason beyond [`MAX_REASON_CHARS`].
    #[error("reason has {chars} characters, the limit is {MAX_REASON_CHARS}: shorten it")]
    ReasonTooLong {
        /// Its length.
        chars: usize,
    },
    /// What is handed back is not what is due.
    #[error(
        "{given_minor} (minor units) would be handed back, but {due_minor} is due: hand back exactly what is due"
    )]
    TenderMismatch {
        /// The sum of the tenders, in minor units.
        given_minor: i64,
        /// What is due, in minor units.
        due_minor: i64,
    },
    /// A tender of zero or less, or too many tenders.
    #[error(
        "tenders of the refund are refused: each must be above 0, and there may be {MAX_TENDERS} at most"
    )]
    TenderRefused,
}
