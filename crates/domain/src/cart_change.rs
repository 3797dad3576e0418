//! What can be done to a cart, and what that touches.
//!
//! Owns the two lists as values, so that a window, a command line and a test ask in the same words. Decides nothing:
//! [`crate::Cart::apply`] does.

use crate::line::NewLine;
use crate::tender::Tender;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One change to a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartChange {
    /// Adds a line at the end. The same article twice makes two lines.
    AddLine(NewLine),
    /// Sets how much.
    SetQuantity {
        /// Which line.
        line_no: u32,
        /// How much, in thousandths.
        quantity_milli: i64,
    },
    /// Sets another price.
    SetPrice {
        /// Which line.
        line_no: u32,
        /// The price of one unit, in minor units.
        unit_price_minor: i64,
        /// Who approved it.
        approved_by: Uuid,
    },
    /// Takes something off the line.
    SetDiscount {
        /// Which line.
        line_no: u32,
        /// How much, in basis points.
        discount_bp: i64,
        /// Who approved it.
        approved_by: Uuid,
    },
    /// Removes a line; it stays, struck through.
    VoidLine {
        /// Which line.
        line_no: u32,
    },
    /// Takes a void back.
    RestoreLine {
        /// Which line.
        line_no: u32,
    },
    /// Money on the counter.
    AddTender(Tender),
    /// Takes it off again.
    RemoveTender {
        /// Which tender.
        tender_id: Uuid,
    },
}

/// What an accepted change touched: the one row that a store must write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartTouched {
    /// This line is new or changed.
    Line(u32),
    /// This tender is new.
    Tender(Uuid),
    /// This tender is gone.
    TenderRemoved(Uuid),
}
