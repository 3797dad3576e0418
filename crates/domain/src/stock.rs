//! Stock movements: what a sale, a refund or a hand does to a product's stock.
//!
//! Promises that stock is opening plus the sum of movements, always: a movement is a difference, never a level. Never
//! written with a difference of 0.

use crate::words::words;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Sold.
    Sale,
    /// Given back, not to be sold again.
    Refund,
    /// Given back and on the shelf again.
    Resale,
    /// Corrected by hand: broken, lost, found.
    Adjustment,
    /// Received.
    Restock,
    /// The difference that a count found.
    Count,
}

words!(MovementKind {
    Sale = "sale",
    Refund = "refund",
    Resale = "resale",
    Adjustment = "adjustment",
    Restock = "restock",
    Count = "count",
});

/// One difference in a product's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct StockMovement {
    /// Whose stock.
    pub product_id: Uuid,
    /// Why.
    pub kind: MovementKind,
    /// By how much, in thousandths; negative leaves the shop. Never 0.
    pub delta_milli: i64,
    /// In words, where a person gave them.
    pub reason: Option<String>,
}
