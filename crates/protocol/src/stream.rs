//! Where an op stands in its till's stream, and an op as both media keep it.
//!
//! Stream coordinates live outside the hashed bytes, so that an op can be put under a fresh
//! segment after a fork without changing the fact itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::chain;
use crate::ids::{ChainHash, OpHash, SegmentId};

/// The place the next op will take; known while its body is being built, because the receipt
/// number is made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The segment of this run of the program.
    pub segment: SegmentId,
    /// Cashier order: the previous op's `seq` + 1, also across segments.
    pub seq: u64,
    /// The chain before the op.
    pub prev: ChainHash,
}

/// One op as vault and journal keep it and as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOp {
    /// The op's identity for ever.
    pub op_id: Uuid,
    /// Its segment.
    pub segment: SegmentId,
    /// Its place in cashier order.
    pub seq: u64,
    /// The chain before it.
    pub prev: ChainHash,
    /// The chain after it.
    pub chain: ChainHash,
    /// The exact bytes, as hashed and as sent.
    pub bytes: Vec<u8>,
}

impl StoredOp {
    /// Puts bytes at a position and links them.
    pub fn at(position: &Position, op_id: Uuid, bytes: Vec<u8>) -> Self {
        let hash = chain::op_hash(&bytes);
        Self {
            op_id,
            segment: position.segment,
            seq: position.seq,
            prev: position.prev,
            chain: chain::link(&position.prev, &position.segment, position.seq, &hash),
            bytes,
        }
    }

    /// The hash of the bytes, computed anew.
    pub fn op_hash(&self) -> OpHash {
        chain::op_hash(&self.bytes)
    }

    /// Whether bytes, coordinates and links agree.
    pub fn links(&self) -> bool {
        chain::link(&self.prev, &self.segment, self.seq, &self.op_hash()) == self.chain
    }
}

/// Where one segment begins: the op before its first one, `None` for a till's first segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Parent {
    /// The segment before.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// Its last `seq` as this till knew it when the new segment began.
    pub seq: u64,
    /// The chain at that place.
    #[schema(value_type = String)]
    pub chain: ChainHash,
}

/// The last op of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Head {
    /// The segment.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// The last `seq` in it.
    pub seq: u64,
    /// The chain after that op.
    #[schema(value_type = String)]
    pub chain: ChainHash,
}
