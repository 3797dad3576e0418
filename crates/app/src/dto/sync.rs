//! Where an op is on its way to the cloud.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The state of an op in the queue, derived from the cloud's heads and outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SyncState {
    /// Vaulted, beyond the cloud's head.
    Pending,
    /// In the request now on the wire.
    InFlight,
    /// In the cloud.
    Synced,
    /// The path or the cloud failed; tried again.
    RetryableError,
    /// Recorded, the command was refused.
    FatalError,
    /// Recorded but it cannot be applied yet, or too large for any batch.
    DeadLetter,
    /// Recorded, a person is needed.
    Conflict,
}
