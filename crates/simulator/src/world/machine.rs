//! A till as a machine: its disk, its engine, its clock, and the ways in which they fail.

use std::collections::BTreeMap;

use protocol::body::OpBody;
use protocol::error::ApiCode;
use protocol::ids::SegmentId;
use protocol::wire::CloudHead;
use sync::till::{Event, TillSync, TillSyncConfig};
use uuid::Uuid;

use crate::parts::{ModelTill, Segment};

/// The wall clock when a world begins, UTC milliseconds: ten years back from here is still after 1970.
const EPOCH_MS: i64 = 1_795_132_800_000;

/// What a disk holds beside the ops.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The epoch of the cloud's last answer.
    pub epoch: Option<Uuid>,
    /// The cloud's heads as it last told them.
    pub heads: BTreeMap<SegmentId, CloudHead>,
}

/// A disk.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    pub till: ModelTill,
    pub kept: Kept,
}

/// A running machine, frozen with its memory.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub disk: Disk,
    pub engine: TillSync,
    /// What the disk and the clock had still to say to the engine, and in how many milliseconds.
    pub events: Vec<(u64, Event)>,
    /// Calls on the wire, each as its loss.
    pub lost: Vec<Event>,
}

/// One machine.
pub(super) struct Machine {
    pub disk: Disk,
    pub engine: TillSync,
    /// Counts starts: what was meant for an earlier one is nobody's.
    pub life: u32,
    /// A copy of the disk in a cupboard.
    pub backup: Option<Disk>,
    /// Nothing of this machine moves before then.
    pub frozen_until: u64,
    /// The line is dead until then.
    pub cut_off_until: u64,
    /// The cloud refuses this till until then, with this word.
    pub refused: Option<(u64, ApiCode)>,
    /// Wall clock minus virtual time, milliseconds.
    pub wall_offset_ms: i64,
    /// How many segments this machine has begun: no two are alike.
    pub starts: u32,
    /// Which machine it is; a clone has a number of its own.
    pub number: u8,
}

impl Machine {
    pub fn new(number: u8, till: ModelTill) -> Self {
        Self {
            disk: Disk {
                till,
                kept: Kept::default(),
            },
            engine: TillSync::new(TillSyncConfig::default()),
            life: 0,
            backup: None,
            frozen_until: 0,
            cut_off_until: 0,
            refused: None,
            wall_offset_ms: 0,
            starts: 0,
            number,
        }
    }

    /// A process start: a fresh segment at the first op, an engine that knows what the disk kept.
    pub fn start(&mut self, seed: u64) {
        self.life += 1;
        self.begin_segment();
        self.new_engine(seed);
    }

    /// The machine goes on from a snapshot of its memory: same process, same segment, same engine.
    pub fn resume(&mut self, old: Snapshot) {
        self.life += 1;
        (self.disk, self.engine) = (old.disk, old.engine);
    }

    fn new_engine(&mut self, seed: u64) {
        self.engine = TillSync::new(TillSyncConfig {
            seed,
            cloud_epoch_seen: self.disk.kept.epoch,
        });
    }

    /// A segment whose id no other start of any machine ever takes: randomness, made countable.
    fn begin_segment(&mut self) {
        self.starts += 1;
        let mut id = [self.number; 16];
        id[..4].copy_from_slice(&self.starts.to_be_bytes());
        self.disk.till.restart();
        if let Some(fresh) = self.disk.till.segments.last_mut() {
            fresh.id = SegmentId(id);
        }
    }

    /// Reads the clock for the next op: the wall clock as this machine believes it, and never behind
    /// the last op that is on this disk.
    pub fn tick(&mut self, now: u64) {
        let wall = i64::try_from(now)
            .unwrap_or(i64::MAX)
            .saturating_add(EPOCH_MS)
            .saturating_add(self.wall_offset_ms);
        let till = &mut self.disk.till;
        till.clock = u64::try_from(wall).unwrap_or(0).max(till.clock + 1);
    }

    /// A new op at the end of the stream.
    pub fn record(&mut self, op_id: Uuid, body: OpBody, after: Vec<Uuid>) {
        let bytes = self.disk.till.seal(op_id, body, after);
        self.disk.till.record_bytes(op_id, bytes);
    }

    /// The disk had not kept its newest op.
    pub fn lose_tail(&mut self) -> bool {
        let mut segments = self.disk.till.segments.iter_mut().rev();
        segments.any(|segment| segment.ops.pop().is_some())
    }

    /// Goes on in a fresh segment after the last op before the place; own ops beyond it move there
    /// with their ids and bytes.
    pub fn reenvelope(&mut self, segment: SegmentId, at: u64) -> usize {
        let mut moving = Vec::new();
        for held in &mut self.disk.till.segments {
            if held.id == segment || !moving.is_empty() {
                let stay = held.ops.iter().take_while(|op| op.seq < at).count();
                moving.extend(held.ops.split_off(stay));
            }
        }
        self.begin_segment();
        let moved = moving.len();
        for op in moving {
            self.disk.till.record_bytes(op.op_id, op.bytes);
        }
        moved
    }

    /// Puts segments whose parent neither this disk nor the cloud holds under a fresh one: what lies
    /// between is lost, and what lies behind must hang on something that is there.
    pub fn step_over_lost_ground(&mut self, cloud: &[CloudHead]) -> usize {
        let mut moved = 0;
        while let Some(torn) = self.torn_segment(cloud) {
            let segments = &mut self.disk.till.segments;
            let ops = std::mem::take(&mut segments[torn].ops);
            moved += ops.len();
            self.begin_segment();
            for op in ops {
                self.disk.till.record_bytes(op.op_id, op.bytes);
            }
        }
        moved
    }

    fn torn_segment(&self, cloud: &[CloudHead]) -> Option<usize> {
        let segments = &self.disk.till.segments;
        segments.iter().position(|segment| {
            let reached = cloud.iter().any(|head| head.segment == segment.id);
            let Some(parent) = segment.parent.filter(|_| !segment.ops.is_empty()) else {
                return false;
            };
            let there = cloud
                .iter()
                .any(|head| head.segment == parent.segment && head.seq >= parent.seq);
            let held = self.disk.till.chain_at(parent.segment, parent.seq) == Some(parent.chain);
            !reached && !there && !held
        })
    }

    /// Keeps ops of a segment that the cloud gave back, in front of what this start has recorded.
    pub fn recover(&mut self, mut fetched: Segment) {
        let segments = &mut self.disk.till.segments;
        let known = segments.iter_mut().find(|held| held.id == fetched.id);
        if let Some(held) = known {
            let last = held.ops.last().map_or(held.first_seq - 1, |op| op.seq);
            fetched.ops.retain(|op| op.seq > last);
            held.ops.extend(fetched.ops);
        } else {
            let running = segments.len().saturating_sub(1);
            segments.insert(running, fetched);
        }
        let running = self.disk.till.segments.last();
        if running.is_some_and(|segment| segment.ops.is_empty()) {
            // Nothing was recorded since the start: the next op follows what came back.
            self.begin_segment();
        }
    }

    /// Every op on this disk.
    pub fn op_ids(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.disk.till.ops().map(|op| op.op_id)
    }
}

impl Machine {
    /// A new disk; the key was in the key store and is still there.
    pub fn wipe(&mut self) {
        self.disk.till.segments.clear();
        self.disk.kept = Kept::default();
        self.backup = None;
    }

    /// The disk in a second machine.
    pub fn cloned(&self, number: u8) -> Self {
        let mut clone = Self::new(number, self.disk.till.clone());
        clone.disk.kept = self.disk.kept.clone();
        clone
    }
}
