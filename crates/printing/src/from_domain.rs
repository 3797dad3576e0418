//! A sale or a refund becomes a receipt: the facts as recorded, in a frame that the till adds.
//!
//! Promises: amounts are copied, not worked out again; the one subtraction (what a discount took off)
//! is exact. Two tax classes of one rate share a row of the tax table, as the law asks by rate.

use domain::{PriceMode, Refund, RefundLine, Sale, SaleLine, TaxSummary, Tender, Tie, round_div};

use crate::document::{
    ReceiptDocument, ReceiptHead, ReceiptKind, ReceiptLine, ReceiptTax, ReceiptTender,
};
use crate::words::ReceiptWords;

/// What the branch and the till add to the recorded facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptFrame {
    /// The shop.
    pub head: ReceiptHead,
    /// The till's name.
    pub till: String,
    /// The receipt's number.
    pub number: String,
    /// When it was paid, as the customer reads it.
    pub time_text: String,
    /// On a refund: the number of the sale it gives back.
    pub of_number: Option<String>,
    /// The sale's link in the till's chain, for the QR code.
    pub chain_link: Option<String>,
    /// Below everything.
    pub footer: Vec<String>,
    /// A reprint.
    pub copy: bool,
    /// The receipt's words.
    pub words: ReceiptWords,
}

impl ReceiptDocument {
    /// The receipt of a sale.
    pub fn of_sale(sale: &Sale, frame: ReceiptFrame) -> Self {
        let line = |line: &SaleLine| ReceiptLine {
            name: line.name.clone(),
            unit: line.unit,
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: 0,
            discount_bp: line.discount_bp,
            amount_minor: shown(
                sale.price_mode,
                line.amounts.net_minor,
                line.amounts.gross_minor,
            ),
            tax_rate_bp: line.tax_rate_bp,
        };
        Self {
            kind: ReceiptKind::Sale,
            copy: frame.copy,
            currency: sale.currency,
            head: frame.head,
            till: frame.till,
            operator: sale.operator_name.clone(),
            number: frame.number,
            time_text: frame.time_text,
            reference: sale.reference.clone(),
            of_number: None,
            approved_by: None,
            reason: None,
            lines: sale.lines.iter().map(line).map(with_discount).collect(),
            tax_excluded: sale.price_mode == PriceMode::TaxExcluded,
            net_minor: sale.totals.net_minor,
            tax_minor: sale.totals.tax_minor,
            gross_minor: sale.totals.gross_minor,
            taxes: by_rate(&sale.totals.taxes),
            cash_rounding_minor: sale.cash_rounding_minor,
            to_pay_minor: sale.to_pay_minor,
            tenders: sale.tenders.iter().map(tender).collect(),
            change_minor: sale.change_minor,
            chain_link: frame.chain_link,
            footer: frame.footer,
            words: frame.words,
        }
    }

    /// The receipt of a refund.
    pub fn of_refund(refund: &Refund, frame: ReceiptFrame) -> Self {
        let line = |line: &RefundLine| ReceiptLine {
            name: line.name.clone(),
            unit: line.unit,
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_minor: 0,
            discount_bp: line.discount_bp,
            amount_minor: shown(
                refund.price_mode,
                line.amounts.net_minor,
                line.amounts.gross_minor,
            ),
            tax_rate_bp: line.tax_rate_bp,
        };
        Self {
            kind: ReceiptKind::Refund,
            copy: frame.copy,
            currency: refund.currency,
            head: frame.head,
            till: frame.till,
            operator: refund.operator_name.clone(),
            number: frame.number,
            time_text: frame.time_text,
            reference: refund.reference.clone(),
            of_number: frame.of_number,
            approved_by: Some(refund.approved_by_name.clone()),
            reason: Some(refund.reason.clone()),
            lines: refund.lines.iter().map(line).map(with_discount).collect(),
            tax_excluded: refund.price_mode == PriceMode::TaxExcluded,
            net_minor: refund.totals.net_minor,
            tax_minor: refund.totals.tax_minor,
            gross_minor: refund.totals.gross_minor,
            taxes: by_rate(&refund.totals.taxes),
            cash_rounding_minor: refund.cash_rounding_minor,
            to_pay_minor: refund.to_give_minor,
            tenders: refund.tenders.iter().map(tender).collect(),
            change_minor: 0,
            chain_link: frame.chain_link,
            footer: frame.footer,
            words: frame.words,
        }
    }
}

/// What a line shows: the price the customer saw on the shelf decides.
fn shown(mode: PriceMode, net_minor: i64, gross_minor: i64) -> i64 {
    match mode {
        PriceMode::TaxIncluded => gross_minor,
        PriceMode::TaxExcluded => net_minor,
    }
}

/// The discount is what is missing to quantity × price; without a rate nothing was taken off.
fn with_discount(line: ReceiptLine) -> ReceiptLine {
    if line.discount_bp == 0 {
        return line;
    }
    let exact = i128::from(line.quantity_milli) * i128::from(line.unit_price_minor);
    let full = i64::try_from(round_div(exact, 1_000, Tie::HalfUp)).unwrap_or(line.amount_minor);
    ReceiptLine {
        discount_minor: full.saturating_sub(line.amount_minor),
        ..line
    }
}

fn tender(tender: &Tender) -> ReceiptTender {
    ReceiptTender {
        kind: tender.kind,
        amount_minor: tender.amount_minor,
        reference: tender.reference.clone(),
    }
}

fn by_rate(taxes: &[TaxSummary]) -> Vec<ReceiptTax> {
    let mut rates: Vec<ReceiptTax> = Vec::new();
    for tax in taxes {
        if let Some(rate) = rates.iter_mut().find(|rate| rate.rate_bp == tax.rate_bp) {
            rate.net_minor = rate.net_minor.saturating_add(tax.net_minor);
            rate.tax_minor = rate.tax_minor.saturating_add(tax.tax_minor);
            rate.gross_minor = rate.gross_minor.saturating_add(tax.gross_minor);
        } else {
            rates.push(ReceiptTax {
                rate_bp: tax.rate_bp,
                net_minor: tax.net_minor,
                tax_minor: tax.tax_minor,
                gross_minor: tax.gross_minor,
            });
        }
    }
    rates
}
