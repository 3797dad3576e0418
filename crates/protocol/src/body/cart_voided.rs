//! `cart_voided_v1`: a cart with articles in it was given up before payment.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was given up; nothing moved, no money changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartVoidedV1 {
    /// The id the sale would have had.
    pub sale_id: Uuid,
    /// Who gave it up.
    pub operator_id: Uuid,
    /// Articles in it.
    pub lines: u32,
    /// What they would have come to, minor units.
    pub gross_minor: i64,
    /// UTC milliseconds.
    pub voided_at_ms: i64,
}
