//! How large the next batch may be.

use protocol::limits::BatchLimits;

use crate::chunk::CutLimits;

/// The first batch after an open circuit: small enough for a line that lives for seconds.
const PROBE_OPS: usize = 50;

/// The advertised limits, and our own below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchSize {
    advertised: BatchLimits,
    ops: usize,
}

impl Default for BatchSize {
    fn default() -> Self {
        let advertised = BatchLimits::default();
        Self {
            ops: CutLimits::from(advertised).max_ops,
            advertised,
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
        ops > 1
    }

    /// A batch went through: the next may be twice as large.
    pub(super) fn grow(&mut self) {
        let most = CutLimits::from(self.advertised).max_ops;
        self.ops = self.ops.saturating_mul(2).min(most);
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
        for _ in 0..20 {
            size.grow();
        }
        assert_eq!(size.limits(false).max_ops, 500, "and back to the limit");
        assert_eq!(size.limits(true).max_ops, PROBE_OPS, "a probe is small");
    }
}
