//! `price_set_v1`: one product's list price, and nothing else of it.
//!
//! `base` in the envelope names the group `price` and the version it was set on.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A new list price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSetV1 {
    /// The product.
    pub product_id: Uuid,
    /// Minor units; `None`: the till asks at each sale.
    pub price_minor: Option<i64>,
}
