//! What a receipt says, in the shop's terms: no columns, no fonts, no bytes.
//!
//! Promises: everything on paper, on the preview and in the text form comes from this one value;
//! money is minor units, quantities are thousandths, and nothing here is computed from either.
//! Never holds a secret: a receipt is handed to a stranger.

use domain::{Currency, TenderKind, Unit};
use serde::{Deserialize, Serialize};

use crate::words::ReceiptWords;

/// Whether goods went out or came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// Goods against money.
    #[default]
    Sale,
    /// Money back; marked REFUND, amounts carry a minus.
    Refund,
}

/// Who the customer bought from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReceiptHead {
    /// The shop's name, printed large.
    pub name: String,
    /// Address, tax number, telephone: one printed line each (wrapped when too long).
    pub lines: Vec<String>,
    /// A PNG file's bytes; printed in black dots above the name. A file that cannot be read is left out.
    pub logo_png: Option<Vec<u8>>,
}

/// One article line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// The name as sold.
    pub name: String,
    /// How it is counted.
    pub unit: Unit,
    /// Thousandths of the unit, positive on refunds too.
    pub quantity_milli: i64,
    /// Price of one unit, in minor units.
    pub unit_price_minor: i64,
    /// What the discount took off, positive; 0 when there is none.
    pub discount_minor: i64,
    /// The discount's rate in basis points; 0 when there is none.
    pub discount_bp: i64,
    /// What the line came to, after the discount. Positive on refunds too.
    pub amount_minor: i64,
    /// The line's tax rate in basis points; finds the mark that ties the line to the tax table.
    pub tax_rate_bp: i64,
}

/// One rate of the tax table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTax {
    /// Basis points.
    pub rate_bp: i64,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
}

/// One amount handed over (on a refund: handed back).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTender {
    /// Cash or card.
    pub kind: TenderKind,
    /// Minor units, positive.
    pub amount_minor: i64,
    /// The terminal's reference of a card payment.
    pub reference: Option<String>,
}

/// The whole receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptDocument {
    /// Sale or refund.
    pub kind: ReceiptKind,
    /// A reprint: says COPY, large, above everything that counts.
    pub copy: bool,
    /// The currency of every amount here.
    pub currency: Currency,
    /// Name, address, logo.
    pub head: ReceiptHead,
    /// The till's name.
    pub till: String,
    /// Who sold.
    pub operator: String,
    /// The receipt's number.
    pub number: String,
    /// Date and time as the customer reads them.
    pub time_text: String,
    /// The customer's or the sale's own reference.
    pub reference: Option<String>,
    /// On a refund: the number of the sale it gives back.
    pub of_number: Option<String>,
    /// On a refund: who approved.
    pub approved_by: Option<String>,
    /// On a refund: why.
    pub reason: Option<String>,
    /// What was sold or given back.
    pub lines: Vec<ReceiptLine>,
    /// Prices on the lines are without tax; net and tax are then printed above the total.
    pub tax_excluded: bool,
    /// Sum of the lines without tax.
    pub net_minor: i64,
    /// Sum of the taxes.
    pub tax_minor: i64,
    /// Sum of the lines with tax.
    pub gross_minor: i64,
    /// The tax table, one row per rate.
    pub taxes: Vec<ReceiptTax>,
    /// Cash rounding, signed; its own line when it is not 0.
    pub cash_rounding_minor: i64,
    /// `gross_minor + cash_rounding_minor`.
    pub to_pay_minor: i64,
    /// What was handed over.
    pub tenders: Vec<ReceiptTender>,
    /// What went back in cash; printed large when it is not 0.
    pub change_minor: i64,
    /// Text of the QR code: the sale's link in the till's chain. None prints no code.
    pub chain_link: Option<String>,
    /// Lines of thanks, opening hours, terms.
    pub footer: Vec<String>,
    /// The receipt's own words, in the customer's language.
    #[serde(default)]
    pub words: ReceiptWords,
}
