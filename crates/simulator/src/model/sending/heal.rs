//! What a till does about a fork, and what the world comes to when nothing fails any more.

use std::collections::BTreeSet;

use super::Sending;
use super::state::{Message, Op, Segment, Variant, World};

/// Rounds after which a healed world must stand still.
const ROUNDS: usize = 12;

impl Sending {
    /// Heals everything and runs fair sending until nothing changes.
    pub(super) fn healed(&self, world: &World) -> World {
        let mut world = world.clone();
        for _ in 0..ROUNDS {
            let before = world.clone();
            self.every_till_offers(&mut world);
            for run in world.host.clone().into_values() {
                let mut net = BTreeSet::new();
                world.cloud.take(self.variant, &run, &mut net);
            }
            if before == world {
                break;
            }
        }
        self.hand_in_orphans(&mut world);
        world
    }

    /// The cloud's heads are the authority: every till offers everything that it still holds.
    fn every_till_offers(&self, world: &mut World) {
        for till in 0..world.tills.len() {
            if !world.tills[till].alive {
                continue;
            }
            for segment in world.tills[till].segments() {
                let run = world.tills[till].run(segment, 0);
                let mut net = BTreeSet::new();
                world.cloud.take(self.variant, &run, &mut net);
                for message in net {
                    if let Message::Fork { segment, at } = message {
                        self.on_fork(world, till, segment, at);
                    }
                }
            }
        }
    }

    /// Whoever still holds a run whose parent nobody can produce hands it over as such.
    fn hand_in_orphans(&self, world: &mut World) {
        if self.variant.counts_only()
            || matches!(
                self.variant,
                Variant::NoQuarantine | Variant::QuarantineFirst
            )
        {
            return;
        }
        let mut left: Vec<Op> = world.host.values().flatten().copied().collect();
        for till in world.tills.iter().filter(|till| till.alive) {
            left.extend(&till.vault);
        }
        for op in left {
            if !world.cloud.counted.contains_key(&op.id) {
                world.cloud.quarantine.insert(op);
            }
        }
    }

    /// The till puts its own entries from the fork on under a fresh segment; ids and bytes stay.
    pub(super) fn on_fork(&self, world: &mut World, till: usize, segment: Segment, at: u8) {
        if self.variant.counts_only() {
            return;
        }
        let place = |op: &Op| op.segment == segment && op.seq == at;
        let Some(from) = world.tills[till].vault.iter().position(place) else {
            return;
        };
        // A stale message is harmless: the cloud holds this very entry.
        let mine = world.tills[till].vault[from];
        let log = world.cloud.log.get(&segment);
        if log.is_none_or(|log| log.contains(&mine)) {
            return;
        }
        let fresh = world.fresh_segment(self.variant, till);
        let till = &mut world.tills[till];
        let (mut prev, mut prev_segment) = (mine.prev, mine.prev_segment);
        for op in &mut till.vault[from..] {
            op.segment = fresh;
            op.prev = prev;
            op.prev_segment = prev_segment;
            (prev, prev_segment) = (op.id, fresh);
        }
        till.segment = fresh;
        till.segment_open = true;
        if let Some(last) = till.vault.last() {
            till.base = (last.id, last.segment, last.seq);
        }
    }
}
