//! The hybrid logical clock: 48 bits of milliseconds and a 16-bit counter.
//!
//! Owns how a till orders its own ops when its wall clock stands still or runs backwards.
//! Promises strictly increasing values. Never gates anything: time only orders and displays.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// One reading of the hybrid logical clock; the text form is `ms:counter` in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hlc {
    /// UTC milliseconds, or more if the wall clock fell behind.
    pub ms: u64,
    /// Ticks within one millisecond.
    pub counter: u16,
}

impl Hlc {
    /// The next reading: at least `wall_ms`, always greater than `self`.
    #[must_use]
    pub fn tick(self, wall_ms: i64) -> Self {
        let wall = u64::try_from(wall_ms).unwrap_or(0);
        if wall > self.ms || cfg!(mutant = "hlc_follows_wall") {
            return Self {
                ms: wall,
                counter: 0,
            };
        }
        match self.counter.checked_add(1) {
            Some(counter) => Self {
                ms: self.ms,
                counter,
            },
            None => Self {
                ms: self.ms + 1,
                counter: 0,
            },
        }
    }
}

impl fmt::Display for Hlc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}:{:04x}", self.ms, self.counter)
    }
}

impl FromStr for Hlc {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("hlc must look like 0000019a0b1c:0003, got {text:?}");
        let (ms, counter) = text.split_once(':').ok_or_else(refused)?;
        Ok(Self {
            ms: u64::from_str_radix(ms, 16).map_err(|_| refused())?,
            counter: u16::from_str_radix(counter, 16).map_err(|_| refused())?,
        })
    }
}

impl Serialize for Hlc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hlc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_clock_only_grows_whatever_the_wall_says(walls in prop::collection::vec(any::<i64>().prop_map(|w| w >> 17), 1..200)) {
            let mut last = Hlc::default();
            for wall in walls {
                let next = last.tick(wall);
                prop_assert!(next > last, "{next} must follow {last}");
                prop_assert_eq!(next.to_string().parse::<Hlc>(), Ok(next));
                last = next;
            }
        }
    }

    #[test]
    fn a_full_counter_carries_into_the_milliseconds() {
        let full = Hlc {
            ms: 5,
            counter: u16::MAX,
        };
        assert_eq!(full.tick(1), Hlc { ms: 6, counter: 0 });
    }
}
