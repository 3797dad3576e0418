//! Every number that bounds what travels, with its reason.
//!
//! The till checks the op limits *before* tender, so a sale that could not travel is refused while
//! the cashier can still split it; the cloud advertises the batch limits in `hello` and enforces
//! them on the decompressed stream.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest op in bytes. The largest real sale seen has 1,114 lines, about 400 KiB.
pub const MAX_OP_BYTES: usize = 1024 * 1024;
/// The deepest JSON nesting of an op.
pub const MAX_OP_DEPTH: usize = 16;
/// Entities one op may touch: a sale of 5,000 lines touches a stock per line and itself.
pub const MAX_TOUCHES: usize = 6_000;
/// Ops in one batch: one round trip stays well under a second on a slow line.
pub const MAX_BATCH_OPS: usize = 500;
/// Bytes of one batch after unpacking.
pub const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of one batch as sent.
pub const MAX_BATCH_ENCODED_BYTES: usize = 1024 * 1024;
/// Unpacked to packed size beyond which a body is a bomb and not a batch.
pub const MAX_UNPACK_RATIO: usize = 50;
/// Segment heads in one `hello`: three years of daily restarts.
pub const MAX_HELLO_HEADS: usize = 2_000;
/// Ops in one page of `GET /v1/sync/ops`.
pub const MAX_OPS_PAGE: usize = 500;
/// Bodies shorter than this are not worth compressing.
pub const COMPRESS_FROM_BYTES: usize = 1024;

/// What the cloud takes in one push; advertised in `hello`, a till may send less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchLimits {
    /// Ops per batch.
    pub max_ops: u32,
    /// Bytes per batch after unpacking.
    pub max_bytes: u32,
    /// Bytes per batch as sent.
    pub max_encoded_bytes: u32,
    /// Unpacked bytes per packed byte.
    pub max_unpack_ratio: u32,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            max_ops: 500,
            max_bytes: 4 * 1024 * 1024,
            max_encoded_bytes: 1024 * 1024,
            max_unpack_ratio: 50,
        }
    }
}
