//! `refund_recorded_v1`: goods taken back and money given back; a sale of its own that points at
//! the lines it gives back. Amounts are positive: what went back to the customer.

use domain::{Currency, PriceMode, PriceReason, Refund, RefundLine, Unit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::line::{AmountsV1, TenderV1, TotalsV1};
use super::stock_moved::MovementV1;

/// A completed refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRecordedV1 {
    /// The refund's identity.
    pub refund_id: Uuid,
    /// The sale it gives back; `None` for a refund without receipt.
    pub of_sale: Option<Uuid>,
    /// What its own receipt says.
    pub receipt_number: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Whether prices held tax already.
    pub price_mode: PriceMode,
    /// Who did it.
    pub operator_id: Uuid,
    /// Their name as printed.
    pub operator_name: String,
    /// Who approved it.
    pub approved_by: Uuid,
    /// Their name.
    pub approved_by_name: String,
    /// Why, in words.
    pub reason: String,
    /// UTC milliseconds.
    pub completed_at_ms: i64,
    /// Another system's number for it.
    pub reference: Option<String>,
    /// What came back.
    pub lines: Vec<RefundLineV1>,
    /// What was handed back.
    pub tenders: Vec<TenderV1>,
    /// The sums, positive.
    pub totals: TotalsV1,
    /// What rounding the cash amount added or took.
    pub cash_rounding_minor: i64,
    /// What was given.
    pub to_give_minor: i64,
    /// What it did to the stock.
    pub movements: Vec<MovementV1>,
}

/// One article coming back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLineV1 {
    /// 1, 2, 3…
    pub line_no: u32,
    /// The line of the sale it gives back.
    pub of_line: Option<u32>,
    /// The product.
    pub product_id: Uuid,
    /// The code as sold.
    pub code: Option<String>,
    /// The name as sold.
    pub name: String,
    /// What `quantity_milli` counts.
    pub unit: Unit,
    /// Thousandths, positive.
    pub quantity_milli: i64,
    /// Price of one unit as sold.
    pub unit_price_minor: i64,
    /// The list price then, if there was one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price.
    pub price_reason: Option<PriceReason>,
    /// Basis points.
    pub discount_bp: i64,
    /// The tax class as sold.
    pub tax_class: String,
    /// Its rate as sold, basis points.
    pub tax_rate_bp: i64,
    /// Whether it can be sold again.
    pub back_to_stock: bool,
    /// The line's amounts, positive.
    pub amounts: AmountsV1,
}

impl RefundRecordedV1 {
    /// The wire form of a refund under its receipt number.
    pub fn of(refund: &Refund, receipt_number: String) -> Self {
        Self {
            refund_id: refund.refund_id,
            of_sale: refund.of_sale,
            receipt_number,
            currency: refund.currency,
            price_mode: refund.price_mode,
            operator_id: refund.operator_id,
            operator_name: refund.operator_name.clone(),
            approved_by: refund.approved_by,
            approved_by_name: refund.approved_by_name.clone(),
            reason: refund.reason.clone(),
            completed_at_ms: refund.completed_at_ms,
            reference: refund.reference.clone(),
            lines: refund.lines.iter().map(RefundLineV1::from).collect(),
            tenders: refund.tenders.iter().map(TenderV1::from).collect(),
            totals: (&refund.totals).into(),
            cash_rounding_minor: refund.cash_rounding_minor,
            to_give_minor: refund.to_give_minor,
            movements: refund
                .stock_movements()
                .iter()
                .map(MovementV1::from)
                .collect(),
        }
    }

    /// The refund again, as when a till rebuilds its vault from the journal.
    pub fn to_refund(&self) -> Refund {
        Refund {
            refund_id: self.refund_id,
            of_sale: self.of_sale,
            currency: self.currency,
            price_mode: self.price_mode,
            operator_id: self.operator_id,
            operator_name: self.operator_name.clone(),
            approved_by: self.approved_by,
            approved_by_name: self.approved_by_name.clone(),
            reason: self.reason.clone(),
            completed_at_ms: self.completed_at_ms,
            reference: self.reference.clone(),
            lines: self.lines.iter().map(RefundLine::from).collect(),
            tenders: self.tenders.iter().map(Into::into).collect(),
            totals: (&self.totals).into(),
            cash_rounding_minor: self.cash_rounding_minor,
            to_give_minor: self.to_give_minor,
        }
    }
}

impl From<&RefundLine> for RefundLineV1 {
    fn from(line: &RefundLine) -> Self {
        Self {
            line_no: line.line_no,
            of_line: line.of_line,
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
            back_to_stock: line.back_to_stock,
            amounts: line.amounts.into(),
        }
    }
}

impl From<&RefundLineV1> for RefundLine {
    fn from(line: &RefundLineV1) -> Self {
        Self {
            line_no: line.line_no,
            of_line: line.of_line,
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
            back_to_stock: line.back_to_stock,
            amounts: line.amounts.into(),
        }
    }
}
