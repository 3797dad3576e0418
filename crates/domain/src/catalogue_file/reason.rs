//! Why a row was not taken, in words for the person who made the file.

use super::MAX_LINE_BYTES;

/// The reason of one refused row; its text names the field, the value and the limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowReason {
    /// No article is so long: a lost quote or another kind of file.
    #[error("the row is longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// Another encoding.
    #[error("byte {byte} of the row is not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The first byte that is none, from 1.
        byte: usize,
    },
    /// Nobody can say what was meant.
    #[error("the quotes of column {column} do not close on this row or are followed by text")]
    Quotes {
        /// The column, from 1.
        column: usize,
    },
    /// Fields too many or too few.
    #[error("{found} columns where the header has {expected}")]
    Columns {
        /// In the row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// An article without a name.
    #[error("the name is missing")]
    NameMissing,
    /// A text beyond its limit.
    #[error("{field} has {found} characters; at most {limit} are allowed")]
    FieldTooLong {
        /// The column.
        field: &'static str,
        /// Characters found.
        found: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// Nothing to find it by.
    #[error("neither a barcode nor a code")]
    NoCode,
    /// Too many barcodes.
    #[error("{found} barcodes; at most {limit} are allowed")]
    TooManyBarcodes {
        /// As many as there are.
        found: usize,
        /// As many as may be.
        limit: usize,
    },
    /// A price that is no amount.
    #[error("price {value:?}: {why}")]
    Price {
        /// As written, cut to 40 characters.
        value: String,
        /// Why not.
        why: String,
    },
    /// A price below zero.
    #[error("price {value:?} is negative")]
    PriceNegative {
        /// As written, cut to 40 characters.
        value: String,
    },
    /// Neither the row nor the import names a class.
    #[error("no tax class, and the import has no default one")]
    TaxClassMissing,
    /// A class that is not there.
    #[error("tax class {code:?} is unknown; set it up first")]
    TaxClassUnknown {
        /// As written, cut to 40 characters.
        code: String,
    },
    /// A unit that nobody sells by.
    #[error("unit {value:?} is unknown; use piece, kilogram, litre or metre")]
    Unit {
        /// As written, cut to 40 characters.
        value: String,
    },
    /// Two articles of one file under one code.
    #[error("code {code:?} already stands in this file for {name:?}")]
    CodeTaken {
        /// The code.
        code: String,
        /// The name above.
        name: String,
    },
}
