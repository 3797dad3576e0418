//! The refund: a sale of its own that points at the lines it gives back.
//!
//! [`plan_refund`] decides what may go back and for how much; here is the shape, the sum and the closing. Promises
//! that all amounts and quantities are positive (a refund is the mirror, not a negative sale), that its lines add up to
//! its totals, and that what is handed back is exactly what is due. Never gives change.

use crate::currency::Currency;
use crate::limits::{MAX_REASON_CHARS, MAX_TENDERS};
use crate::line::PriceReason;
use crate::quantity::Unit;
use crate::rounding::CashRoundingScope;
use crate::sale::sum_of;
use crate::stock::{MovementKind, StockMovement};
use crate::tax::{LineAmounts, PriceMode, SellingRules, Totals};
use crate::tender::{Tender, TenderKind};
use crate::totals::sum_up;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::refund_plan::{
    GivenBack, RefundLineRequest, ReturnedArticle, plan_refund, plan_refund_without_receipt,
};
pub use crate::refund_refused::RefundRefused;

/// A completed refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Refund {
    /// Made before anything was written.
    pub refund_id: Uuid,
    /// The sale it gives back; `None`: without receipt.
    pub of_sale: Option<Uuid>,
    /// The currency of every amount.
    pub currency: Currency,
    /// Who took the goods back.
    pub operator_id: Uuid,
    /// Their name, as the receipt prints it.
    pub operator_name: String,
    /// Who approved it; may be the operator.
    pub approved_by: Uuid,
    /// Their name.
    pub approved_by_name: String,
    /// In words, as given at the counter.
    pub reason: String,
    /// When it was done, by the till's clock.
    pub completed_at_ms: i64,
    /// A customer's number or the like.
    pub reference: Option<String>,
    /// What came back; never empty.
    pub lines: Vec<RefundLine>,
    /// What was handed back; amounts are positive.
    pub tenders: Vec<Tender>,
    /// What the lines are worth; positive.
    pub totals: Totals,
    /// `to_give_minor − totals.gross_minor`.
    pub cash_rounding_minor: i64,
    /// What was handed back.
    pub to_give_minor: i64,
    /// What the prices mean.
    pub price_mode: PriceMode,
}

/// One article that came back, with what it had been sold for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct RefundLine {
    /// From 1, without gaps.
    pub line_no: u32,
    /// The sale's line; `None`: without receipt.
    pub of_line: Option<u32>,
    /// The product given back.
    pub product_id: Uuid,
    /// The code as scanned or typed, if any.
    pub code: Option<String>,
    /// As the receipt prints it.
    pub name: String,
    /// What one of it is.
    pub unit: Unit,
    /// How much came back, in thousandths; positive.
    pub quantity_milli: i64,
    /// The price of one unit as sold, in minor units.
    pub unit_price_minor: i64,
    /// The catalogue's price at the time, if it had one.
    pub list_price_minor: Option<i64>,
    /// Why the price was not the list price.
    pub price_reason: Option<PriceReason>,
    /// What had been taken off the line, in basis points.
    pub discount_bp: i64,
    /// The code of the tax class.
    pub tax_class: String,
    /// Its rate, in basis points.
    pub tax_rate_bp: i64,
    /// Whether the goods are sold again.
    pub back_to_stock: bool,
    /// What is given back for it; positive.
    pub amounts: LineAmounts,
}

/// What is to be handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct RefundDue {
    /// What to hand back, in minor units.
    pub to_give_minor: i64,
    /// What cash rounding added (negative: took off).
    pub cash_rounding_minor: i64,
}

/// What is due for `gross_minor`, of which `card_minor` goes back to a card and the rest in cash.
#[must_use]
pub fn refund_due(gross_minor: i64, card_minor: i64, rules: &SellingRules) -> RefundDue {
    let rounding = &rules.cash_rounding;
    let to_give_minor = match rounding.scope {
        CashRoundingScope::CashOnly => card_minor + rounding.due_minor(gross_minor - card_minor),
        CashRoundingScope::AllTenders => rounding.due_minor(gross_minor),
    };
    RefundDue {
        to_give_minor,
        cash_rounding_minor: to_give_minor - gross_minor,
    }
}

/// What the lines add up to; positive.
#[must_use]
pub fn refund_totals(lines: &[RefundLine]) -> Totals {
    sum_up(
        lines
            .iter()
            .map(|line| ((line.tax_rate_bp, line.tax_class.as_str()), line.amounts)),
    )
}

/// A refund about to be closed: all that [`complete_refund`] cannot work out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct RefundDraft {
    /// Made before anything is written.
    pub refund_id: Uuid,
    /// The sale it gives back; `None`: without receipt.
    pub of_sale: Option<Uuid>,
    /// Who takes the goods back.
    pub operator_id: Uuid,
    /// Their name.
    pub operator_name: String,
    /// Who approved it.
    pub approved_by: Uuid,
    /// Their name.
    pub approved_by_name: String,
    /// In words.
    pub reason: String,
    /// When, by the till's clock.
    pub completed_at_ms: i64,
    /// A customer's number or the like.
    pub reference: Option<String>,
    /// What the sale's prices mean.
    pub price_mode: PriceMode,
    /// As planned.
    pub lines: Vec<RefundLine>,
    /// What is handed back.
    pub tenders: Vec<Tender>,
}

/// Closes a refund: its tenders must be exactly what is due. A refund of nothing but free articles has none.
pub fn complete_refund(draft: RefundDraft, rules: &SellingRules) -> Result<Refund, RefundRefused> {
    check_draft(&draft)?;
    let totals = refund_totals(&draft.lines);
    let card_minor = sum_of(&draft.tenders, TenderKind::Card);
    let given_minor = card_minor + sum_of(&draft.tenders, TenderKind::Cash);
    let due = refund_due(totals.gross_minor, card_minor, rules);
    if given_minor != due.to_give_minor {
        return Err(RefundRefused::TenderMismatch {
            given_minor,
            due_minor: due.to_give_minor,
        });
    }
    Ok(Refund {
        refund_id: draft.refund_id,
        of_sale: draft.of_sale,
        currency: rules.currency,
        operator_id: draft.operator_id,
        operator_name: draft.operator_name,
        approved_by: draft.approved_by,
        approved_by_name: draft.approved_by_name,
        reason: draft.reason,
        completed_at_ms: draft.completed_at_ms,
        reference: draft.reference,
        lines: draft.lines,
        tenders: draft.tenders,
        totals,
        cash_rounding_minor: due.cash_rounding_minor,
        to_give_minor: due.to_give_minor,
        price_mode: draft.price_mode,
    })
}

fn check_draft(draft: &RefundDraft) -> Result<(), RefundRefused> {
    if draft.lines.is_empty() {
        return Err(RefundRefused::Nothing);
    }
    if draft.reason.trim().is_empty() {
        return Err(RefundRefused::ReasonMissing);
    }
    let chars = draft.reason.chars().count();
    if chars > MAX_REASON_CHARS {
        return Err(RefundRefused::ReasonTooLong { chars });
    }
    let tenders_fit = draft.tenders.len() <= MAX_TENDERS
        && draft.tenders.iter().all(|tender| tender.amount_minor > 0);
    if tenders_fit {
        Ok(())
    } else {
        Err(RefundRefused::TenderRefused)
    }
}

impl Refund {
    /// What comes back to stock: one movement for each line that is sold again. Goods that are not sold again left with
    /// the sale and do not move stock a second time.
    #[must_use]
    pub fn stock_movements(&self) -> Vec<StockMovement> {
        let movement = |line: &RefundLine| StockMovement {
            product_id: line.product_id,
            kind: MovementKind::Resale,
            delta_milli: line.quantity_milli,
            reason: Some(self.reason.clone()),
        };
        self.lines
            .iter()
            .filter(|line| line.back_to_stock)
            .map(movement)
            .collect()
    }

    /// What the refund moved in the drawer: the cash handed back, negative, in minor units.
    #[must_use]
    pub fn cash_moved_minor(&self) -> i64 {
        -sum_of(&self.tenders, TenderKind::Cash)
    }
}
