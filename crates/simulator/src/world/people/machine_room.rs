//! What befalls a till's program, its line, its disk and its clock.

use protocol::error::ApiCode;

use super::MOST_MACHINES;
use crate::world::disk::Disk;
use crate::world::names::Fault;
use crate::world::scene::{Due, Scene};

impl Scene {
    pub(super) fn machine_misfortune(&mut self, at: usize) {
        self.line_misfortune(at);
        self.clock_misfortune(at);
        self.disk_misfortune(at);
        self.copies(at);
        self.process_misfortune(at);
    }

    fn process_misfortune(&mut self, at: usize) {
        if self.happens(Fault::Kill) {
            self.start(at);
        }
        if self.happens(Fault::CrashLoop) {
            for _ in 0..3 {
                self.start(at);
            }
        }
        if self.happens(Fault::Pause) {
            let pause = 1_000 + self.span(Fault::Pause, 600_000);
            self.machines[at].frozen_until = self.now + pause;
        }
        if self.happens(Fault::Suspend) {
            let asleep = 60_000 + self.span(Fault::Suspend, 6 * 3_600_000);
            self.suspend(at, self.now + asleep);
        }
        if self.machines[at].second.is_none() && self.happens(Fault::TwoInstances) {
            self.start_second(at);
        }
        if self.happens(Fault::VersionSwap) {
            self.machines[at].other_version = true;
            self.start(at);
            let later = 1_800_000 + self.span(Fault::VersionSwap, 7_200_000);
            self.due(later, Due::OtherVersion { at });
        }
    }

    fn line_misfortune(&mut self, at: usize) {
        let now = self.now;
        if self.happens(Fault::Partition) {
            self.machines[at].cut_off_until = now + 60_000 + self.span(Fault::Partition, 3_540_000);
        }
        if self.happens(Fault::OneWayPartition) {
            self.machines[at].deaf_until =
                now + 60_000 + self.span(Fault::OneWayPartition, 1_740_000);
        }
        if self.happens(Fault::Portal) {
            self.machines[at].portal_until = now + 60_000 + self.span(Fault::Portal, 540_000);
        }
        if self.happens(Fault::TlsClock) {
            self.machines[at].tls_until = now + 60_000 + self.span(Fault::TlsClock, 1_740_000);
        }
        for (fault, code) in [
            (Fault::Unauthorized, ApiCode::Unauthorized),
            (Fault::UpgradeRequired, ApiCode::UpgradeRequired),
        ] {
            if self.happens(fault) {
                let until = now + 60_000 + self.span(fault, 540_000);
                self.machines[at].refused = Some((until, code));
            }
        }
    }

    fn clock_misfortune(&mut self, at: usize) {
        let now = self.now;
        if self.happens(Fault::ClockJump) {
            let ten_years = 10 * 365 * 86_400_000_i64;
            let drawn = self.span(Fault::ClockJump, 2 * ten_years.cast_unsigned());
            self.machines[at].clock.wall_offset_ms = drawn.cast_signed() - ten_years;
        }
        if self.happens(Fault::ClockNudge) {
            let nudge = [1_000, -1_000, 3_600_000, -3_600_000];
            let drawn = self.span(Fault::ClockNudge, 3);
            self.machines[at].clock.wall_offset_ms += nudge[usize::try_from(drawn).unwrap_or(0)];
        }
        if self.happens(Fault::ClockBackADay) {
            self.machines[at].clock.wall_offset_ms -= 86_400_000;
        }
        if self.happens(Fault::ClockFrozen) {
            let until = now + 600_000 + self.span(Fault::ClockFrozen, 3_000_000);
            let stands = self.machines[at].clock.wall(now);
            self.machines[at].clock.frozen = Some((until, stands));
        }
        if self.happens(Fault::ClockDrift) {
            let rate = if self.span(Fault::ClockDrift, 1) == 0 {
                990
            } else {
                1_010
            };
            self.machines[at].clock.run_at(now, rate);
        }
    }

    fn disk_misfortune(&mut self, at: usize) {
        let now = self.now;
        if self.happens(Fault::TornTail) {
            // What was being written when the power went was not told to anybody.
            self.machines[at].frozen_until = now + 20_000;
            self.machines[at].disk.tear();
            self.start(at);
        }
        if self.happens(Fault::LostSyncedTail) {
            let most = 1 + self.span(Fault::LostSyncedTail, 3);
            self.machines[at].draft = None;
            self.machines[at].straight = false;
            self.machines[at].disk.lose_tail(most);
            self.start(at);
        }
        for (fault, of_vault) in [(Fault::VaultBehind, true), (Fault::JournalCut, false)] {
            if self.happens(fault) {
                let most = 1 + self.span(fault, 20);
                self.machines[at]
                    .disk
                    .cut_one(of_vault, usize::try_from(most).unwrap_or(1));
                self.start(at);
            }
        }
        for (fault, both) in [(Fault::BitFlip, false), (Fault::RottenTwice, true)] {
            if self.happens(fault) {
                let mut back = usize::try_from(self.span(fault, 3)).unwrap_or(0);
                if both && back < 2 {
                    back = self.sell_across_a_start(at);
                }
                self.machines[at].straight &= !both;
                self.machines[at].disk.rot(back, both);
                let (later, life) = (30_000 + self.span(fault, 600_000), self.machines[at].life);
                self.due(later, Due::Restart { at, life });
            }
        }
        if self.happens(Fault::ReadOnly) {
            self.machines[at].read_only_until =
                now + 60_000 + self.span(Fault::ReadOnly, 1_200_000);
        }
        if self.happens(Fault::SlowDisk) {
            self.machines[at].slow_disk_until =
                now + 60_000 + self.span(Fault::SlowDisk, 1_200_000);
        }
        if self.happens(Fault::ShopFileLost) {
            self.machines[at].disk.shelf = crate::world::disk::Shelf::default();
            self.start(at);
        }
    }

    /// A sale before a start and one behind it, with the line down: says how far the first one lies back. If that
    /// one rots, nobody has what the second one hangs on.
    fn sell_across_a_start(&mut self, at: usize) -> usize {
        self.machines[at].cut_off_until = self.now + 1_200_000;
        for _ in 0..2 {
            self.start(at);
            let product = self.article(at);
            self.sell(at, product);
        }
        1
    }

    fn copies(&mut self, at: usize) {
        if self.dice.has(Fault::RestoreOldCopy) {
            self.old_copy(at);
        }
        if self.happens(Fault::LiveRevert) {
            let old = Box::new(self.freeze(at));
            let after = 60_000 + self.span(Fault::LiveRevert, 1_200_000);
            self.due(after, Due::Thaw { at, old });
        }
        if self.happens(Fault::WipedDisk) {
            let machine = &mut self.machines[at];
            machine.disk = Disk::default();
            (machine.backup, machine.draft) = (None, None);
            machine.straight = false;
            self.start(at);
        }
        if self.machines.len() < MOST_MACHINES && self.happens(Fault::CloneCopy) {
            self.clone_disk(at);
        }
        if self.machines.len() < MOST_MACHINES && self.happens(Fault::LiveClone) {
            // Its line is down meanwhile: what it sells until then, both will bring.
            let until = self.now + 60_000 + self.span(Fault::LiveClone, 600_000);
            self.machines[at].cut_off_until = until + 30_000;
            self.due(until - self.now, Due::Doubles { at });
        }
    }

    /// A copy of the disk lies in a cupboard; sometimes it is put back.
    fn old_copy(&mut self, at: usize) {
        if self.now.is_multiple_of(90 * 60_000) {
            self.machines[at].backup = Some(self.machines[at].disk.clone());
        }
        if self.machines[at].backup.is_some() && self.happens(Fault::RestoreOldCopy) {
            let machine = &mut self.machines[at];
            machine.disk = machine.backup.clone().unwrap_or_default();
            machine.draft = None;
            machine.straight = false;
            self.start(at);
        }
    }
}
