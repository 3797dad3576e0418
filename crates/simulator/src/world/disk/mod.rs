//! The till's disk: ops on two media, what the cloud told, and the catalogue beside them.
//!
//! Sectors and syncs are the storage layer's matter (see [`super::names`]); here an op lies whole, rotten or not at
//! all on the journal and on the vault, and what neither has whole is gone.

mod damage;
mod ground;
mod shelf;

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::ids::{ChainHash, SegmentId};
use protocol::stream::{Parent, Position, StoredOp};
use protocol::wire::CloudHead;
use sync::chunk::Stretch;
use uuid::Uuid;

pub(super) use ground::Torn;
pub(super) use shelf::{Level, Shelf};

/// How one medium holds an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Whole,
    Missing,
    Rotten,
}

/// An op on the disk.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub op: Arc<StoredOp>,
    pub journal: Mark,
    pub vault: Mark,
    /// Its bytes were let go because they are secured; place and chain stay.
    pub let_go: bool,
}

impl Kept {
    pub fn whole(op: StoredOp) -> Self {
        Self {
            op: Arc::new(op),
            journal: Mark::Whole,
            vault: Mark::Whole,
            let_go: false,
        }
    }

    /// Whether neither medium can give it any more.
    pub fn is_lost(&self) -> bool {
        self.journal != Mark::Whole && self.vault != Mark::Whole
    }

    /// The op as the vault reads it: rotten bytes come as they are.
    fn read(&self) -> StoredOp {
        let mut op = StoredOp::clone(&self.op);
        if self.vault == Mark::Rotten
            && let Some(byte) = op.bytes.first_mut()
        {
            *byte ^= 1;
        }
        op
    }
}

/// A segment: places without a gap; an op that is lost keeps its place.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub id: SegmentId,
    pub parent: Option<Parent>,
    pub first_seq: u64,
    pub ops: Vec<Kept>,
}

impl Segment {
    pub fn at(&self, seq: u64) -> Option<&Kept> {
        let index = usize::try_from(seq.checked_sub(self.first_seq)?).ok()?;
        self.ops.get(index)
    }

    /// Its ops that can be read, from the beginning, as a vault would load them.
    pub fn stretch(&self) -> Stretch {
        let whole = self.ops.iter().take_while(|kept| !kept.is_lost());
        Stretch {
            segment: self.id,
            parent: self.parent,
            first_seq: self.first_seq,
            ops: whole.map(Kept::read).collect(),
        }
    }

    fn end(&self) -> u64 {
        self.first_seq + self.ops.len() as u64
    }
}

/// A disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    pub segments: Vec<Segment>,
    /// The epoch of the cloud's last answer.
    pub epoch: Option<Uuid>,
    /// The cloud's heads as it last told them.
    pub heads: BTreeMap<SegmentId, CloudHead>,
    /// The hybrid clock's last reading, milliseconds.
    pub clock: u64,
    pub shelf: Shelf,
}

impl Disk {
    /// The next op opens this segment.
    pub fn begin(&mut self, id: SegmentId) {
        self.segments.retain(|segment| !segment.ops.is_empty());
        let parent = self.last_place();
        self.segments.push(Segment {
            id,
            parent,
            first_seq: parent.map_or(1, |parent| parent.seq + 1),
            ops: Vec::new(),
        });
    }

    /// The last op that can be read.
    pub fn last_place(&self) -> Option<Parent> {
        let ops = self.segments.iter().rev();
        let mut ops = ops.flat_map(|segment| segment.ops.iter().rev());
        ops.find(|kept| !kept.is_lost()).map(|kept| Parent {
            segment: kept.op.segment,
            seq: kept.op.seq,
            chain: kept.op.chain,
        })
    }

    /// Puts bytes at the end of the running segment.
    pub fn put(&mut self, genesis: ChainHash, op_id: Uuid, bytes: Vec<u8>) -> &mut Kept {
        let Some(segment) = self.segments.last_mut() else {
            unreachable!("a start begins a segment")
        };
        let prev = match segment.ops.last() {
            Some(last) => last.op.chain,
            None => segment.parent.map_or(genesis, |parent| parent.chain),
        };
        let position = Position {
            segment: segment.id,
            seq: segment.end(),
            prev,
        };
        segment
            .ops
            .push(Kept::whole(StoredOp::at(&position, op_id, bytes)));
        let Some(kept) = segment.ops.last_mut() else {
            unreachable!("it was just put there")
        };
        kept
    }

    /// Every op that can be read, or could before it was let go.
    pub fn ops(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        let all = self.segments.iter().flat_map(|segment| &segment.ops);
        all.filter(|kept| !kept.is_lost())
    }

    pub fn segment(&self, id: SegmentId) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.id == id)
    }

    pub fn chain_at(&self, id: SegmentId, seq: u64) -> Option<ChainHash> {
        let kept = self.segment(id)?.at(seq)?;
        (!kept.is_lost()).then_some(kept.op.chain)
    }

    /// What lies beyond the cloud's heads, at most so many ops, parents before children.
    pub fn beyond(&self, heads: &[CloudHead], most: usize) -> Vec<Stretch> {
        let by_segment: BTreeMap<_, _> = heads.iter().map(|h| (h.segment, h.seq)).collect();
        let mut left = most;
        let mut stretches = Vec::new();
        for at in self.parents_first() {
            let segment = &self.segments[at];
            let from = by_segment.get(&segment.id).map_or(0, |seq| seq + 1);
            if left == 0 || from >= segment.end() {
                continue;
            }
            let skip = usize::try_from(from.saturating_sub(segment.first_seq)).unwrap_or(0);
            let whole = segment.ops[skip..]
                .iter()
                .take_while(|kept| !kept.is_lost());
            let ops: Vec<StoredOp> = whole
                .take(left)
                .map(|kept| {
                    assert!(
                        !kept.let_go,
                        "op {} was let go and is asked for",
                        kept.op.op_id
                    );
                    kept.read()
                })
                .collect();
            if ops.is_empty() {
                continue;
            }
            left -= ops.len();
            stretches.push(Stretch {
                segment: segment.id,
                parent: segment.parent,
                first_seq: segment.first_seq,
                ops,
            });
        }
        stretches
    }

    /// The segments' indexes in an order to send them in: a child begins after the place where its parent began. They
    /// lie in the order in which they came, and what was fetched back came in the order of its ids: a child may lie
    /// before its parent, and a batch of one op must not begin with it.
    fn parents_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.segments.len()).collect();
        order.sort_by_key(|at| self.segments[*at].first_seq);
        order
    }

    /// Whether what lies beyond these counts is only so many ops.
    pub fn beyond_is_short(&self, included: &BTreeMap<SegmentId, u64>, most: usize) -> bool {
        let beyond = self.segments.iter().map(|segment| {
            let from = included.get(&segment.id).map_or(0, |seq| seq + 1);
            segment.end().saturating_sub(from.max(segment.first_seq))
        });
        beyond.sum::<u64>() <= most as u64
    }

    /// Lets go of the bytes of ops that lie inside the oldest backup of the cloud. Says how many.
    ///
    /// A head says something of this disk's ops only if its chain is the chain here, as the vault's `store_heads`
    /// has it. Of a segment that a clone goes on with, the cloud's head counts the other machine's ops: what this
    /// disk has at the same places is nowhere else.
    pub fn compact(&mut self) -> u64 {
        let mut gone = 0;
        for segment in &mut self.segments {
            let head = self.heads.get(&segment.id).filter(|head| {
                let own = segment.at(head.seq).filter(|kept| !kept.is_lost());
                own.is_some_and(|own| own.op.chain == head.chain)
            });
            let secured = head.map_or(0, |head| head.secured);
            let secured = secured.saturating_sub(segment.first_seq.saturating_sub(1));
            let upto = usize::try_from(secured).unwrap_or(0).min(segment.ops.len());
            for kept in &mut segment.ops[..upto] {
                gone += u64::from(!kept.let_go);
                kept.let_go = true;
            }
        }
        gone
    }
}
