//! The one error at the boundary.
//!
//! Owns the closed list of codes that the UI turns into sentences. Everything that fails below is
//! brought to one of these in one place, so that a cashier never meets a library's words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A "no" or a failure, for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(export)]
#[error("{detail}")]
pub struct AppError {
    /// Chooses the sentence and the way on.
    pub code: Code,
    /// The field that was wrong.
    pub field: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// The limit it met.
    pub limit: Option<String>,
    /// The whole story in English, for the command line and for support.
    pub detail: String,
}

/// Every way a command can say no; closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[expect(
    missing_docs,
    reason = "each code's sentence stands in the UI's words, one place for both"
)]
#[expect(
    clippy::enum_variant_names,
    reason = "`unknown_code` is the word on the wire"
)]
pub enum Code {
    WrongPin,
    PinLocked,
    PinMalformed,
    NotSignedIn,
    NotAllowed,
    ApprovalWrong,
    UnknownCode,
    ProductUnknown,
    QuantityZero,
    QuantityNotWhole,
    QuantityTooLarge,
    PriceNegative,
    PriceTooLarge,
    AmountMalformed,
    LineUnknown,
    TooManyLines,
    CartEmpty,
    TenderedAlready,
    TenderShort,
    TenderExceedsDue,
    TenderUnknown,
    SaleUnknown,
    RefundExceedsSold,
    RefundNothing,
    UntoldSaleFirst,
    AlreadySetUp,
    NotSetUp,
    CurrencyUnknown,
    NameMissing,
    RateMalformed,
    CloudUnreachable,
    EnrolRefused,
    AlreadyEnrolled,
    PrinterUnreachable,
    DiskFull,
    DiskFailed,
    ReadOnly,
    VaultNewer,
    VaultInUse,
    VaultDamaged,
    KeyMissing,
    FileUnreadable,
    TooLarge,
    BarcodeTaken,
    BarcodeMalformed,
    ReasonMissing,
    TaxClassUnknown,
    NothingChanged,
    ConflictUnknown,
    ConflictChanged,
    DecisionNotPossible,
    OpsUnsent,
    NoCloud,
    PathTaken,
    Internal,
}

impl AppError {
    /// A refusal with its story.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            value: None,
            limit: None,
            detail: detail.into(),
        }
    }

    /// Names the field and the value that were refused.
    #[must_use]
    pub fn field(mut self, field: &str, value: impl ToString) -> Self {
        self.field = Some(field.to_owned());
        self.value = Some(value.to_string());
        self
    }

    /// Names the limit that was met.
    #[must_use]
    pub fn limit(mut self, limit: impl ToString) -> Self {
        self.limit = Some(limit.to_string());
        self
    }
}
