//! Mending what a hello brings to light, as the till's driver does it.

use sync::till::Healed;

use crate::world::disk::Segment;
use crate::world::names::Goal;
use crate::world::scene::Scene;
use protocol::ids::SegmentId;
use protocol::wire::CloudHead;

impl Scene {
    /// Own ops beyond the last shared one go under a fresh segment.
    pub(in crate::world) fn part_ways(
        &mut self,
        at: usize,
        segment: SegmentId,
        theirs: &Segment,
    ) -> Healed {
        self.leave_shared_ground(at, segment, theirs);
        Healed::Done
    }

    /// Puts own ops of a segment that contradict the cloud's under a fresh one, with all that hang on them.
    fn leave_shared_ground(&mut self, at: usize, segment: SegmentId, theirs: &Segment) {
        let disk = &self.machines[at].disk;
        let Some(own) = disk.segment(segment) else {
            return;
        };
        let differs = own.ops.iter().find(|kept| {
            let there = theirs.at(kept.op.seq);
            !kept.is_lost() && there.is_some_and(|there| there.op.chain != kept.op.chain)
        });
        let Some(place) = differs.map(|kept| kept.op.seq) else {
            return;
        };
        self.move_ops(at, segment, place);
    }

    fn move_ops(&mut self, at: usize, segment: SegmentId, from: u64) {
        let machine = &mut self.machines[at];
        machine.straight = false;
        let fresh = machine.fresh_segment();
        let genesis = machine.who.genesis();
        let moved = machine.disk.reenvelope(segment, from, fresh, genesis);
        self.tally.saw(Goal::Reenveloped);
        self.say(|| {
            format!(
                "machine {at} puts {moved} ops from {from} of {segment} on under a fresh segment"
            )
        });
    }

    pub(in crate::world) fn recover(&mut self, at: usize, tail: Segment) -> Healed {
        self.leave_shared_ground(at, tail.id, &tail);
        self.tally.saw(Goal::TailFetched);
        self.say(|| {
            format!(
                "machine {at} fetches {} ops of {} back",
                tail.ops.len(),
                tail.id
            )
        });
        let machine = &mut self.machines[at];
        machine.straight = false;
        if machine.disk.recover(tail) {
            let fresh = machine.fresh_segment();
            machine.disk.begin(fresh);
        }
        Healed::Done
    }

    /// Ops that hang on a place which neither this disk nor the cloud holds are hung on one that is there.
    pub(super) fn step_over_lost_ground(&mut self, at: usize, cloud: &[CloudHead]) {
        while let Some(torn) = self.machines[at].disk.torn(cloud) {
            self.tally.saw(Goal::LostGround);
            // Some programs say so first, and then do as the others do.
            if self.machines[at].other_version || self.new_seed().is_multiple_of(2) {
                self.declare_hole(at, torn);
            }
            self.move_ops(at, torn.segment, torn.from);
        }
    }
}
