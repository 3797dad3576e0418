//! Which faults a run has and how often: drawn from its seed, another mix each time.
//!
//! A run with every fault at once explores less than many runs with a few each: faults hide each other.

use std::collections::{BTreeMap, BTreeSet};

use sync::backoff::SplitMix64;

use super::fault::Fault;

/// The faults of one run.
#[derive(Debug, Clone)]
pub struct Swarm {
    /// Of ten thousand occasions, by fault; a fault that is not here does not happen.
    rates: BTreeMap<Fault, u64>,
}

impl Swarm {
    /// Draws a mix; the faults named in `without` never happen.
    pub fn draw(random: &mut SplitMix64, without: &BTreeSet<Fault>) -> Self {
        let mut rates = BTreeMap::new();
        for fault in Fault::ALL {
            // Drawn in any case, so that leaving one out leaves the others as they were.
            let (chosen, rate) = (random.up_to(9), 1 + random.up_to(most(*fault)));
            if chosen < 4 && !without.contains(fault) {
                rates.insert(*fault, rate);
            }
        }
        Self { rates }
    }

    /// Whether it happens on this occasion.
    pub fn happens(&self, fault: Fault, random: &mut SplitMix64) -> bool {
        let drawn = random.up_to(9_999);
        self.rates.get(&fault).is_some_and(|rate| drawn < *rate)
    }
}

/// The highest rate of ten thousand occasions: a request for the line, a minute for the rest.
const fn most(fault: Fault) -> u64 {
    match fault {
        Fault::DropRequest | Fault::DropReply | Fault::Duplicate => 3_000,
        Fault::Delay | Fault::TruncateReply | Fault::LateDuplicate => 1_000,
        Fault::Clog
        | Fault::Portal
        | Fault::Html520
        | Fault::Busy429
        | Fault::Busy503
        | Fault::TooLarge413
        | Fault::CloudError => 800,
        Fault::Impatience | Fault::RefundTwice => 400,
        Fault::Kill
        | Fault::Pause
        | Fault::Partition
        | Fault::ClockJump
        | Fault::CloudDown
        | Fault::UnknownType
        | Fault::PoisonOp => 200,
        Fault::LostSyncedTail
        | Fault::RestoreOldCopy
        | Fault::LiveRevert
        | Fault::CloudRestore
        | Fault::SilentRewind
        | Fault::CrashLoop
        | Fault::Unauthorized
        | Fault::UpgradeRequired => 80,
        Fault::CloneCopy | Fault::WipedDisk | Fault::Backlog => 40,
    }
}
