//! Sales and refunds as a store keeps them: one shape for both, whatever the body's version.

use domain::{Currency, TenderKind, Unit};
use protocol::body::{RefundLineV1, RefundRecordedV1, SaleLineV1, SaleRecordedV1, TaxV1, TenderV1};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A sale, or the document part of a refund. Amounts in minor units; of a refund they are what went
/// back to the customer, positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEffect {
    /// The sale's identity; of a refund the refund's own.
    pub sale_id: Uuid,
    /// What the receipt says.
    pub receipt_number: String,
    /// ISO 4217.
    pub currency: Currency,
    /// Who did it.
    pub operator_id: Uuid,
    /// Their name as printed.
    pub operator_name: String,
    /// UTC milliseconds as the till believed; of a refund the same as completed.
    pub opened_at_ms: i64,
    /// UTC milliseconds as the till believed.
    pub completed_at_ms: i64,
    /// Another system's number for it.
    pub reference: Option<String>,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// What rounding the cash amount added or took.
    pub cash_rounding_minor: i64,
    /// What was due, or was to be given.
    pub to_pay_minor: i64,
    /// What went back in change; 0 for a refund.
    pub change_minor: i64,
    /// In the order of the receipt.
    pub lines: Vec<LineEffect>,
    /// What was handed over, or back.
    pub tenders: Vec<TenderEffect>,
    /// By rate.
    pub taxes: Vec<TaxEffect>,
}

/// A refund: a document that points at what it gives back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundEffect {
    /// The document itself.
    pub document: DocumentEffect,
    /// The sale; `None` for a refund without receipt.
    pub of_sale: Option<Uuid>,
    /// Who approved it.
    pub approved_by: Uuid,
    /// Their name.
    pub approved_by_name: String,
    /// Why, in words.
    pub reason: String,
}

/// One article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineEffect {
    /// 1, 2, 3…
    pub line_no: u32,
    /// Of a refund: the line it gives back.
    pub of_line: Option<u32>,
    /// The product.
    pub product_id: Uuid,
    /// The code as scanned.
    pub code: Option<String>,
    /// The name as sold.
    pub name: String,
    /// What the quantity counts.
    pub unit: Unit,
    /// Thousandths, positive.
    pub quantity_milli: i64,
    /// Price of one unit.
    pub unit_price_minor: i64,
    /// Basis points.
    pub discount_bp: i64,
    /// The tax class then.
    pub tax_class: String,
    /// Its rate then, basis points.
    pub tax_rate_bp: i64,
    /// Of a refund: whether it can be sold again.
    pub back_to_stock: Option<bool>,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
}

/// One amount handed over or back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderEffect {
    /// Its identity.
    pub tender_id: Uuid,
    /// Cash or card.
    pub kind: TenderKind,
    /// Minor units, positive.
    pub amount_minor: i64,
    /// The external terminal's reference.
    pub reference: Option<String>,
}

/// One tax rate's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxEffect {
    /// The tax class's code.
    pub tax_class: String,
    /// Basis points.
    pub rate_bp: i64,
    /// Minor units.
    pub net_minor: i64,
    /// Minor units.
    pub tax_minor: i64,
    /// Minor units.
    pub gross_minor: i64,
}

impl From<&SaleRecordedV1> for DocumentEffect {
    fn from(sale: &SaleRecordedV1) -> Self {
        Self {
            sale_id: sale.sale_id,
            receipt_number: sale.receipt_number.clone(),
            currency: sale.currency,
            operator_id: sale.operator_id,
            operator_name: sale.operator_name.clone(),
            opened_at_ms: sale.opened_at_ms,
            completed_at_ms: sale.completed_at_ms,
            reference: sale.reference.clone(),
            net_minor: sale.totals.net_minor,
            tax_minor: sale.totals.tax_minor,
            gross_minor: sale.totals.gross_minor,
            cash_rounding_minor: sale.cash_rounding_minor,
            to_pay_minor: sale.to_pay_minor,
            change_minor: sale.change_minor,
            lines: sale.lines.iter().map(LineEffect::from).collect(),
            tenders: sale.tenders.iter().map(TenderEffect::from).collect(),
            taxes: sale.totals.taxes.iter().map(TaxEffect::from).collect(),
        }
    }
}

impl From<&RefundRecordedV1> for RefundEffect {
    fn from(refund: &RefundRecordedV1) -> Self {
        Self {
            document: DocumentEffect {
                sale_id: refund.refund_id,
                receipt_number: refund.receipt_number.clone(),
                currency: refund.currency,
                operator_id: refund.operator_id,
                operator_name: refund.operator_name.clone(),
                opened_at_ms: refund.completed_at_ms,
                completed_at_ms: refund.completed_at_ms,
                reference: refund.reference.clone(),
                net_minor: refund.totals.net_minor,
                tax_minor: refund.totals.tax_minor,
                gross_minor: refund.totals.gross_minor,
                cash_rounding_minor: refund.cash_rounding_minor,
                to_pay_minor: refund.to_give_minor,
                change_minor: 0,
                lines: refund.lines.iter().map(LineEffect::from).collect(),
                tenders: refund.tenders.iter().map(TenderEffect::from).collect(),
                taxes: refund.totals.taxes.iter().map(TaxEffect::from).collect(),
            },
            of_sale: refund.of_sale,
            approved_by: refund.approved_by,
            approved_by_name: refund.approved_by_name.clone(),
            reason: refund.reason.clone(),
        }
    }
}

impl From<&SaleLineV1> for LineEffect {
    fn from(line: &SaleLineV1) -> Self {
        Self {
            line_no: line.line_no,
            of_line: None,
            product_id: line.product_id,
            code: line.code.clone(),
            name: line.name.clone(),
            unit: line.unit,
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_bp: line.discount_bp,
            tax_class: line.tax_class.clone(),
            tax_rate_bp: line.tax_rate_bp,
            back_to_stock: None,
            net_minor: line.amounts.net_minor,
            tax_minor: line.amounts.tax_minor,
            gross_minor: line.amounts.gross_minor,
        }
    }
}

impl From<&RefundLineV1> for LineEffect {
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
            discount_bp: line.discount_bp,
            tax_class: line.tax_class.clone(),
            tax_rate_bp: line.tax_rate_bp,
            back_to_stock: Some(line.back_to_stock),
            net_minor: line.amounts.net_minor,
            tax_minor: line.amounts.tax_minor,
            gross_minor: line.amounts.gross_minor,
        }
    }
}

impl From<&TenderV1> for TenderEffect {
    fn from(tender: &TenderV1) -> Self {
        Self {
            tender_id: tender.tender_id,
            kind: tender.kind,
            amount_minor: tender.amount_minor,
            reference: tender.reference.clone(),
        }
    }
}

impl From<&TaxV1> for TaxEffect {
    fn from(tax: &TaxV1) -> Self {
        Self {
            tax_class: tax.tax_class.clone(),
            rate_bp: tax.rate_bp,
            net_minor: tax.net_minor,
            tax_minor: tax.tax_minor,
            gross_minor: tax.gross_minor,
        }
    }
}
