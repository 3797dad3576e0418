//! `sale_recorded_v1`: a completed sale, frozen as sold.

use domain::{Currency, PriceMode, PriceReason, Sale, SaleLine, Unit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::line::{AmountsV1, TenderV1, TotalsV1};
use super::stock_moved::MovementV1;

/// A completed sale. Money in minor units, quantities in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRecordedV1 {
    /// The sale's identity, minted with the cart.
    pub sale_id: Uuid,
    /// What the receipt says: `<branch>-<till>-<seq>-<2 characters of the segment>`.
    pub receipt_number: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Whether prices held tax already.
    pub price_mode: PriceMode,
    /// Who sold.
    pub operator_id: Uuid,
    /// Their name as printed.
    pub operator_name: String,
    /// When the first article was scanned, UTC milliseconds.
    pub opened_at_ms: i64,
    /// When it was paid, UTC milliseconds.
    pub completed_at_ms: i64,
    /// Another system's number for it, such as a replayed invoice's.
    pub reference: Option<String>,
    /// What was sold, in the order of the receipt.
    pub lines: Vec<SaleLineV1>,
    /// What was handed over.
    pub tenders: Vec<TenderV1>,
    /// The sums.
    pub totals: TotalsV1,
    /// What rounding the cash amount added or took.
    pub cash_rounding_minor: i64,
    /// What was due.
    pub to_pay_minor: i64,
    /// What went back.
    pub change_minor: i64,
    /// What it did to the stock.
    pub movements: Vec<MovementV1>,
}

/// One article on a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLineV1 {
    /// 1, 2, 3…
    pub line_no: u32,
    /// The product.
    pub product_id: Uuid,
    /// The code as scanned.
    pub code: Option<String>,
    /// The name as sold.
    pub name: String,
    /// What `quantity_milli` counts.
    pub unit: Unit,
    /// Thousandths.
    pub quantity_milli: i64,
    /// Price of one unit as sold.
    pub unit_price_minor: i64,
    /// The list price then, if there was one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price.
    pub price_reason: Option<PriceReason>,
    /// Basis points.
    pub discount_bp: i64,
    /// The tax class then.
    pub tax_class: String,
    /// Its rate then, basis points.
    pub tax_rate_bp: i64,
    /// The line's amounts.
    pub amounts: AmountsV1,
}

impl SaleRecordedV1 {
    /// The wire form of a sale under its receipt number.
    pub fn of(sale: &Sale, receipt_number: String) -> Self {
        Self {
            sale_id: sale.sale_id,
            receipt_number,
            currency: sale.currency,
            price_mode: sale.price_mode,
            operator_id: sale.operator_id,
            operator_name: sale.operator_name.clone(),
            opened_at_ms: sale.opened_at_ms,
            completed_at_ms: sale.completed_at_ms,
            reference: sale.reference.clone(),
            lines: sale.lines.iter().map(SaleLineV1::from).collect(),
            tenders: sale.tenders.iter().map(TenderV1::from).collect(),
            totals: (&sale.totals).into(),
            cash_rounding_minor: sale.cash_rounding_minor,
            to_pay_minor: sale.to_pay_minor,
            change_minor: sale.change_minor,
            movements: sale
                .stock_movements()
                .iter()
                .map(MovementV1::from)
                .collect(),
        }
    }

    /// The sale again, as when a till rebuilds its vault from the journal.
    pub fn to_sale(&self) -> Sale {
        Sale {
            sale_id: self.sale_id,
            currency: self.currency,
            price_mode: self.price_mode,
            operator_id: self.operator_id,
            operator_name: self.operator_name.clone(),
            opened_at_ms: self.opened_at_ms,
            completed_at_ms: self.completed_at_ms,
            reference: self.reference.clone(),
            lines: self.lines.iter().map(SaleLine::from).collect(),
            tenders: self.tenders.iter().map(Into::into).collect(),
            totals: (&self.totals).into(),
            cash_rounding_minor: self.cash_rounding_minor,
            to_pay_minor: self.to_pay_minor,
            change_minor: self.change_minor,
        }
    }
}

impl From<&SaleLine> for SaleLineV1 {
    fn from(line: &SaleLine) -> Self {
        Self {
            line_no: line.line_no,
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
            amounts: line.amounts.into(),
        }
    }
}

impl From<&SaleLineV1> for SaleLine {
    fn from(line: &SaleLineV1) -> Self {
        Self {
            line_no: line.line_no,
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
            amounts: line.amounts.into(),
        }
    }
}
