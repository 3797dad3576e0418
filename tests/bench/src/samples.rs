//! Samples of one thing, and their exact percentiles.

use std::time::{Duration, Instant};

/// How long one thing took, many times; nanoseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<u64>);

impl Samples {
    /// Runs it once and keeps how long it took.
    pub(crate) fn time<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let answer = run();
        self.add(begun.elapsed());
        answer
    }

    /// Keeps one duration.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0
            .push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Takes another's samples over.
    pub(crate) fn join(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The sample that `thousandths` of all samples do not exceed (nearest rank); zero without any.
    pub(crate) fn at(&self, thousandths: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * thousandths).div_ceil(1_000).max(1);
        Duration::from_nanos(sorted.get(rank - 1).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let mut samples = Samples::default();
        for ms in (1..=100).rev() {
            samples.add(Duration::from_millis(ms));
        }
        assert_eq!(samples.at(500), Duration::from_millis(50), "the median");
        assert_eq!(
            samples.at(990),
            Duration::from_millis(99),
            "one in a hundred is slower"
        );
        assert_eq!(samples.at(1_000), Duration::from_millis(100), "the slowest");
        assert_eq!(Samples::default().at(500), Duration::ZERO, "none, no time");
    }
}
