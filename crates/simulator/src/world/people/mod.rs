//! What people and misfortune do, minute by minute.

mod cloud_room;
mod head_office;
mod machine_room;
mod oddities;
mod recording;
mod work;

use super::scene::Scene;

/// The most machines a world has; clones count.
const MOST_MACHINES: usize = 7;
/// Articles of a shop.
const PRODUCTS: u64 = 8;

impl Scene {
    /// A minute passes: every till may sell, and anything may fail.
    pub(super) fn minute(&mut self) {
        if self.calm {
            return;
        }
        for at in 0..self.machines.len() {
            if self.machines[at].frozen_until <= self.now {
                self.work(at);
                self.oddities(at);
                self.machine_misfortune(at);
            }
        }
        self.head_office();
        self.cloud_misfortune();
    }
}
