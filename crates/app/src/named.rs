//! Which field a refusal is about, its value and the limit it met: so that the window can say it
//! beside the field, in its own words.
//!
//! Each `match` is total, as in [`crate::translate`]. Quantities are written as people write them;
//! money is in a field `*_minor` until [`in_money`] has written it in the till's currency.

use domain::limits::{
    MAX_AMOUNT_MINOR, MAX_CODE_CHARS, MAX_DISCOUNT_BP, MAX_LINES, MAX_NAME_CHARS,
    MAX_QUANTITY_MILLI, MAX_RATE_BP, MAX_REASON_CHARS, MAX_REFERENCE_CHARS, MAX_REFUND_LINES,
    MAX_TENDERS,
};
use domain::{
    AmountRefused, CartRefused, Currency, QuantityRefused, RefundRefused, TenderRefused,
    format_milli, format_minor,
};

use crate::error::AppError;

/// What a cart refused.
pub(crate) fn cart(error: AppError, refused: &CartRefused) -> AppError {
    use CartRefused as No;
    match refused {
        No::NameMissing => error.field("name", "").limit(MAX_NAME_CHARS),
        No::NameTooLong { start, .. } => error.field("name", start).limit(MAX_NAME_CHARS),
        No::CodeTooLong { start, .. } => error.field("code", start).limit(MAX_CODE_CHARS),
        No::QuantityZero => error.field("quantity", 0),
        No::QuantityNegative { quantity_milli } | No::QuantityNotWhole { quantity_milli } => {
            error.field("quantity", format_milli(*quantity_milli))
        }
        No::QuantityTooLarge { quantity_milli } => error
            .field("quantity", format_milli(*quantity_milli))
            .limit(format_milli(MAX_QUANTITY_MILLI)),
        No::PriceNegative { unit_price_minor } => {
            error.field("unit_price_minor", unit_price_minor).limit(0)
        }
        No::PriceTooLarge { unit_price_minor } => error
            .field("unit_price_minor", unit_price_minor)
            .limit(MAX_AMOUNT_MINOR),
        No::LineTooLarge { amount_minor } | No::TotalTooLarge { amount_minor } => error
            .field("amount_minor", amount_minor)
            .limit(MAX_AMOUNT_MINOR),
        No::DiscountOutOfRange { discount_bp } => error
            .field("discount_bp", discount_bp)
            .limit(MAX_DISCOUNT_BP),
        No::TaxRateOutOfRange { tax_rate_bp } => {
            error.field("tax_rate_bp", tax_rate_bp).limit(MAX_RATE_BP)
        }
        No::LineUnknown { line_no }
        | No::LineVoided { line_no }
        | No::LineNotVoided { line_no } => error.field("line_no", line_no),
        No::TooManyLines => error.field("lines", MAX_LINES).limit(MAX_LINES),
        No::HasTenders { tenders } => error.field("tenders", tenders),
        No::TenderKnown { tender_id } | No::TenderUnknown { tender_id } => {
            error.field("tender_id", tender_id)
        }
        No::Tender(refused) => tender(error, refused),
    }
}

/// What taking money refused.
pub(crate) fn tender(error: AppError, refused: &TenderRefused) -> AppError {
    use TenderRefused as No;
    match refused {
        No::AmountNotPositive { amount_minor } | No::AmountTooLarge { amount_minor } => error
            .field("amount_minor", amount_minor)
            .limit(MAX_AMOUNT_MINOR),
        No::ExceedsDue {
            amount_minor,
            remaining_minor,
        } => error
            .field("amount_minor", amount_minor)
            .limit(remaining_minor),
        No::NothingDue { amount_minor } => error.field("amount_minor", amount_minor).limit(0),
        No::TooMany { tenders } => error.field("tenders", tenders).limit(MAX_TENDERS),
        No::ReferenceTooLong { chars } => {
            error.field("reference", chars).limit(MAX_REFERENCE_CHARS)
        }
    }
}

/// What giving back refused.
pub(crate) fn refund(error: AppError, refused: &RefundRefused) -> AppError {
    use RefundRefused as No;
    match refused {
        No::Nothing => error.field("lines", 0),
        No::TooManyLines { lines } => error.field("lines", lines).limit(MAX_REFUND_LINES),
        No::LineUnknown { line_no } => error.field("line_no", line_no),
        No::QuantityRefused { quantity_milli, .. } => {
            error.field("quantity", format_milli(*quantity_milli))
        }
        No::ExceedsSold {
            quantity_milli,
            left_milli,
            ..
        } => error
            .field("quantity", format_milli(*quantity_milli))
            .limit(format_milli(*left_milli)),
        No::Article { refused, .. } => cart(error, refused),
        No::ReasonMissing => error.field("reason", "").limit(MAX_REASON_CHARS),
        No::ReasonTooLong { chars } => error.field("reason", chars).limit(MAX_REASON_CHARS),
        No::TenderMismatch {
            given_minor,
            due_minor,
        } => error.field("amount_minor", given_minor).limit(due_minor),
        No::TenderRefused => error.field("tenders", "").limit(MAX_TENDERS),
    }
}

/// What a typed amount was refused for.
pub(crate) fn amount(error: AppError, refused: &AmountRefused) -> AppError {
    use AmountRefused as No;
    match refused {
        No::Malformed { text } => error.field("amount", text),
        No::TooManyDecimals { text, decimals, .. } => error.field("amount", text).limit(decimals),
        No::TooLarge { text, limit, .. } => error.field("amount", text).limit(limit),
    }
}

/// What a typed quantity was refused for.
pub(crate) fn quantity(error: AppError, refused: &QuantityRefused) -> AppError {
    use QuantityRefused as No;
    match refused {
        No::Malformed { text } => error.field("quantity", text),
        No::TooManyDecimals { text } => error.field("quantity", text).limit(3),
        No::TooLarge { text, limit } => error.field("quantity", text).limit(limit),
    }
}

/// The same with money as people write it: `unit_price_minor` 1250 is `unit_price` 12.50.
pub(crate) fn in_money(mut error: AppError, currency: Currency) -> AppError {
    let Some(field) = error
        .field
        .as_deref()
        .and_then(|field| field.strip_suffix("_minor"))
    else {
        return error;
    };
    let field = field.to_owned();
    let money = |minor: Option<String>| -> Option<String> {
        Some(format_minor(minor?.parse().ok()?, currency))
    };
    error.value = money(error.value.take());
    error.limit = money(error.limit.take());
    error.field = Some(field);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_in_a_refusal_reads_as_people_write_it() {
        let refused = CartRefused::PriceTooLarge {
            unit_price_minor: 1_000_000_000_000_050,
        };
        let said = in_money(refused.into(), Currency::from_code("GBP").unwrap());
        let facts = (
            said.field.as_deref(),
            said.value.as_deref(),
            said.limit.as_deref(),
        );
        let expected = (
            Some("unit_price"),
            Some("10000000000000.50"),
            Some("10000000000.00"),
        );
        assert_eq!(facts, expected, "pounds, not pence");
    }
}
