//! How long to wait before the next attempt, and the small generator that spreads tills apart.
//!
//! Full jitter: after the n-th failure in a row a till waits a random time up to
//! `min(60 s, 1 s × 2^(n-1))`, so that a hundred tills whose cloud comes back do not come back
//! together. Reset by progress alone, never by a mere connect: a link that connects and then dies
//! must not be hammered. A `Retry-After` is obeyed to the millisecond, plus up to a quarter. There
//! is no number of failures after which a till stops trying.

use serde::{Deserialize, Serialize};

/// What the first failure may cost at most, milliseconds.
pub const BASE_MS: u64 = 1_000;
/// What any failure may cost at most, milliseconds.
pub const CAP_MS: u64 = 60_000;
/// What every failure costs at least, milliseconds: no loop of ours is hot.
pub const FLOOR_MS: u64 = 100;
/// Failures in a row after which only a `hello` is risked, and after it a small batch.
pub const CIRCUIT_FAILURES: u32 = 5;
/// The longest `Retry-After` that is believed, milliseconds: a broken box on the way must not
/// silence a till for a year.
pub const MAX_RETRY_AFTER_MS: u64 = 3_600_000;

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, good enough to spread waits and the same
/// on every machine. Never used for an identity or a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator of a seed; one seed, one sequence.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`, both possible.
    pub fn up_to(&mut self, most: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * (u128::from(most) + 1);
        let picked = u64::try_from(wide >> 64).unwrap_or(most);
        assert!(picked <= most, "a wait stays within its bound");
        picked
    }
}

/// Failures in a row and the waits they cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Failures since the last progress.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether only a probe is risked now.
    pub const fn is_open(&self) -> bool {
        self.failures >= CIRCUIT_FAILURES
    }

    /// Notes a failure; the wait in milliseconds. `retry_after_ms` is what the other side asked for.
    pub fn failed(&mut self, random: &mut SplitMix64, retry_after_ms: Option<u64>) -> u64 {
        self.failures = self.failures.saturating_add(1);
        let wait = match retry_after_ms.filter(|_| !cfg!(mutant = "retry_after_ignored")) {
            Some(asked) => {
                let asked = asked.min(MAX_RETRY_AFTER_MS);
                asked + random.up_to(asked / 4)
            }
            None => random.up_to(self.most_ms()).max(FLOOR_MS),
        };
        assert!(
            wait <= MAX_RETRY_AFTER_MS + MAX_RETRY_AFTER_MS / 4,
            "no wait is for ever"
        );
        wait
    }

    /// A head moved at the cloud: the path works.
    pub const fn progressed(&mut self) {
        self.failures = 0;
    }

    fn most_ms(&self) -> u64 {
        let doublings = self.failures.saturating_sub(1).min(16);
        (BASE_MS << doublings).min(CAP_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_published_sequence() {
        let mut random = SplitMix64::new(1_234_567);
        let first: Vec<u64> = (0..5).map(|_| random.next_u64()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ],
            "the reference vectors of SplitMix64"
        );
    }

    #[test]
    fn waits_grow_to_the_cap_and_never_beyond() {
        let mut longest = [0_u64; 12];
        for seed in 0..2_000 {
            let (mut random, mut backoff) = (SplitMix64::new(seed), Backoff::default());
            for most in &mut longest {
                *most = backoff.failed(&mut random, None).max(*most);
            }
        }
        let bounds = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60].map(|s| s * 1_000);
        for (index, (longest, bound)) in longest.into_iter().zip(bounds).enumerate() {
            assert!(longest <= bound, "failure {index}: {longest} > {bound}");
            assert!(
                longest > bound * 9 / 10,
                "failure {index}: the jitter is full"
            );
        }
    }

    #[test]
    fn retry_after_is_obeyed_plus_at_most_a_quarter() {
        let mut random = SplitMix64::new(9);
        for _ in 0..1_000 {
            let wait = Backoff::default().failed(&mut random, Some(8_000));
            assert!((8_000..=10_000).contains(&wait), "{wait} ms for 8 s");
        }
        let wait = Backoff::default().failed(&mut random, Some(u64::MAX));
        assert!(wait <= MAX_RETRY_AFTER_MS * 5 / 4, "a year is not believed");
    }

    #[test]
    fn only_progress_resets() {
        let (mut random, mut backoff) = (SplitMix64::new(1), Backoff::default());
        for _ in 0..CIRCUIT_FAILURES {
            assert!(!backoff.is_open(), "closed up to the fifth failure");
            backoff.failed(&mut random, None);
        }
        assert!(backoff.is_open(), "open after the fifth");
        backoff.progressed();
        assert_eq!(backoff.failures(), 0, "progress closes it");
    }
}
