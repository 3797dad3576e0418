//! Putting ops under a fresh segment, and taking back what the cloud holds.

use std::collections::BTreeMap;

use protocol::ids::{ChainHash, SegmentId};
use protocol::stream::Parent;
use protocol::wire::CloudHead;

use super::{Disk, Kept, Segment};

/// Where a stream is torn.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) struct Torn {
    /// The segment whose ops must move.
    pub segment: SegmentId,
    /// The first of them.
    pub from: u64,
}

impl Disk {
    /// Puts own ops from a place on, and all that hang on them, under the fresh segment: same ids, same bytes. Says
    /// how many moved.
    ///
    /// What a clone put behind its own op at the same number, and the cloud gave back, does not hang on them: the
    /// cloud has it and what it hangs on, so it may be let go already, and it stays.
    pub fn reenvelope(
        &mut self,
        segment: SegmentId,
        from: u64,
        fresh: SegmentId,
        genesis: ChainHash,
    ) -> usize {
        let mut moving: Vec<Kept> = Vec::new();
        let mut left: BTreeMap<SegmentId, u64> = BTreeMap::new();
        let mut chains: BTreeMap<(SegmentId, u64), ChainHash> = BTreeMap::new();
        for at in self.parents_first() {
            let held = &mut self.segments[at];
            let hangs = held.parent.is_some_and(|parent| {
                if let Some(chain) = chains.get(&(parent.segment, parent.seq)) {
                    return *chain == parent.chain;
                }
                // The place is gone from this disk: whose op it was, the cloud's word says.
                let from = left.get(&parent.segment);
                from.is_some_and(|from| parent.seq >= *from) && !self.heads.contains_key(&held.id)
            });
            let from = if held.id == segment {
                from
            } else if hangs {
                held.first_seq
            } else {
                continue;
            };
            left.insert(held.id, from);
            let stay = usize::try_from(from.saturating_sub(held.first_seq)).unwrap_or(usize::MAX);
            let parting = held.ops.split_off(stay.min(held.ops.len()));
            chains.extend(
                parting
                    .iter()
                    .map(|kept| ((held.id, kept.op.seq), kept.op.chain)),
            );
            moving.extend(parting);
        }
        // A place that was lost at the end of what stays is no place any more.
        for held in &mut self.segments {
            while held.ops.last().is_some_and(Kept::is_lost) {
                held.ops.pop();
            }
        }
        moving.retain(|kept| !kept.is_lost());
        self.begin(fresh);
        for kept in &moving {
            assert!(!kept.let_go, "what was let go stays where it is");
            self.put(genesis, kept.op.op_id, kept.op.bytes.clone());
        }
        moving.len()
    }

    /// The first place whose predecessor neither this disk nor the cloud holds.
    pub fn torn(&self, cloud: &[CloudHead]) -> Option<Torn> {
        self.segments.iter().find_map(|segment| {
            let head = cloud.iter().find(|head| head.segment == segment.id);
            let next = head.map_or(segment.first_seq, |head| {
                (head.seq + 1).max(segment.first_seq)
            });
            let skip = usize::try_from(next - segment.first_seq).unwrap_or(usize::MAX);
            let beyond = segment.ops.get(skip..)?;
            let first = beyond.iter().find(|kept| !kept.is_lost())?;
            let hangs = match segment.parent {
                _ if first.op.seq > next => false,
                Some(parent) if head.is_none() => self.has(&parent, cloud),
                Some(_) | None => true,
            };
            (!hangs).then_some(Torn {
                segment: segment.id,
                from: first.op.seq,
            })
        })
    }

    fn has(&self, parent: &Parent, cloud: &[CloudHead]) -> bool {
        let there = cloud
            .iter()
            .any(|head| head.segment == parent.segment && head.seq >= parent.seq);
        there || self.chain_at(parent.segment, parent.seq) == Some(parent.chain)
    }

    /// Keeps ops of a segment that the cloud gave back, in front of what this start has recorded. Says whether the
    /// running segment has to begin anew.
    pub fn recover(&mut self, fetched: Segment) -> bool {
        let known = self.segments.iter().position(|held| held.id == fetched.id);
        if let Some(known) = known {
            let held = &mut self.segments[known];
            if held.first_seq != fetched.first_seq || held.ops.is_empty() {
                held.parent = fetched.parent;
                held.first_seq = fetched.first_seq;
            }
            for kept in fetched.ops {
                let index = usize::try_from(kept.op.seq - held.first_seq).unwrap_or(usize::MAX);
                match held.ops.get_mut(index) {
                    Some(mine) if mine.is_lost() => *mine = kept,
                    Some(_) => {}
                    None => held.ops.push(kept),
                }
            }
        } else {
            let running = self.segments.len().saturating_sub(1);
            self.segments.insert(running, fetched);
        }
        // Nothing was recorded since the start: the next op follows what came back.
        self.segments
            .last()
            .is_some_and(|segment| segment.ops.is_empty())
    }
}
