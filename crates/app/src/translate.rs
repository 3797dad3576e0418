//! Bringing every crate's "no" to the one error at the boundary.
//!
//! Each `match` is total: a new refusal below must be given a code here before it compiles.

use domain::{
    AmountRefused, CartRefused, PinRefused, QuantityRefused, RateRefused, RefundRefused,
    SaleRefused, TenderRefused,
};
use protocol::cloud::CallFailure;
use protocol::error::ApiCode;
use vault::VaultError;
use vault::shop::ShopError;

use crate::error::{AppError, Code};

impl AppError {
    /// A fault of our own; the story goes to support.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::new(Code::Internal, error.to_string())
    }
}

impl From<CartRefused> for AppError {
    fn from(refused: CartRefused) -> Self {
        use CartRefused as No;
        let code = match &refused {
            No::NameMissing => Code::NameMissing,
            No::NameTooLong { .. } | No::CodeTooLong { .. } => Code::TooLarge,
            No::QuantityZero | No::QuantityNegative { .. } => Code::QuantityZero,
            No::QuantityNotWhole { .. } => Code::QuantityNotWhole,
            No::QuantityTooLarge { .. } => Code::QuantityTooLarge,
            No::PriceNegative { .. } => Code::PriceNegative,
            No::PriceTooLarge { .. } | No::LineTooLarge { .. } | No::TotalTooLarge { .. } => {
                Code::PriceTooLarge
            }
            No::DiscountOutOfRange { .. } | No::TaxRateOutOfRange { .. } => Code::RateMalformed,
            No::LineUnknown { .. } | No::LineVoided { .. } | No::LineNotVoided { .. } => {
                Code::LineUnknown
            }
            No::TooManyLines => Code::TooManyLines,
            No::HasTenders { .. } => Code::TenderedAlready,
            No::TenderUnknown { .. } | No::TenderKnown { .. } => Code::TenderUnknown,
            No::Tender(refused) => return refused.clone().into(),
        };
        crate::named::cart(Self::new(code, refused.to_string()), &refused)
    }
}

impl From<TenderRefused> for AppError {
    fn from(refused: TenderRefused) -> Self {
        use TenderRefused as No;
        let code = match &refused {
            No::ExceedsDue { .. } | No::NothingDue { .. } => Code::TenderExceedsDue,
            No::AmountNotPositive { .. } | No::AmountTooLarge { .. } => Code::AmountMalformed,
            No::TooMany { .. } | No::ReferenceTooLong { .. } => Code::TooLarge,
        };
        crate::named::tender(Self::new(code, refused.to_string()), &refused)
    }
}

impl From<SaleRefused> for AppError {
    fn from(refused: SaleRefused) -> Self {
        let code = match &refused {
            SaleRefused::NoLines => Code::CartEmpty,
            SaleRefused::TenderShort { .. } => Code::TenderShort,
            SaleRefused::Tender(refused) => return refused.clone().into(),
        };
        Self::new(code, refused.to_string())
    }
}

impl From<RefundRefused> for AppError {
    fn from(refused: RefundRefused) -> Self {
        use RefundRefused as No;
        let code = match &refused {
            No::Nothing => Code::RefundNothing,
            No::TooManyLines { .. } => Code::TooManyLines,
            No::LineUnknown { .. } => Code::LineUnknown,
            No::QuantityRefused { .. } => Code::QuantityZero,
            No::ExceedsSold { .. } => Code::RefundExceedsSold,
            No::Article { refused, .. } => return refused.clone().into(),
            No::ReasonMissing => Code::NameMissing,
            No::ReasonTooLong { .. } => Code::TooLarge,
            No::TenderMismatch { .. } | No::TenderRefused => Code::TenderUnknown,
        };
        crate::named::refund(Self::new(code, refused.to_string()), &refused)
    }
}

impl From<AmountRefused> for AppError {
    fn from(refused: AmountRefused) -> Self {
        crate::named::amount(
            Self::new(Code::AmountMalformed, refused.to_string()),
            &refused,
        )
    }
}

impl From<QuantityRefused> for AppError {
    fn from(refused: QuantityRefused) -> Self {
        crate::named::quantity(
            Self::new(Code::AmountMalformed, refused.to_string()),
            &refused,
        )
    }
}

impl From<RateRefused> for AppError {
    fn from(refused: RateRefused) -> Self {
        Self::new(Code::RateMalformed, refused.to_string())
    }
}

impl From<PinRefused> for AppError {
    fn from(refused: PinRefused) -> Self {
        Self::new(Code::PinMalformed, refused.to_string())
    }
}

impl From<VaultError> for AppError {
    fn from(error: VaultError) -> Self {
        use VaultError as No;
        let code = match &error {
            No::InUse { .. } => Code::VaultInUse,
            No::Newer { .. } => Code::VaultNewer,
            No::ReadOnly { .. } => Code::ReadOnly,
            No::KeyWrong { .. } => Code::KeyMissing,
            No::NotSetUp { .. } => Code::NotSetUp,
            No::DiskFull { .. } => Code::DiskFull,
            No::DiskFailed { .. } | No::Io { .. } | No::Journal(_) | No::Closed => Code::DiskFailed,
            No::Damaged { .. } | No::Unreadable { .. } => Code::VaultDamaged,
            No::Refused(_) => Code::TooLarge,
            No::Missing { .. } => Code::SaleUnknown,
            No::SqliteTooOld { .. } | No::Exists { .. } | No::Panicked { .. } | No::Sql(_) => {
                Code::Internal
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<ShopError> for AppError {
    fn from(error: ShopError) -> Self {
        use ShopError as No;
        let code = match &error {
            full if full.no_room() => Code::DiskFull,
            No::Disk { .. } | No::Source { .. } | No::HeaderUnknown { .. } => Code::FileUnreadable,
            No::TooLarge { .. } => Code::TooLarge,
            No::TaxClassUnknown { .. } | No::Rule { .. } => Code::RateMalformed,
            No::Refused { .. } => Code::NameMissing,
            No::Damaged { .. } | No::Closed => Code::VaultDamaged,
            No::Snapshot { .. } => Code::CloudUnreachable,
            No::Sql(_) | No::ImportUnderWay => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<CallFailure> for AppError {
    fn from(failure: CallFailure) -> Self {
        let code = match &failure {
            CallFailure::Path { .. } => Code::CloudUnreachable,
            CallFailure::Refused { error, .. } => match error.code {
                ApiCode::CodeRefused => Code::EnrolRefused,
                ApiCode::AlreadyEnrolled => Code::AlreadyEnrolled,
                ApiCode::Malformed
                | ApiCode::IdempotencyKeyMissing
                | ApiCode::IdempotencyKeyReused
                | ApiCode::IdempotencyKeyBusy
                | ApiCode::Unauthorized
                | ApiCode::ClockWrong
                | ApiCode::TokenExpired
                | ApiCode::Exists
                | ApiCode::CursorReset
                | ApiCode::OutOfRange
                | ApiCode::Revoked
                | ApiCode::Forbidden
                | ApiCode::NotFound
                | ApiCode::TooLarge
                | ApiCode::Busy
                | ApiCode::UpgradeRequired
                | ApiCode::Internal => Code::CloudUnreachable,
            },
        };
        Self::new(code, failure.to_string())
    }
}
