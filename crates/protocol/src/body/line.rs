//! The parts that sales and refunds share on the wire.

use domain::{LineAmounts, TaxSummary, Tender, Totals};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One amount handed over or given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderV1 {
    /// Its identity.
    pub tender_id: Uuid,
    /// `cash` or `card`.
    pub kind: domain::TenderKind,
    /// Minor units, positive.
    pub amount_minor: i64,
    /// The external terminal's reference.
    pub reference: Option<String>,
}

/// One tax rate's share of the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxV1 {
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

/// The sums of a sale or refund, minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsV1 {
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// By rate.
    pub taxes: Vec<TaxV1>,
}

/// The amounts of one line, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountsV1 {
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
}

impl From<&Tender> for TenderV1 {
    fn from(tender: &Tender) -> Self {
        Self {
            tender_id: tender.tender_id,
            kind: tender.kind,
            amount_minor: tender.amount_minor,
            reference: tender.reference.clone(),
        }
    }
}

impl From<&TenderV1> for Tender {
    fn from(tender: &TenderV1) -> Self {
        Self {
            tender_id: tender.tender_id,
            kind: tender.kind,
            amount_minor: tender.amount_minor,
            reference: tender.reference.clone(),
        }
    }
}

impl From<&Totals> for TotalsV1 {
    fn from(totals: &Totals) -> Self {
        let taxes = totals.taxes.iter().map(|tax| TaxV1 {
            tax_class: tax.tax_class.clone(),
            rate_bp: tax.rate_bp,
            net_minor: tax.net_minor,
            tax_minor: tax.tax_minor,
            gross_minor: tax.gross_minor,
        });
        Self {
            net_minor: totals.net_minor,
            tax_minor: totals.tax_minor,
            gross_minor: totals.gross_minor,
            taxes: taxes.collect(),
        }
    }
}

impl From<&TotalsV1> for Totals {
    fn from(totals: &TotalsV1) -> Self {
        let taxes = totals.taxes.iter().map(|tax| TaxSummary {
            tax_class: tax.tax_class.clone(),
            rate_bp: tax.rate_bp,
            net_minor: tax.net_minor,
            tax_minor: tax.tax_minor,
            gross_minor: tax.gross_minor,
        });
        Self {
            net_minor: totals.net_minor,
            tax_minor: totals.tax_minor,
            gross_minor: totals.gross_minor,
            taxes: taxes.collect(),
        }
    }
}

impl From<LineAmounts> for AmountsV1 {
    fn from(amounts: LineAmounts) -> Self {
        Self {
            net_minor: amounts.net_minor,
            tax_minor: amounts.tax_minor,
            gross_minor: amounts.gross_minor,
        }
    }
}

impl From<AmountsV1> for LineAmounts {
    fn from(amounts: AmountsV1) -> Self {
        Self {
            net_minor: amounts.net_minor,
            tax_minor: amounts.tax_minor,
            gross_minor: amounts.gross_minor,
        }
    }
}
