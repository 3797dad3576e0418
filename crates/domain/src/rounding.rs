//! The one rounding function, and how cash is rounded.
//!
//! Every amount of the till that is not exact goes through [`round_div`], once. Promises symmetry: a refund rounds as
//! its sale did, because ties are judged by distance from zero and never by sign.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// What becomes of a value exactly half-way between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::enum_variant_names, reason = "all three are about halves")]
pub enum Tie {
    /// Away from zero: 2.5 is 3, −2.5 is −3.
    HalfUp,
    /// To the even neighbour: 2.5 is 2, 3.5 is 4.
    HalfEven,
    /// Toward zero: 2.5 is 2, −2.5 is −2.
    HalfDown,
}

words!(Tie { HalfUp = "half_up", HalfEven = "half_even", HalfDown = "half_down" });

/// The quotient, rounded to the nearest whole number; `tie` decides half-way cases. The denominator must not be 0.
#[must_use]
pub fn round_div(numerator: i128, denominator: i128, tie: Tie) -> i128 {
    let quotient = numerator / denominator;
    let rest = (numerator % denominator).unsigned_abs();
    // Compared with what is missing to the next whole one rather than doubled: doubling could overflow.
    let missing = denominator.unsigned_abs() - rest;
    let away = match rest.cmp(&missing) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match tie {
            Tie::HalfUp => true,
            Tie::HalfEven => quotient % 2 != 0,
            Tie::HalfDown => false,
        },
    };
    let step = if (numerator < 0) == (denominator < 0) {
        1
    } else {
        -1
    };
    if away { quotient + step } else { quotient }
}

/// The nearest multiple of `increment_minor`, e.g. 31772 to 31770 by 5. An increment of 1 or less changes nothing.
#[must_use]
pub fn round_to_increment(amount_minor: i64, increment_minor: i64, tie: Tie) -> i64 {
    if increment_minor <= 1 {
        return amount_minor;
    }
    let increment = i128::from(increment_minor);
    to_minor(round_div(i128::from(amount_minor), increment, tie) * increment)
}

/// Back from exact arithmetic to an amount. Everything inside [`crate::limits`] fits; what does not (hand-made input
/// that passed no door) stops at the end of the range instead of wrapping round to a wrong sign.
pub(crate) fn to_minor(exact: i128) -> i64 {
    i64::try_from(exact).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX })
}

/// What becomes of change that the smallest coin cannot make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRounding {
    /// To the nearest multiple of the increment, ties by the rule's tie.
    Nearest,
    /// Up to the next multiple: the customer never gets less than is theirs.
    InCustomersFavour,
    /// As it is.
    Exact,
}

words!(ChangeRounding { Nearest = "nearest", InCustomersFavour = "in_customers_favour", Exact = "exact" });

/// Which tenders are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashRoundingScope {
    /// What is due in cash; a card pays to the minor unit.
    CashOnly,
    /// The whole sale, however it is paid.
    AllTenders,
}

words!(CashRoundingScope { CashOnly = "cash_only", AllTenders = "all_tenders" });

/// The four settings of cash rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct CashRounding {
    /// The smallest coin, in minor units; 1 means that nothing is rounded.
    pub increment_minor: i64,
    /// Which way half a coin goes.
    pub tie: Tie,
    /// What becomes of change.
    pub change: ChangeRounding,
    /// Which tenders are rounded.
    pub scope: CashRoundingScope,
}

impl CashRounding {
    /// No rounding: every minor unit can be handed over.
    pub const NONE: Self = Self {
        increment_minor: 1,
        tie: Tie::HalfUp,
        change: ChangeRounding::Exact,
        scope: CashRoundingScope::CashOnly,
    };

    /// What is asked for when `due_minor` is due in coins.
    #[must_use]
    pub fn due_minor(&self, due_minor: i64) -> i64 {
        round_to_increment(due_minor, self.increment_minor, self.tie)
    }

    /// What is handed back when `change_minor` (never negative) is the customer's.
    #[must_use]
    pub fn change_minor(&self, change_minor: i64) -> i64 {
        match self.change {
            ChangeRounding::Exact => change_minor,
            ChangeRounding::Nearest => {
                round_to_increment(change_minor, self.increment_minor, self.tie)
            }
            ChangeRounding::InCustomersFavour => next_multiple(change_minor, self.increment_minor),
        }
    }
}

/// The smallest multiple of `step_minor` that is not below `amount_minor`.
pub(crate) fn next_multiple(amount_minor: i64, step_minor: i64) -> i64 {
    let over = amount_minor.rem_euclid(step_minor.max(1));
    if over == 0 {
        amount_minor
    } else {
        amount_minor + (step_minor - over)
    }
}
