//! Seeded chance: SplitMix64. One seed, one history.
//!
//! Promises the same sequence for the same seed on every machine. Never used for keys, ids or nonces.

/// A seeded sequence of numbers.
pub(crate) struct Dice(u64);

impl Dice {
    /// Starts the sequence of this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit` − 1; 0 for a limit of 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn one_seed_is_one_history() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!(
            dice.next(),
            6_457_827_717_110_365_317,
            "the published vector"
        );
        assert_eq!(dice.next(), 3_203_168_211_198_807_973, "and its second");
        assert_eq!(dice.below(0), 0, "an empty choice has one answer");
    }
}
