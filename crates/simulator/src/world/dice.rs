//! Which faults a run has and how often: drawn from its seed, another mix each time.
//!
//! A run with every fault at once explores less than many runs with a few each: faults hide each other. Each fault
//! has a sequence of its own, so that leaving one out leaves the others' as they were.

use sync::backoff::SplitMix64;

use super::names::Fault;
use super::run::Options;

/// Occasions among which a rate counts.
const OF: u64 = 10_000;

/// The faults of one run.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    faults: Vec<Chance>,
}

#[derive(Debug, Clone)]
struct Chance {
    random: SplitMix64,
    /// Occasions until it happens; `None`: never.
    wait: Option<u64>,
    /// The mean of the waits, twice.
    spread: u64,
}

impl Dice {
    /// Draws a mix.
    pub fn draw(seed: u64, options: &Options) -> Self {
        let chance = |(at, fault): (u64, &Fault)| {
            let mut random = SplitMix64::new(seed ^ (at + 1).wrapping_mul(0x9e6c_63d0_876a_9a47));
            let (weight, most) = rate(*fault);
            let chosen = match &options.only {
                Some(only) => only.contains(fault),
                None => random.up_to(99) < weight,
            };
            let rate = if options.only.is_some() {
                (most * 10).min(3_000)
            } else {
                1 + random.up_to(most - 1)
            };
            let spread = 2 * OF / rate;
            let chosen = chosen && !options.without.contains(fault);
            let wait = chosen.then(|| random.up_to(spread));
            Chance {
                random,
                wait,
                spread,
            }
        };
        Self {
            faults: (0..).zip(Fault::ALL).map(chance).collect(),
        }
    }

    /// Whether it happens on this occasion.
    pub fn happens(&mut self, fault: Fault) -> bool {
        let chance = &mut self.faults[fault as usize];
        match chance.wait {
            None => false,
            Some(0) => {
                chance.wait = Some(chance.random.up_to(chance.spread));
                true
            }
            Some(left) => {
                chance.wait = Some(left - 1);
                false
            }
        }
    }

    /// Whether a fault belongs to this run.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults[fault as usize].wait.is_some()
    }

    /// The fault's own randomness, for what it does.
    pub fn of(&mut self, fault: Fault) -> &mut SplitMix64 {
        &mut self.faults[fault as usize].random
    }
}

/// In how many of a hundred runs a fault is, and its highest rate of ten thousand occasions: a request for the line
/// and the cloud's transactions, a sale for what befalls a sale, a minute for the rest.
const fn rate(fault: Fault) -> (u64, u64) {
    match fault {
        Fault::DropRequest | Fault::DropReply | Fault::Duplicate => (35, 3_000),
        Fault::Delay
        | Fault::SlowReply
        | Fault::Reorder
        | Fault::TruncateReply
        | Fault::LateDuplicate => (35, 1_000),
        Fault::ResetAfterSend
        | Fault::Clog
        | Fault::Html520
        | Fault::Busy429
        | Fault::Busy429Bare
        | Fault::Busy503
        | Fault::TooLarge413
        | Fault::CloudError
        | Fault::StatementTimeout
        | Fault::SerializationFailure => (30, 600),
        Fault::CrashAfterCommit | Fault::StoreFails => (30, 200),
        Fault::KillBetweenMedia | Fault::DiskFull => (35, 400),
        Fault::Impatience
        | Fault::RefundTwice
        | Fault::CountInSales
        | Fault::EditOnTwoTills
        | Fault::PriceVsSale
        | Fault::SettledTwice => (40, 200),
        Fault::Kill
        | Fault::KillAtEffect
        | Fault::Pause
        | Fault::Partition
        | Fault::OneWayPartition
        | Fault::ClockJump
        | Fault::ClockNudge
        | Fault::ClockBackADay
        | Fault::CartPaidTwice
        | Fault::SlowWriter
        | Fault::CloudDown
        | Fault::UnknownType
        | Fault::PoisonOp
        | Fault::TornTail
        | Fault::SlowDisk
        | Fault::ReadOnly
        | Fault::BitFlip => (30, 100),
        Fault::LostSyncedTail
        | Fault::VaultBehind
        | Fault::JournalCut
        | Fault::RottenTwice
        | Fault::ShopFileLost
        | Fault::RestoreOldCopy
        | Fault::LiveRevert
        | Fault::CloudRestore
        | Fault::FailOver
        | Fault::SilentRewind
        | Fault::CrashLoop
        | Fault::Suspend
        | Fault::TwoInstances
        | Fault::VersionSwap
        | Fault::Unauthorized
        | Fault::UpgradeRequired
        | Fault::TlsClock
        | Fault::Portal
        | Fault::PoolExhausted
        | Fault::TombstonesForgotten
        | Fault::OldCloud
        | Fault::DeletedSold
        | Fault::ClockFrozen
        | Fault::ClockDrift
        | Fault::WrongCredential
        | Fault::PausedByPerson => (25, 60),
        Fault::CloneCopy
        | Fault::LiveClone
        | Fault::WipedDisk
        | Fault::Backlog
        | Fault::ProductFlood
        | Fault::SameCodeTwice
        | Fault::Revoked
        | Fault::TenantSwitch => (20, 25),
        Fault::HugeOp => (5, 10),
        Fault::BigBacklog => (2, 8),
    }
}
