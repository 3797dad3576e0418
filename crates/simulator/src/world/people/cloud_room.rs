//! What befalls the cloud.

use crate::world::cloud::Order;
use crate::world::names::{Fault, Goal};
use crate::world::scene::{Due, Scene};

/// Types that an older cloud may not know.
const LATER_KINDS: [&str; 4] = [
    "stock_moved_v1",
    "stock_counted_v1",
    "price_set_v1",
    "refund_recorded_v1",
];

impl Scene {
    pub(super) fn cloud_misfortune(&mut self) {
        if self.happens(Fault::CloudDown) {
            self.cloud.down_until = self.now + 1_000 + self.span(Fault::CloudDown, 300_000);
        }
        if self.happens(Fault::PoolExhausted) {
            self.cloud.pool_until = self.now + 5_000 + self.span(Fault::PoolExhausted, 120_000);
        }
        if self.happens(Fault::TombstonesForgotten) {
            let tenants: Vec<uuid::Uuid> = self.cloud.tenants.keys().copied().collect();
            for tenant in tenants {
                // Something was deleted just before, and no till can have heard of it.
                let deleted = Order::Setting { name: 0, value: -1 };
                self.cloud.office(tenant, &[deleted]);
                let tables = self.cloud.of_mut(tenant);
                let rv = tables.rv;
                tables.rows.forget_tombstones(rv);
            }
        }
        if self.happens(Fault::OldCloud) {
            let which = self.span(Fault::OldCloud, 3);
            let kind = LATER_KINDS[usize::try_from(which).unwrap_or(0)];
            self.cloud.unknown.insert(kind.to_owned());
            let later = 600_000 + self.span(Fault::OldCloud, 4 * 3_600_000);
            self.due(later, Due::Upgrade);
        }
        self.backups();
    }

    fn backups(&mut self) {
        // A backup is part of a cloud's day and no fault.
        if self.now.is_multiple_of(2 * 3_600_000) {
            self.cloud.copy(self.now);
        }
        if self.happens(Fault::CloudRestore) {
            let which = self.span(Fault::CloudRestore, 7);
            self.cloud.restore(which);
            self.cloud.down_until = self.now + 20_000;
            self.restored();
        }
        for (fault, silently) in [(Fault::FailOver, false), (Fault::SilentRewind, true)] {
            if self.happens(fault) && self.cloud.doomed.is_none() && !self.cloud.rewound {
                self.cloud.doom(silently);
                let later = 60_000 + self.span(fault, 540_000);
                self.due(later, Due::FallBack);
            }
        }
    }

    pub(in crate::world) fn fall_back(&mut self) {
        let knows = self
            .cloud
            .doomed
            .as_ref()
            .is_some_and(|doomed| !doomed.silently);
        let epoch = self.cloud.epoch();
        self.cloud.fall_back();
        self.cloud.down_until = self.now + 5_000;
        self.say(|| "the cloud has lost its last commits".to_owned());
        if knows && self.cloud.epoch() != epoch {
            self.restored();
        }
    }

    /// Another life of the cloud began.
    pub(in crate::world) fn restored(&mut self) {
        self.say(|| "the cloud begins another epoch".to_owned());
        let scopes = protocol::pull::PullScope::ALL;
        let shelves = self.machines.iter().map(|machine| &machine.disk.shelf);
        let paging = |shelf: &crate::world::disk::Shelf| {
            scopes
                .iter()
                .any(|scope| shelf.scope(*scope).paging.is_some())
        };
        if shelves.into_iter().any(paging) {
            self.tally.saw(Goal::RestoreWhilePaging);
        }
        if self.let_go > 0 {
            self.tally.saw(Goal::CompactedThenRestored);
        }
        if self.cloud.unknown.is_empty() {
            // It started: what it can read now is judged.
            self.upgrade();
        }
    }

    pub(in crate::world) fn upgrade(&mut self) {
        self.cloud.upgrade(&self.facts, &mut self.tally);
    }
}
