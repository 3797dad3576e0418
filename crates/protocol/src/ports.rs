//! Time and randomness as arguments.
//!
//! Owns the two traits through which both enter the core, so that the engine, the vault and the
//! cloud run unchanged in a simulator. The real ones live in `app` and in `cloud`.

use uuid::{Builder, Uuid};

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// UTC milliseconds since 1970 as the machine believes; may jump either way.
    fn wall_ms(&self) -> i64;
    /// Milliseconds since some fixed moment of this process; never goes back.
    fn mono_ms(&self) -> u64;
}

/// Where randomness comes from; in the shop always the operating system.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// A new UUIDv7: time-ordered, so that every index it enters grows at its end.
pub fn new_id(clock: &dyn Clock, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    let ms = u64::try_from(clock.wall_ms()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}
