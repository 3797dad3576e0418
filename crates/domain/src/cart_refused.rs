//! Every "no" a cart can give.
//!
//! Owns the words. Promises that each names the field, the value, the limit and what to do, and that the list is closed:
//! who shows them can match them all.

use crate::limits::{
    MAX_AMOUNT_MINOR, MAX_CODE_CHARS, MAX_DISCOUNT_BP, MAX_LINES, MAX_NAME_CHARS,
    MAX_QUANTITY_MILLI, MAX_RATE_BP,
};
use crate::quantity::format_milli;
use crate::tender::TenderRefused;
use thiserror::Error;
use uuid::Uuid;

/// Why a change to a cart was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CartRefused {
    /// No name.
    #[error("name is empty: give the article a name of 1 to {MAX_NAME_CHARS} characters")]
    NameMissing,
    /// A name beyond [`MAX_NAME_CHARS`].
    #[error(
        "name has {chars} characters, the limit is {MAX_NAME_CHARS}: shorten it (it starts \"{start}\")"
    )]
    NameTooLong {
        /// Its length.
        chars: usize,
        /// Its first characters, to know it by.
        start: String,
    },
    /// A code beyond [`MAX_CODE_CHARS`].
    #[error(
        "code has {chars} characters, the limit is {MAX_CODE_CHARS}: scan the article's barcode (it starts \"{start}\")"
    )]
    CodeTooLong {
        /// Its length.
        chars: usize,
        /// Its first characters, to know it by.
        start: String,
    },
    /// Nothing of it.
    #[error("quantity is 0: give more than 0, or void the line")]
    QuantityZero,
    /// Less than nothing.
    #[error("quantity {} is negative: goods that come back are a refund", format_milli(*.quantity_milli))]
    QuantityNegative {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// Beyond [`MAX_QUANTITY_MILLI`].
    #[error(
        "quantity {} is too large, the limit is {}: check for a barcode typed as a quantity",
        format_milli(*.quantity_milli),
        format_milli(MAX_QUANTITY_MILLI)
    )]
    QuantityTooLarge {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// Part of a thing that is only sold whole.
    #[error("quantity {} is not whole, and this article is sold by the piece: give a whole number", format_milli(*.quantity_milli))]
    QuantityNotWhole {
        /// As asked, in thousandths.
        quantity_milli: i64,
    },
    /// A price below zero.
    #[error(
        "unit price {unit_price_minor} (minor units) is negative: the lowest price is 0; money that goes back is a refund"
    )]
    PriceNegative {
        /// As asked, in minor units.
        unit_price_minor: i64,
    },
    /// Beyond [`MAX_AMOUNT_MINOR`].
    #[error(
        "unit price {unit_price_minor} (minor units) is too large, the limit is {MAX_AMOUNT_MINOR}: check for a barcode typed as a price"
    )]
    PriceTooLarge {
        /// As asked, in minor units.
        unit_price_minor: i64,
    },
    /// Price times quantity beyond [`MAX_AMOUNT_MINOR`].
    #[error(
        "the line would come to {amount_minor} (minor units), the limit is {MAX_AMOUNT_MINOR}: lower the quantity or the price"
    )]
    LineTooLarge {
        /// What it would come to, in minor units.
        amount_minor: i128,
    },
    /// A discount below 0 or above the whole.
    #[error(
        "discount {discount_bp} (basis points) is refused: it must be from 0 to {MAX_DISCOUNT_BP}"
    )]
    DiscountOutOfRange {
        /// As asked, in basis points.
        discount_bp: i64,
    },
    /// A rate below 0 or above [`MAX_RATE_BP`].
    #[error(
        "tax rate {tax_rate_bp} (basis points) is refused: it must be from 0 to {MAX_RATE_BP}; correct the tax class"
    )]
    TaxRateOutOfRange {
        /// As given, in basis points.
        tax_rate_bp: i64,
    },
    /// No such line.
    #[error("line {line_no} is not in this cart: choose one of its lines")]
    LineUnknown {
        /// As asked.
        line_no: u32,
    },
    /// The line is void already.
    #[error("line {line_no} is void: restore it first")]
    LineVoided {
        /// As asked.
        line_no: u32,
    },
    /// The line is not void.
    #[error("line {line_no} is not void: there is nothing to restore")]
    LineNotVoided {
        /// As asked.
        line_no: u32,
    },
    /// [`MAX_LINES`] reached, void ones included.
    #[error(
        "the cart has {MAX_LINES} lines, which is the limit: complete this sale and go on in a new one"
    )]
    TooManyLines,
    /// All lines together beyond [`MAX_AMOUNT_MINOR`].
    #[error(
        "the cart would come to {amount_minor} (minor units), the limit is {MAX_AMOUNT_MINOR}: complete this sale and go on in a new one"
    )]
    TotalTooLarge {
        /// What it would come to, in minor units.
        amount_minor: i128,
    },
    /// Lines cannot change while money lies on the counter.
    #[error("the cart has {tenders} tender(s): remove them before changing lines")]
    HasTenders {
        /// How many.
        tenders: usize,
    },
    /// A tender with this id is there already.
    #[error("tender {tender_id} is already in this cart: it was not added twice")]
    TenderKnown {
        /// As asked.
        tender_id: Uuid,
    },
    /// No such tender.
    #[error("tender {tender_id} is not in this cart: it may have been removed already")]
    TenderUnknown {
        /// As asked.
        tender_id: Uuid,
    },
    /// The tender itself breaks a rule.
    #[error(transparent)]
    Tender(#[from] TenderRefused),
}
