//! What can go wrong, by name, and what must have been seen.

use std::collections::BTreeMap;
use std::fmt;

macro_rules! closed {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its word at the command line and in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

closed! {
    /// Faults of the line, the machine, its disk, its clock, the cloud and of people.
    Fault {
        /// A request never arrives.
        DropRequest = "drop_request",
        /// A request arrives and its reply does not.
        DropReply = "drop_reply",
        /// A reply breaks off in the middle.
        TruncateReply = "truncate_reply",
        /// A request arrives twice.
        Duplicate = "duplicate",
        /// A request arrives a second time, hours later.
        LateDuplicate = "late_duplicate",
        /// A request takes up to ten seconds.
        Delay = "delay",
        /// A line stands still for up to a minute.
        Clog = "clog",
        /// A till cannot reach the cloud for up to an hour.
        Partition = "partition",
        /// A captive portal answers with status 200.
        Portal = "portal_200",
        /// A box on the way answers 520 with a page.
        Html520 = "html_520",
        /// The cloud says 429 with `Retry-After`.
        Busy429 = "busy_429",
        /// A box says 503 without it.
        Busy503 = "busy_503",
        /// The cloud says 413 to a batch of more than one op.
        TooLarge413 = "too_large_413",
        /// The cloud says 401 for a while.
        Unauthorized = "unauthorized_flap",
        /// The cloud says 426 for a while.
        UpgradeRequired = "upgrade_required_flap",
        /// The program is killed.
        Kill = "kill",
        /// The program stands still for up to ten minutes.
        Pause = "pause",
        /// The program dies again and again at its start.
        CrashLoop = "crash_loop",
        /// The disk acknowledged a flush that it had not done.
        LostSyncedTail = "lost_synced_tail",
        /// An old copy of the disk is put back.
        RestoreOldCopy = "restore_old_copy",
        /// The disk is copied into a second machine.
        CloneCopy = "clone_copy",
        /// A running machine is resumed from a snapshot: same process, same segment.
        LiveRevert = "live_revert",
        /// The disk is new; the key is not.
        WipedDisk = "wiped_disk",
        /// The wall clock jumps by up to ten years.
        ClockJump = "clock_jump",
        /// The cloud is down for up to five minutes.
        CloudDown = "cloud_down",
        /// A transaction of the cloud fails and is rolled back.
        CloudError = "cloud_error",
        /// The cloud is restored from a copy, and knows it.
        CloudRestore = "cloud_restore",
        /// The cloud is an older one and does not know it: a fail-over that lost its last commits.
        SilentRewind = "silent_rewind",
        /// An op of a type that the cloud does not know.
        UnknownType = "unknown_type",
        /// An op whose effects the cloud's database refuses.
        PoisonOp = "poison_op",
        /// A backlog of hundreds of ops at once.
        Backlog = "backlog",
        /// One sale is given back on two tills.
        RefundTwice = "refund_twice",
        /// A person presses "Sync now" in the middle of everything.
        Impatience = "impatience",
    }
}

closed! {
    /// What a long run must have seen somewhere.
    Goal {
        /// One segment was continued in two ways.
        Fork = "fork_in_one_segment",
        /// Two segments begin at one place.
        SharedParent = "two_segments_one_parent",
        /// Quarantine was emptied by a later arrival.
        QuarantineEmptied = "quarantine_emptied",
        /// A batch was split down to one op.
        SplitToOne = "split_to_one",
        /// A run was recorded in part.
        Prefix = "run_recorded_in_part",
        /// The slow path parked the poison and its neighbours went on.
        SlowPath = "savepoint_slow_path",
        /// An op arrived again and was told `duplicate`.
        Duplicate = "told_duplicate",
        /// A till fetched its own ops back.
        TailFetched = "tail_fetched",
        /// A till put its ops under a fresh segment.
        Reenveloped = "re_enveloped",
        /// A till's ops hung on an op that nobody holds any more.
        LostGround = "lost_ground_stepped_over",
        /// The cloud's epoch changed under a till.
        EpochChanged = "epoch_changed",
        /// A cloud noticed that it had gone back in time.
        RewindNoticed = "silent_rewind_noticed",
        /// A sale was recorded while the clock ran backwards.
        ClockBackwards = "clock_backwards",
        /// More was given back than was sold, on two tills.
        OverRefund = "over_refund",
    }
}

/// How often each was met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Faults injected.
    pub faults: BTreeMap<Fault, u64>,
    /// Goals reached.
    pub goals: BTreeMap<Goal, u64>,
}

impl Tally {
    /// A fault was injected.
    pub fn met(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// A goal was reached.
    pub fn saw(&mut self, goal: Goal) {
        *self.goals.entry(goal).or_default() += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        for (fault, times) in &other.faults {
            *self.faults.entry(*fault).or_default() += times;
        }
        for (goal, times) in &other.goals {
            *self.goals.entry(*goal).or_default() += times;
        }
    }
}
