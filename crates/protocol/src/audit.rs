//! What both ends compare to prove that they hold the same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::ChainHash;

/// Counts and head of one till, as one side holds them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Ops, each counted once.
    pub ops: u64,
    /// Sales.
    pub sales: u64,
    /// Refunds.
    pub refunds: u64,
    /// Lines of sales and refunds.
    pub lines: u64,
    /// Value without tax in minor units: sales less refunds.
    pub net_minor: i64,
    /// The last `seq`; 0 before the first op.
    pub head_seq: u64,
    /// The chain there; `None` before the first op.
    #[schema(value_type = Option<String>)]
    pub head_chain: Option<ChainHash>,
}
