//! `stock_counted_v1`: a person counted what is there.
//!
//! A count is absolute, and true of the moment and the knowledge it was made with: `as_of` names
//! what the counter's till had seen. What it had not seen is added on top by the cloud, or is a
//! race that a person decides.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One count of one or more products of the till's branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockCountedV1 {
    /// Identity of the act, so that the same count never counts twice.
    pub count_id: Uuid,
    /// What was counted, each product once.
    pub lines: Vec<CountedV1>,
    /// What the counter's till had seen of the branch's stock. Its own earlier ops are always in.
    pub as_of: AsOfV1,
    /// Why, in a person's words.
    pub reason: Option<String>,
}

/// One product's count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedV1 {
    /// The product.
    pub product_id: Uuid,
    /// Thousandths found; never negative.
    pub counted_milli: i64,
    /// Thousandths the till showed before the count; for a person who asks why.
    pub shown_milli: i64,
}

/// How much of the cloud's stock ledger a till had seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AsOfV1 {
    /// The cloud's epoch when it told; `None`: the till never pulled stock.
    pub cloud_epoch: Option<Uuid>,
    /// The watermark of the last complete stock pull; 0 if there was none. Movements of other tills
    /// recorded above it were not seen.
    pub row_version: u64,
}
