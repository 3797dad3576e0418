//! The sale: a completed cart, frozen.
//!
//! [`complete`] is the only way from one to the other. Promises that a [`Sale`] is whole: it has lines, numbered 1 to n
//! without a gap; they add up to its totals; its tenders less its change are what was to pay. Names, prices and taxes are
//! copied, never looked up again. Never changes once made.

use crate::cart::Cart;
use crate::currency::Currency;
use crate::line::{CartLine, PriceReason};
use crate::quantity::Unit;
use crate::stock::{MovementKind, StockMovement};
use crate::tax::{LineAmounts, PriceMode, PricedLine, SellingRules, Totals};
use crate::tender::{Tender, TenderKind, TenderRefused, settle};
use crate::totals::total;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// A completed, immutable cart with its tenders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Sale {
    /// Made with the cart, before anything was written.
    pub sale_id: Uuid,
    /// The currency of every amount.
    pub currency: Currency,
    /// Who sold.
    pub operator_id: Uuid,
    /// Their name, as the receipt prints it.
    pub operator_name: String,
    /// When the cart was opened.
    pub opened_at_ms: i64,
    /// When it was paid, by the till's clock.
    pub completed_at_ms: i64,
    /// A customer's order number or the like.
    pub reference: Option<String>,
    /// What was sold; never empty.
    pub lines: Vec<SaleLine>,
    /// What was handed over.
    pub tenders: Vec<Tender>,
    /// What the lines are worth.
    pub totals: Totals,
    /// `to_pay_minor − totals.gross_minor`.
    pub cash_rounding_minor: i64,
    /// What was paid: the sum of the tenders less the change.
    pub to_pay_minor: i64,
    /// What went back in cash.
    pub change_minor: i64,
    /// What the prices mean.
    pub price_mode: PriceMode,
}

/// One article on a sale; description, price and tax frozen as sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct SaleLine {
    /// From 1, without gaps.
    pub line_no: u32,
    /// The product sold.
    pub product_id: Uuid,
    /// The code as scanned or typed, if any.
    pub code: Option<String>,
    /// As the receipt prints it.
    pub name: String,
    /// What one of it is.
    pub unit: Unit,
    /// How much, in thousandths.
    pub quantity_milli: i64,
    /// The price of one unit, in minor units.
    pub unit_price_minor: i64,
    /// The catalogue's price at the time, if it had one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price.
    pub price_reason: Option<PriceReason>,
    /// Taken off the line, in basis points.
    pub discount_bp: i64,
    /// The code of the tax class.
    pub tax_class: String,
    /// Its rate, in basis points.
    pub tax_rate_bp: i64,
    /// What the line is worth.
    pub amounts: LineAmounts,
}

/// Why a cart cannot be completed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SaleRefused {
    /// Nothing to sell.
    #[error("the cart has no lines: scan an article first")]
    NoLines,
    /// Not paid in full.
    #[error("{missing_minor} (minor units) is still due: take another tender")]
    TenderShort {
        /// What is missing, in minor units.
        missing_minor: i64,
    },
    /// One of the tenders may not be.
    #[error(transparent)]
    Tender(#[from] TenderRefused),
}

/// The sale that this cart becomes; the cart is not touched.
pub fn complete(
    cart: &Cart,
    rules: &SellingRules,
    completed_at_ms: i64,
) -> Result<Sale, SaleRefused> {
    let live: Vec<&CartLine> = cart.live_lines().collect();
    if live.is_empty() {
        return Err(SaleRefused::NoLines);
    }
    let priced: Vec<PricedLine<'_>> = live.iter().map(|line| line.priced()).collect();
    let (amounts, totals) = total(&priced, rules);
    let settlement = settle(totals.gross_minor, &cart.tenders, rules)?;
    if settlement.remaining_minor > 0 {
        return Err(SaleRefused::TenderShort {
            missing_minor: settlement.remaining_minor,
        });
    }
    let lines = (1..)
        .zip(live)
        .zip(amounts)
        .map(|((line_no, line), amounts)| freeze(line_no, line, amounts));
    Ok(Sale {
        sale_id: cart.sale_id,
        currency: rules.currency,
        operator_id: cart.operator_id,
        operator_name: cart.operator_name.clone(),
        opened_at_ms: cart.opened_at_ms,
        completed_at_ms,
        reference: cart.reference.clone(),
        lines: lines.collect(),
        tenders: cart.tenders.clone(),
        totals,
        cash_rounding_minor: settlement.cash_rounding_minor,
        to_pay_minor: settlement.to_pay_minor,
        change_minor: settlement.change_minor,
        price_mode: rules.price_mode,
    })
}

fn freeze(line_no: u32, line: &CartLine, amounts: LineAmounts) -> SaleLine {
    SaleLine {
        line_no,
        product_id: line.product_id,
        code: line.code.clone(),
        name: line.name.clone(),
        unit: line.unit,
        quantity_milli: line.quantity_milli,
        unit_price_minor: line.unit_price_minor,
        list_price_minor: line.list_price_minor,
        price_reason: line.price_reason,
        discount_bp: line.discount_bp,
        tax_class: line.tax_class.clone(),
        tax_rate_bp: line.tax_rate_bp,
        amounts,
    }
}

/// The sum of the tenders of one kind, in minor units.
pub(crate) fn sum_of(tenders: &[Tender], kind: TenderKind) -> i64 {
    tenders
        .iter()
        .filter(|tender| tender.kind == kind)
        .map(|tender| tender.amount_minor)
        .sum()
}

impl Sale {
    /// What the sale takes from stock: one movement for each line.
    #[must_use]
    pub fn stock_movements(&self) -> Vec<StockMovement> {
        let movement = |line: &SaleLine| StockMovement {
            product_id: line.product_id,
            kind: MovementKind::Sale,
            delta_milli: -line.quantity_milli,
            reason: None,
        };
        self.lines.iter().map(movement).collect()
    }

    /// What the sale put into the drawer: cash tenders less change, in minor units.
    #[must_use]
    pub fn cash_moved_minor(&self) -> i64 {
        sum_of(&self.tenders, TenderKind::Cash) - self.change_minor
    }
}
