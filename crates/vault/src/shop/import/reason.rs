//! Why a row was not imported, in words for the person who made the file.

use super::lines::MAX_LINE_BYTES;

/// The reason of one refused row; its text names the field, the value and the limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowReason {
    #[error("the row is longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    #[error("byte {byte} of the row is not UTF-8; save the file as UTF-8")]
    NotUtf8 { byte: usize },
    #[error("the quotes of column {column} do not close on this row or are followed by text")]
    Quotes { column: usize },
    #[error("{found} columns where the header has {expected}")]
    Columns { found: usize, expected: usize },
    #[error("the name is missing")]
    NameMissing,
    #[error("{field} has {found} characters; at most {limit} are allowed")]
    FieldTooLong {
        field: &'static str,
        found: usize,
        limit: usize,
    },
    #[error("neither a barcode nor a code")]
    NoCode,
    #[error("{found} barcodes; at most {limit} are allowed")]
    TooManyBarcodes { found: usize, limit: usize },
    #[error("price {value:?}: {why}")]
    Price { value: String, why: String },
    #[error("price {value:?} is negative")]
    PriceNegative { value: String },
    #[error("no tax class, and the import has no default one")]
    TaxClassMissing,
    #[error("tax class {code:?} is unknown; set it up first")]
    TaxClassUnknown { code: String },
    #[error("unit {value:?} is unknown; use piece, kilogram, litre or metre")]
    Unit { value: String },
    #[error("code {code:?} already stands in this file for {name:?}")]
    CodeTaken { code: String, name: String },
}
