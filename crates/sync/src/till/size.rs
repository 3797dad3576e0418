//! How large the next batch may be.
//!
//! Halved when a batch is too much, doubled when one goes through, but not back to a size that was
//! too much a moment ago: only after a number of batches is that size tried again. Otherwise a
//! narrow line would fail on every second batch for ever.

use protocol::limits::BatchLimits;

use crate::chunk::CutLimits;

/// The first batch after an open circuit: small enough for a line that lives for seconds.
const PROBE_OPS: usize = 50;
/// Batches that must go through before a size that failed is tried again.
const TRY_AGAIN_AFTER: u32 = 16;

/// The advertised limits, and our own below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchSize {
    advertised: BatchLimits,
    ops: usize,
    /// The smallest size that was too much lately; `usize::MAX` if none was.
    too_much: usize,
    /// Batches that went through since.
    through: u32,
}

impl Default for BatchSize {
    fn default() -> Self {
        let advertised = BatchLimits::default();
        Self {
            ops: CutLimits::from(advertised).max_ops,
            advertised,
            too_much: usize::MAX,
            through: 0,
        }
    }
}

impl BatchSize {
    /// Takes over what the cloud advertises.
    pub(super) fn advertise(&mut self, limits: BatchLimits) {
        let was_full = self.ops >= CutLimits::from(self.advertised).max_ops;
        self.advertised = limits;
        let most = CutLimits::from(limits).max_ops;
        self.ops = if was_full { most } else { self.ops.min(most) };
        assert!(self.ops >= 1, "a batch holds at least one op");
    }

    /// The limits of the next cut.
    pub(super) fn limits(&self, circuit_open: bool) -> CutLimits {
        let full = CutLimits::from(self.advertised);
        let most = if circuit_open { PROBE_OPS } else { self.ops };
        CutLimits {
            max_ops: self.ops.min(most).min(full.max_ops),
            max_bytes: full.max_bytes,
        }
    }

    /// A batch of so many ops was too much; `false` if it was a single one already.
    pub(super) fn halve(&mut self, ops: usize) -> bool {
        assert!(ops > 0, "an empty batch is never sent");
        self.ops = (ops / 2).max(1);
        self.too_much = ops;
        self.through = 0;
        ops > 1
    }

    /// A batch went through: the next may be twice as large, below the size that was too much.
    pub(super) fn grow(&mut self) {
        self.through = self.through.saturating_add(1);
        if self.through >= TRY_AGAIN_AFTER {
            self.too_much = usize::MAX;
        }
        let most = CutLimits::from(self.advertised).max_ops;
        let twice = self.ops.saturating_mul(2).min(most);
        if twice < self.too_much {
            self.ops = twice;
        }
        assert!(self.ops >= 1, "a batch holds at least one op");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_ends_at_one_and_growing_at_the_limit() {
        let mut size = BatchSize::default();
        let mut ops = 500;
        let mut steps = Vec::new();
        while size.halve(ops) {
            ops = size.limits(false).max_ops;
            steps.push(ops);
        }
        assert_eq!(steps, [250, 125, 62, 31, 15, 7, 3, 1], "down to one op");
        size.grow();
        assert_eq!(
            size.limits(false).max_ops,
            1,
            "not back to what was too much"
        );
        for _ in 0..TRY_AGAIN_AFTER + 10 {
            size.grow();
        }
        assert_eq!(
            size.limits(false).max_ops,
            500,
            "and later back to the limit"
        );
        assert_eq!(size.limits(true).max_ops, PROBE_OPS, "a probe is small");
    }
}
