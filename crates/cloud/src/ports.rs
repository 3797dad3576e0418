//! The real clock and the real randomness, in the one place where the cloud touches either.
//!
//! Everything else takes them as [`Clock`] and [`Entropy`], so that a test can stand at any hour.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use protocol::ports::{Clock, Entropy};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose monotonic reading begins now.
    #[allow(clippy::disallowed_methods, reason = "this is the port itself")]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the port itself")]
    fn wall_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// How long something took, for those who watch: nothing is decided by it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[allow(clippy::disallowed_methods, reason = "this is the port itself")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it was started.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // Codes, tokens and epochs made of anything else would be guessable: a machine without
        // randomness must not serve, so this is the one failure that ends the process.
        getrandom::fill(buffer).expect("the operating system must provide randomness");
    }
}
