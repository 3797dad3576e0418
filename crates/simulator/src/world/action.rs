//! What people and misfortune do, minute by minute.

use protocol::body::OpBody;
use protocol::error::ApiCode;
use sync::till::Event;
use uuid::Uuid;

use super::fault::{Fault, Goal};
use super::machine::Snapshot;
use super::scene::{Due, Scene};
use crate::parts::bodies;

/// The most machines a world has; clones count.
const MOST_MACHINES: usize = 6;
/// Articles of the shop.
const PRODUCTS: u64 = 5;

impl Scene {
    /// A minute passes: every till may sell, and anything may fail.
    pub(super) fn minute(&mut self) {
        for at in 0..self.machines.len() {
            if self.machines[at].frozen_until > self.now {
                continue;
            }
            if !self.calm {
                self.work(at);
                self.misfortune(at);
            }
        }
        if !self.calm {
            self.cloud_misfortune();
        }
    }

    fn happens(&mut self, fault: Fault) -> bool {
        let happens = self.swarm.happens(fault, &mut self.random);
        if happens {
            self.tally.met(fault);
            self.say(|| format!("-- {fault}"));
        }
        happens
    }

    fn record(&mut self, at: usize, body: OpBody) -> Uuid {
        self.ops += 1;
        let op_id = Uuid::from_u128((0x0F << 112) + self.ops);
        self.machines[at].tick(self.now);
        self.machines[at].record(op_id, body, Vec::new());
        self.recorded.insert(op_id);
        if self.machines[at].wall_offset_ms < 0 {
            self.tally.saw(Goal::ClockBackwards);
        }
        self.tell(at, Event::OpVaulted);
        op_id
    }

    fn new_sale_id(&self) -> Uuid {
        Uuid::from_u128((0x5A << 112) + self.ops)
    }

    fn sell(&mut self, at: usize) -> Uuid {
        let product = bodies::product(u128::from(self.random.up_to(PRODUCTS - 1)));
        let pieces = 1 + i64::try_from(self.random.up_to(3)).unwrap_or(0);
        let sale = self.new_sale_id();
        self.record(at, bodies::sale(sale, product, pieces));
        self.say(|| format!("machine {at} sells"));
        sale
    }

    /// A shop's minute: mostly sales, now and then goods come in.
    fn work(&mut self, at: usize) {
        match self.random.up_to(99) {
            0..20 => {
                self.sell(at);
            }
            20..22 => {
                let product = bodies::product(u128::from(self.random.up_to(PRODUCTS - 1)));
                self.record(at, bodies::restock(product, 5));
            }
            _ => {}
        }
        if self.happens(Fault::Impatience) {
            self.tell(at, Event::SyncNow);
        }
        if self.happens(Fault::Backlog) {
            for _ in 0..200 {
                self.sell(at);
            }
        }
        if self.happens(Fault::UnknownType) {
            self.record_unknown(at);
        }
        if self.happens(Fault::PoisonOp) {
            let product = bodies::product(0);
            let op_id = self.record(at, bodies::restock(product, 1));
            self.cloud.tables.fails_on.insert(op_id);
        }
        if self.machines.len() > 1 && self.happens(Fault::RefundTwice) {
            let sale = self.sell(at);
            let other = (at + 1) % self.machines.len();
            for till in [at, other] {
                let refund = Uuid::from_u128((0x5B << 112) + self.ops);
                let product = bodies::product(0);
                self.record(till, bodies::refund(refund, sale, product, 4));
            }
        }
    }

    /// An op of a type from the future, as a newer till would leave it on this disk.
    fn record_unknown(&mut self, at: usize) {
        self.ops += 1;
        let op_id = Uuid::from_u128((0x0F << 112) + self.ops);
        self.machines[at].tick(self.now);
        let till = &mut self.machines[at].disk.till;
        let sealed = till.seal(op_id, bodies::restock(bodies::product(0), 1), Vec::new());
        let text = String::from_utf8_lossy(&sealed).replace("stock_moved_v1", "stock_moved_v9");
        till.record_bytes(op_id, text.into_bytes());
        self.recorded.insert(op_id);
        self.tell(at, Event::OpVaulted);
    }

    fn misfortune(&mut self, at: usize) {
        if self.happens(Fault::Kill) {
            self.start(at);
        }
        if self.happens(Fault::CrashLoop) {
            for _ in 0..3 {
                self.start(at);
            }
        }
        if self.happens(Fault::Pause) {
            self.machines[at].frozen_until = self.now + self.random.up_to(600_000);
        }
        if self.happens(Fault::Partition) {
            self.machines[at].cut_off_until = self.now + self.random.up_to(3_600_000);
        }
        let refusals = [
            (Fault::Unauthorized, ApiCode::Unauthorized),
            (Fault::UpgradeRequired, ApiCode::UpgradeRequired),
        ];
        for (fault, code) in refusals {
            if self.happens(fault) {
                let until = self.now + self.random.up_to(600_000);
                self.machines[at].refused = Some((until, code));
            }
        }
        if self.happens(Fault::ClockJump) {
            let ten_years = 10 * 365 * 86_400_000_u64;
            let drawn = i64::try_from(self.random.up_to(2 * ten_years)).unwrap_or(0);
            self.machines[at].wall_offset_ms = drawn - i64::try_from(ten_years).unwrap_or(0);
        }
        self.disk_misfortune(at);
    }

    fn disk_misfortune(&mut self, at: usize) {
        if self.happens(Fault::LostSyncedTail) && self.machines[at].lose_tail() {
            self.start(at);
        }
        if self.happens(Fault::RestoreOldCopy) {
            match self.machines[at].backup.clone() {
                None => self.machines[at].backup = Some(self.machines[at].disk.clone()),
                Some(old) => {
                    self.machines[at].disk = old;
                    self.start(at);
                }
            }
        }
        if self.happens(Fault::LiveRevert) {
            let old = Box::new(self.freeze(at));
            let after = 60_000 + self.random.up_to(1_200_000);
            self.push_due(self.now + after, Due::Thaw { at, old });
        }
        if self.happens(Fault::WipedDisk) {
            self.machines[at].wipe();
            self.start(at);
        }
        if self.machines.len() < MOST_MACHINES && self.happens(Fault::CloneCopy) {
            let number = u8::try_from(self.machines.len() + 1).unwrap_or(u8::MAX);
            let clone = self.machines[at].cloned(number);
            self.machines.push(clone);
            self.start(self.machines.len() - 1);
        }
    }

    /// A running machine is resumed from a snapshot of some minutes ago: its process goes on as if nothing had
    /// happened since, in the same segment and with the heads that it knew then.
    pub(super) fn thaw(&mut self, at: usize, old: Snapshot) {
        self.say(|| format!("machine {at} is resumed from its snapshot"));
        let (events, lost) = (old.events.clone(), old.lost.clone());
        self.machines[at].resume(old);
        let life = self.machines[at].life;
        for (after, event) in events {
            self.push_due(self.now + after, Due::Engine { at, life, event });
        }
        for event in lost {
            self.push_due(self.now + 1_000, Due::Engine { at, life, event });
        }
    }

    fn cloud_misfortune(&mut self) {
        if self.happens(Fault::CloudDown) {
            self.cloud.down_until = self.now + self.random.up_to(300_000);
        }
        let copy_is_there = self.cloud.copy.is_some();
        if self.happens(Fault::CloudRestore) {
            if copy_is_there {
                self.cloud.restore(false);
            } else {
                self.cloud.copy = Some(self.cloud.tables.clone());
            }
        }
        if self.happens(Fault::SilentRewind) {
            if copy_is_there {
                self.cloud.restore(true);
            } else {
                self.cloud.copy = Some(self.cloud.tables.clone());
            }
        }
    }
}
