//! Tenders: what is handed over for a sale, and when that is enough.
//!
//! A sale's due is its gross. Card pays to the minor unit and never more than remains; cash may be more, and what is too
//! much goes back. Where the smallest coin is larger than the minor unit, **the rounding happens when cash closes the
//! sale**: until then the due is the exact gross (so that a card can still pay it to the minor unit), and
//! `remaining_in_cash_minor` says what coins would settle it. From then on `to_pay = tendered − change`, and what
//! distinguishes it from the gross stands on its own line: `to_pay = gross + cash_rounding`. Where the branch rounds all
//! tenders, the rounded figure is the due from the start.
//!
//! Promises for every mix: `Σ tenders − change = to_pay = gross + cash_rounding` once nothing remains. Never touches a
//! line, never knows a drawer.

use crate::limits::{MAX_AMOUNT_MINOR, MAX_QUICK_CASH, MAX_REFERENCE_CHARS, MAX_TENDERS};
use crate::rounding::{CashRounding, CashRoundingScope, next_multiple};
use crate::tax::SellingRules;
use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// What kind of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Coins and notes into the drawer.
    Cash,
    /// Approved on a card terminal beside the till.
    Card,
}

words!(TenderKind { Cash = "cash", Card = "card" });

/// One amount handed over. On a refund: handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Tender {
    /// Made before the tender is written.
    pub tender_id: Uuid,
    /// What kind of money.
    pub kind: TenderKind,
    /// How much, in minor units, above zero.
    pub amount_minor: i64,
    /// The card slip's number, or what else tells it from others.
    pub reference: Option<String>,
}

/// Where a sale stands with its tenders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Settlement {
    /// What the customer pays in the end: `gross + cash_rounding`.
    pub to_pay_minor: i64,
    /// What cash rounding added (negative: took off).
    pub cash_rounding_minor: i64,
    /// The sum of the tenders.
    pub tendered_minor: i64,
    /// What is still due, to the minor unit; 0 exactly when the sale can be completed.
    pub remaining_minor: i64,
    /// What is still due if cash pays all of it.
    pub remaining_in_cash_minor: i64,
    /// What goes back, from cash only.
    pub change_minor: i64,
    /// What a customer may hand over in cash now: the exact sum first, then what coins and notes make, ascending.
    pub quick_cash_minor: Vec<i64>,
}

/// Why a tender was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TenderRefused {
    /// Zero or less.
    #[error(
        "tender amount {amount_minor} (minor units) is refused: it must be above 0; money that goes back is a refund"
    )]
    AmountNotPositive {
        /// As asked, in minor units.
        amount_minor: i64,
    },
    /// Beyond [`MAX_AMOUNT_MINOR`].
    #[error(
        "tender amount {amount_minor} (minor units) is too large, the limit is {MAX_AMOUNT_MINOR}: check for a barcode typed as an amount"
    )]
    AmountTooLarge {
        /// As asked, in minor units.
        amount_minor: i64,
    },
    /// A card would pay more than is due.
    #[error(
        "card amount {amount_minor} (minor units) exceeds the {remaining_minor} still due: a card gives no change; take {remaining_minor} or less"
    )]
    ExceedsDue {
        /// As asked, in minor units.
        amount_minor: i64,
        /// What is due, in minor units.
        remaining_minor: i64,
    },
    /// Nothing is due any more.
    #[error(
        "tender amount {amount_minor} (minor units) is refused: nothing is due; complete the sale"
    )]
    NothingDue {
        /// As asked, in minor units.
        amount_minor: i64,
    },
    /// More than [`MAX_TENDERS`].
    #[error(
        "the sale would have {tenders} tenders, the limit is {MAX_TENDERS}: remove some and take larger ones"
    )]
    TooMany {
        /// How many it would have.
        tenders: usize,
    },
    /// A reference beyond [`MAX_REFERENCE_CHARS`].
    #[error(
        "tender reference has {chars} characters, the limit is {MAX_REFERENCE_CHARS}: shorten it"
    )]
    ReferenceTooLong {
        /// Its length.
        chars: usize,
    },
}

/// What has been handed over so far.
#[derive(Clone, Copy, Default)]
struct Handed {
    cash_minor: i64,
    card_minor: i64,
}

/// Where a sale of `gross_minor` stands with `tenders`, taken in their order; or which of them may not be.
pub fn settle(
    gross_minor: i64,
    tenders: &[Tender],
    rules: &SellingRules,
) -> Result<Settlement, TenderRefused> {
    if tenders.len() > MAX_TENDERS {
        return Err(TenderRefused::TooMany {
            tenders: tenders.len(),
        });
    }
    let mut handed = Handed::default();
    for tender in tenders {
        let before = balance(gross_minor, handed, &rules.cash_rounding);
        check_tender(tender, before.remaining_minor)?;
        match tender.kind {
            TenderKind::Cash => handed.cash_minor += tender.amount_minor,
            TenderKind::Card => handed.card_minor += tender.amount_minor,
        }
    }
    let mut settlement = balance(gross_minor, handed, &rules.cash_rounding);
    settlement.quick_cash_minor = quick_cash(settlement.remaining_in_cash_minor, rules);
    Ok(settlement)
}

fn check_tender(tender: &Tender, remaining_minor: i64) -> Result<(), TenderRefused> {
    let amount_minor = tender.amount_minor;
    if amount_minor <= 0 {
        return Err(TenderRefused::AmountNotPositive { amount_minor });
    }
    if amount_minor > MAX_AMOUNT_MINOR {
        return Err(TenderRefused::AmountTooLarge { amount_minor });
    }
    let chars = tender
        .reference
        .as_deref()
        .map_or(0, |reference| reference.chars().count());
    if chars > MAX_REFERENCE_CHARS {
        return Err(TenderRefused::ReferenceTooLong { chars });
    }
    if remaining_minor <= 0 {
        return Err(TenderRefused::NothingDue { amount_minor });
    }
    if tender.kind == TenderKind::Card && amount_minor > remaining_minor {
        return Err(TenderRefused::ExceedsDue {
            amount_minor,
            remaining_minor,
        });
    }
    Ok(())
}

/// The figures without the choices of quick cash.
fn balance(gross_minor: i64, handed: Handed, rounding: &CashRounding) -> Settlement {
    let tendered_minor = handed.cash_minor + handed.card_minor;
    let due_minor = match rounding.scope {
        CashRoundingScope::CashOnly => gross_minor,
        CashRoundingScope::AllTenders => rounding.due_minor(gross_minor),
    };
    // What cash has to cover, to the minor unit and in coins. Cash that covers either of them closes the sale: a card
    // that paid the exact remainder must not leave a coin open.
    let exact_minor = due_minor - handed.card_minor;
    let coins_minor = rounding.due_minor(exact_minor);
    let closes = handed.cash_minor >= exact_minor.min(coins_minor)
        && (handed.cash_minor > 0 || exact_minor <= 0);
    let change_minor = if closes {
        rounding.change_minor((handed.cash_minor - coins_minor).max(0))
    } else {
        0
    };
    let to_pay_minor = if closes {
        tendered_minor - change_minor
    } else {
        due_minor
    };
    Settlement {
        to_pay_minor,
        cash_rounding_minor: to_pay_minor - gross_minor,
        tendered_minor,
        remaining_minor: if closes {
            0
        } else {
            exact_minor - handed.cash_minor
        },
        remaining_in_cash_minor: if closes {
            0
        } else {
            coins_minor - handed.cash_minor
        },
        change_minor,
        quick_cash_minor: Vec::new(),
    }
}

/// The exact sum, then the next sums that coins and notes make: 12.37, 13.00, 14.00, 15.00, 20.00, 50.00.
fn quick_cash(due_minor: i64, rules: &SellingRules) -> Vec<i64> {
    if due_minor <= 0 {
        return Vec::new();
    }
    let notes = rules.currency.notes_minor().iter();
    let mut choices: Vec<i64> = notes
        .map(|&note_minor| next_multiple(due_minor, note_minor))
        .collect();
    choices.push(due_minor);
    choices.sort_unstable();
    choices.dedup();
    choices.truncate(MAX_QUICK_CASH);
    choices
}
