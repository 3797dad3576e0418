//! `stock_moved_v1`: stock changed by a person for another reason than a sale.

use domain::{MovementKind, StockMovement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Stock movements made together, with the person's reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMovedV1 {
    /// Identity of the act, so that the same act is never counted twice.
    pub movement_id: Uuid,
    /// Another system's number for it.
    pub reference: Option<String>,
    /// What moved.
    pub movements: Vec<MovementV1>,
}

/// One signed change of one product's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementV1 {
    /// The product.
    pub product_id: Uuid,
    /// Why, as a closed word.
    pub kind: MovementKind,
    /// Thousandths, signed.
    pub delta_milli: i64,
    /// Why, in a person's words.
    pub reason: Option<String>,
}

impl From<&StockMovement> for MovementV1 {
    fn from(movement: &StockMovement) -> Self {
        Self {
            product_id: movement.product_id,
            kind: movement.kind,
            delta_milli: movement.delta_milli,
            reason: movement.reason.clone(),
        }
    }
}

impl From<&MovementV1> for StockMovement {
    fn from(movement: &MovementV1) -> Self {
        Self {
            product_id: movement.product_id,
            kind: movement.kind,
            delta_milli: movement.delta_milli,
            reason: movement.reason.clone(),
        }
    }
}
