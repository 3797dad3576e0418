//! Who may do what.
//!
//! Owns the one table of roles and rights. Promises that every pair has an answer. Never asks who is signed in.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// What an operator is in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells.
    Cashier,
    /// Sells, and approves what needs a second pair of eyes.
    Supervisor,
    /// Runs the shop.
    Manager,
    /// Sets tills up and looks after them; sells nothing.
    Installer,
}

words!(Role { Cashier = "cashier", Supervisor = "supervisor", Manager = "manager", Installer = "installer" });

/// What needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Open a cart, scan, take tenders, complete.
    Sell,
    /// Take back lines of a known sale.
    Refund,
    /// Take back goods without a sale to point at.
    RefundWithoutReceipt,
    /// Change a line's price or give a discount.
    OverridePrice,
    /// Add an unknown article to the catalogue while selling.
    QuickArticle,
    /// Correct stock by hand.
    AdjustStock,
    /// Import a catalogue.
    ImportCatalogue,
    /// Enrol the till, choose a printer, change its settings.
    SetUpTill,
    /// Look at this till's sales.
    SeeSales,
    /// Print a receipt again, marked as a copy.
    Reprint,
    /// Change a product's names, price, barcodes or tax class.
    EditProduct,
    /// Book goods in.
    ReceiveStock,
    /// Count stock.
    CountStock,
    /// Decide on a conflict.
    SettleConflict,
    /// Rebuild the queue, read the catalogue again, export the vault, leave the cloud.
    SyncTools,
}

words!(Right {
    Sell = "sell",
    Refund = "refund",
    RefundWithoutReceipt = "refund_without_receipt",
    OverridePrice = "override_price",
    QuickArticle = "quick_article",
    AdjustStock = "adjust_stock",
    ImportCatalogue = "import_catalogue",
    SetUpTill = "set_up_till",
    SeeSales = "see_sales",
    Reprint = "reprint",
    EditProduct = "edit_product",
    ReceiveStock = "receive_stock",
    CountStock = "count_stock",
    SettleConflict = "settle_conflict",
    SyncTools = "sync_tools",
});

impl Role {
    /// Whether this role has this right without anyone's approval.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        match right {
            Right::Sell => self != Self::Installer,
            Right::SeeSales | Right::Reprint => true,
            Right::Refund
            | Right::OverridePrice
            | Right::QuickArticle
            | Right::AdjustStock
            | Right::EditProduct
            | Right::ReceiveStock
            | Right::CountStock
            | Right::SettleConflict => {
                matches!(self, Self::Supervisor | Self::Manager)
            }
            Right::RefundWithoutReceipt => self == Self::Manager,
            Right::ImportCatalogue | Right::SetUpTill | Right::SyncTools => {
                matches!(self, Self::Manager | Self::Installer)
            }
        }
    }
}
