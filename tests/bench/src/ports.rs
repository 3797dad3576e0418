//! Time and randomness for the vaults under measurement: the machine's own.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use protocol::ports::{Clock, Entropy};

/// The machine's clock.
pub(crate) struct Wall(pub(crate) Instant);

impl Clock for Wall {
    fn wall_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    fn mono_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The operating system's randomness.
pub(crate) struct Os;

impl Entropy for Os {
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}
