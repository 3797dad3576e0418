//! Paying, and what stands there afterwards.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::printing::{PrintJobView, ReceiptPreview};
use super::sales::SaleKind;
use domain::TenderKind;

/// Sums as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TotalsView {
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// By rate.
    pub taxes: Vec<TaxView>,
}

/// One rate's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TaxView {
    /// The tax class's name.
    pub name: String,
    /// Basis points.
    pub rate_bp: i64,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
}

/// What is due and what has been given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TenderView {
    /// The sale to be.
    pub sale_id: Uuid,
    /// Before cash rounding.
    pub gross_minor: i64,
    /// What rounding the cash amount adds or takes.
    pub cash_rounding_minor: i64,
    /// What is due.
    pub to_pay_minor: i64,
    /// Handed over so far.
    pub tendered_minor: i64,
    /// Still due.
    pub remaining_minor: i64,
    /// To hand back.
    pub change_minor: i64,
    /// Exact, then the next notes.
    pub quick_cash_minor: Vec<i64>,
    /// Handed over so far, one by one.
    pub tenders: Vec<TenderLineView>,
}

/// One amount handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TenderLineView {
    /// Identity.
    pub tender_id: Uuid,
    /// Kind.
    #[ts(as = "super::words::TenderKindWord")]
    pub kind: TenderKind,
    /// Amount.
    pub amount_minor: i64,
    /// The external terminal's reference.
    pub reference: Option<String>,
}

/// A sale or refund that is a fact on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Done {
    /// Identity.
    pub sale_id: Uuid,
    /// Receipt number.
    pub number: String,
    /// Sale or refund.
    pub kind: SaleKind,
    /// What was due.
    pub to_pay_minor: i64,
    /// What was handed over.
    pub tendered_minor: i64,
    /// What goes back; the largest figure on the screen.
    pub change_minor: i64,
    /// The receipt; `None` if it cannot be shown.
    pub preview: Option<ReceiptPreview>,
    /// Its print job, if a printer is set up.
    pub print: Option<PrintJobView>,
    /// What was handed over, one by one.
    pub tenders: Vec<TenderLineView>,
}
