//! The "no" of an edit, a change of stock, or a decision, as the window can say it: code, field,
//! value, limit.
//!
//! Each `match` is total, as in [`crate::translate`].

use domain::limits::{
    MAX_CODE_CHARS, MAX_LINES, MAX_NAME_CHARS, MAX_PRODUCT_BARCODES, MAX_QUANTITY_MILLI,
    MAX_REASON_CHARS, MAX_REFERENCE_CHARS,
};
use domain::{EditRefused, StockRefused, format_milli};

use crate::error::{AppError, Code};

impl From<EditRefused> for AppError {
    fn from(refused: EditRefused) -> Self {
        use EditRefused as No;
        let words = refused.to_string();
        let says = |code| Self::new(code, words.clone());
        match refused {
            No::Article(refused) => price_of_product(refused.into()),
            No::CategoryTooLong { chars } => says(Code::TooLarge)
                .field("category", chars)
                .limit(MAX_NAME_CHARS),
            No::ControlCharacter { field } if field == "barcode" => {
                says(Code::BarcodeMalformed).field(field, "")
            }
            No::ControlCharacter { field } => says(Code::NameMissing).field(field, ""),
            No::BarcodeLength { start, .. } => says(Code::BarcodeMalformed)
                .field("barcode", start)
                .limit(MAX_CODE_CHARS),
            No::TooManyBarcodes { barcodes } => says(Code::TooLarge)
                .field("barcodes", barcodes)
                .limit(MAX_PRODUCT_BARCODES),
            No::NothingChanged => says(Code::NothingChanged),
        }
    }
}

/// A product's field is called as the edit calls it.
fn price_of_product(mut error: AppError) -> AppError {
    if error.field.as_deref() == Some("unit_price_minor") {
        error.field = Some("price_minor".to_owned());
    }
    error
}

impl From<StockRefused> for AppError {
    fn from(refused: StockRefused) -> Self {
        use StockRefused as No;
        let words = refused.to_string();
        let says = |code| Self::new(code, words.clone());
        match refused {
            No::NoLines => says(Code::NothingChanged).field("lines", 0),
            No::TooManyLines { lines } => says(Code::TooManyLines)
                .field("lines", lines)
                .limit(MAX_LINES),
            No::Twice { product_id } => says(Code::LineUnknown).field("product_id", product_id),
            No::Zero => says(Code::QuantityZero).field("quantity", 0),
            No::Negative { quantity_milli } => says(Code::QuantityZero)
                .field("quantity", format_milli(quantity_milli))
                .limit(0),
            No::TooLarge { quantity_milli } => says(Code::QuantityTooLarge)
                .field("quantity", format_milli(quantity_milli))
                .limit(format_milli(MAX_QUANTITY_MILLI)),
            No::NotWhole { quantity_milli } => {
                says(Code::QuantityNotWhole).field("quantity", format_milli(quantity_milli))
            }
            No::ReasonMissing => says(Code::ReasonMissing)
                .field("reason", "")
                .limit(MAX_REASON_CHARS),
            No::ReasonTooLong { chars } => says(Code::TooLarge)
                .field("reason", chars)
                .limit(MAX_REASON_CHARS),
            No::ReferenceTooLong { chars } => says(Code::TooLarge)
                .field("reference", chars)
                .limit(MAX_REFERENCE_CHARS),
        }
    }
}
