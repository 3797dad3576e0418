//! What a world consists of.

use std::collections::{BTreeMap, BTreeSet};

/// An op's identity; 0 is the genesis.
pub type OpId = u8;
/// A segment's identity.
pub type Segment = u8;

/// One entry of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Op {
    /// Minted once.
    pub id: OpId,
    /// Where it stands.
    pub segment: Segment,
    /// Its place, going on across segments.
    pub seq: u8,
    /// The entry before it; stands for the hash.
    pub prev: OpId,
    /// That entry's segment.
    pub prev_segment: Segment,
}

/// What is on the wire. It stays there: it may arrive late, twice, or never.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Message {
    /// A contiguous run of one segment.
    Push(Vec<Op>),
    /// The cloud's head of a segment.
    Ack {
        /// The segment.
        segment: Segment,
        /// Its last place.
        head: u8,
    },
    /// The run contradicts what is recorded.
    Fork {
        /// The segment.
        segment: Segment,
        /// Where.
        at: u8,
    },
}

/// One till with its disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Till {
    /// Whether the machine exists.
    pub alive: bool,
    /// Entries on this disk, in order.
    pub vault: Vec<Op>,
    /// The segment of this start.
    pub segment: Segment,
    /// Whether anything was written in it.
    pub segment_open: bool,
    /// Id, segment and place of the entry that the next one follows.
    pub base: (OpId, Segment, u8),
    /// What the cloud said; never a reason to delete.
    pub acked: BTreeMap<Segment, u8>,
    /// A copy of the disk in a cupboard.
    pub backup: Option<Box<Till>>,
    /// A snapshot of the running machine.
    pub live_snapshot: Option<Box<Till>>,
    /// Written to this disk and not taken away by a physical event; what software deletes still counts.
    pub physical: BTreeSet<OpId>,
}

/// The cloud.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Cloud {
    /// Every stream.
    pub log: BTreeMap<Segment, Vec<Op>>,
    /// How often each op was counted.
    pub counted: BTreeMap<OpId, u8>,
    /// What could not be recorded, kept.
    pub quarantine: BTreeSet<Op>,
    /// New with each restore.
    pub epoch: u8,
}

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[allow(
    missing_docs,
    reason = "each is the number of times the thing of its name may happen"
)]
pub struct Budget {
    pub sells: u8,
    pub reboots: u8,
    pub tail_losses: u8,
    pub restores: u8,
    pub live_reverts: u8,
    pub clones: u8,
    pub cloud_restores: u8,
    pub cloud_backups: u8,
    pub host_wipes: u8,
    pub compactions: u8,
    pub pushes: u8,
}

/// The rules: the right ones, or one way to get them wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// As PROTOCOL.md says.
    Right,
    /// Only the first op of a forked run is kept.
    QuarantineFirst,
    /// One stream for ever and a watermark, no hashes.
    WatermarkOnly,
    /// An acknowledged op is deleted.
    DeleteOnAck,
    /// A run that leaves a gap is recorded.
    AcceptGap,
    /// Each start takes the next integer as its epoch.
    IntegerEpoch,
    /// What contradicts is dropped.
    NoQuarantine,
}

impl Variant {
    /// Whether the cloud compares watermarks and not hashes.
    pub(super) const fn counts_only(self) -> bool {
        matches!(self, Self::WatermarkOnly | Self::IntegerEpoch)
    }
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// The tills; the last place is for a clone.
    pub tills: Vec<Till>,
    /// What the host carries.
    pub host: BTreeMap<Segment, Vec<Op>>,
    /// The cloud.
    pub cloud: Cloud,
    /// The oldest copy of the cloud that is kept.
    pub cloud_backup: Option<Box<Cloud>>,
    /// The wire.
    pub net: BTreeSet<Message>,
    /// The newest op.
    pub last_op: OpId,
    /// The newest segment.
    pub last_segment: Segment,
    /// What may still happen.
    pub budget: Budget,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// A sale at a till.
    Sell(usize),
    /// A till starts again.
    Reboot(usize),
    /// A disk acknowledged a flush that it had not done; the till starts again without it.
    TailLoss(usize),
    /// A copy of a till's disk is made.
    TillBackup(usize),
    /// And put back.
    TillRestore(usize),
    /// A running machine is snapshot.
    LiveSnapshot(usize),
    /// And resumed from there: same process, same segment.
    LiveRevert(usize),
    /// A disk is copied into a second machine.
    Clone(usize),
    /// A till sends a segment to the cloud.
    PushCloud(usize, Segment),
    /// A till hands a segment to the host.
    PushHost(usize, Segment),
    /// The host forwards a segment.
    HostForward(Segment),
    /// The host's disk is lost.
    HostWipe,
    /// A message arrives; a push stays on the wire.
    Deliver(Message),
    /// The cloud is copied.
    CloudBackup,
    /// And restored from the copy.
    CloudRestore,
    /// A till deletes what lies inside the oldest kept copy of the cloud.
    Compact(usize),
}

impl World {
    /// Tills that have sold nothing, and an empty cloud.
    pub(super) fn begin(tills: usize, budget: Budget) -> Self {
        let mut all: Vec<Till> = (1..=tills)
            .map(|number| Till {
                alive: true,
                segment: number as u8,
                ..Till::default()
            })
            .collect();
        all.push(Till::default());
        Self {
            tills: all,
            host: BTreeMap::new(),
            cloud: Cloud {
                epoch: 1,
                ..Cloud::default()
            },
            cloud_backup: None,
            net: BTreeSet::new(),
            last_op: 0,
            last_segment: tills as u8 + 100,
            budget,
        }
    }

    /// The segment of a till's next start.
    pub(super) fn fresh_segment(&mut self, variant: Variant, till: usize) -> Segment {
        match variant {
            // A restored or cloned disk picks the same "next" epoch again.
            Variant::IntegerEpoch => self.tills[till].segment + 10,
            Variant::WatermarkOnly => self.tills[till].segment,
            Variant::Right
            | Variant::QuarantineFirst
            | Variant::DeleteOnAck
            | Variant::AcceptGap
            | Variant::NoQuarantine => {
                self.last_segment += 1;
                self.last_segment
            }
        }
    }
}

impl Till {
    /// Starts in a segment, after the last entry on this disk.
    pub(super) fn start(&mut self, segment: Segment) {
        self.segment = segment;
        self.segment_open = false;
        if let Some(last) = self.vault.last() {
            self.base = (last.id, last.segment, last.seq);
        }
    }

    /// The entries of a segment from a place on.
    pub(super) fn run(&self, segment: Segment, from: u8) -> Vec<Op> {
        let of = |op: &&Op| op.segment == segment && op.seq >= from;
        self.vault.iter().filter(of).copied().collect()
    }

    /// Every segment with an entry on this disk.
    pub(super) fn segments(&self) -> BTreeSet<Segment> {
        self.vault.iter().map(|op| op.segment).collect()
    }

    /// The same disk without what lies in cupboards.
    pub(super) fn alone(&self) -> Self {
        Self {
            backup: None,
            live_snapshot: None,
            ..self.clone()
        }
    }
}
