//! The receipt's own words, so that a branch can print in its language.
//!
//! Promises: every word printed that is not the shop's data is here. Never decides where it stands.

use serde::{Deserialize, Serialize};

/// Words of a receipt; English unless the branch says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiptWords {
    /// Before the receipt's number.
    pub receipt: String,
    /// Before the till's name.
    pub till: String,
    /// Before the operator's name.
    pub operator: String,
    /// Before the reference.
    pub reference: String,
    /// The mark of a reprint.
    pub copy: String,
    /// The mark of a refund.
    pub refund: String,
    /// Before the number of the sale given back.
    pub refund_of: String,
    /// Before the name of who approved.
    pub approved_by: String,
    /// Before the reason of a refund.
    pub reason: String,
    /// Before a line's discount.
    pub discount: String,
    /// The sum without tax.
    pub net: String,
    /// The tax.
    pub tax: String,
    /// The sum with tax, as a column of the tax table.
    pub gross: String,
    /// Before the total.
    pub total: String,
    /// Before the cash rounding.
    pub rounding: String,
    /// Before what is due after rounding.
    pub to_pay: String,
    /// Before what is given back after rounding.
    pub to_give: String,
    /// A cash tender.
    pub cash: String,
    /// A card tender.
    pub card: String,
    /// Before the change.
    pub change: String,
    /// Added to a tender of a refund.
    pub given_back: String,
    /// Below the QR code.
    pub check: String,
}

impl Default for ReceiptWords {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            receipt: word("Receipt"),
            till: word("Till"),
            operator: word("Served by"),
            reference: word("Reference"),
            copy: word("COPY"),
            refund: word("REFUND"),
            refund_of: word("Refund of"),
            approved_by: word("Approved by"),
            reason: word("Reason"),
            discount: word("Discount"),
            net: word("Net"),
            tax: word("Tax"),
            gross: word("Gross"),
            total: word("TOTAL"),
            rounding: word("Rounding"),
            to_pay: word("To pay"),
            to_give: word("To give back"),
            cash: word("Cash"),
            card: word("Card"),
            change: word("CHANGE"),
            given_back: word("given back"),
            check: word("Scan to check this receipt"),
        }
    }
}
