//! What must be true when everything is healed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::scene::Scene;

/// After healing the world has so long to converge, milliseconds, and a millisecond more an op.
const CONVERGES_WITHIN_MS: u64 = 10 * 60_000;

impl Scene {
    /// Stops every fault, runs until nothing waits, and checks.
    pub(super) fn heal_and_check(&mut self) {
        self.calm = true;
        self.cloud.down_until = 0;
        for machine in &mut self.machines {
            machine.frozen_until = machine.frozen_until.min(self.now);
            machine.cut_off_until = 0;
            machine.refused = None;
        }
        self.say(|| "everything is healed".to_owned());
        let end = self.now + CONVERGES_WITHIN_MS + self.ops_on_disks();
        self.run_until(end);
        self.cloud.tables.check();
        self.every_survivor_is_counted();
        self.nothing_waits();
    }

    fn ops_on_disks(&self) -> u64 {
        self.machines
            .iter()
            .map(|one| one.op_ids().count() as u64)
            .sum()
    }

    /// Every op on a disk is in the cloud once, with the bytes that were sealed.
    fn every_survivor_is_counted(&self) {
        let rows = self.cloud.tables.log.values().filter(|row| !row.dup);
        let mut counted: BTreeMap<Uuid, &[u8]> = BTreeMap::new();
        for row in rows {
            let twice = counted.insert(row.op_id, &row.bytes);
            assert!(twice.is_none(), "op {} is counted twice", row.op_id);
            assert!(
                self.recorded.contains(&row.op_id),
                "op {} was never recorded by anybody",
                row.op_id
            );
        }
        for (at, machine) in self.machines.iter().enumerate() {
            for op in machine.disk.till.ops() {
                let there = counted.get(&op.op_id).copied();
                assert!(
                    there == Some(op.bytes.as_slice()),
                    "op {} at {} {} of machine {at} is not in the cloud as it was sealed",
                    op.op_id,
                    op.segment,
                    op.seq
                );
            }
        }
        let kept: BTreeSet<Uuid> = counted.keys().copied().collect();
        for row in self.cloud.tables.quarantine.values() {
            let on_a_disk = self
                .machines
                .iter()
                .any(|one| one.op_ids().any(|id| id == row.op_id));
            assert!(
                kept.contains(&row.op_id) || !on_a_disk,
                "op {} lies in quarantine although its till holds it",
                row.op_id
            );
        }
    }

    /// No engine believes that something is still to be sent.
    fn nothing_waits(&self) {
        for (at, machine) in self.machines.iter().enumerate() {
            let heads = self.cloud.tables.heads_of(machine.disk.till.identity.till);
            let beyond = machine.disk.till.beyond(&heads);
            let left: usize = beyond.iter().map(|stretch| stretch.ops.len()).sum();
            assert_eq!(
                left,
                0,
                "machine {at} has not sent everything: {:?}",
                machine.engine.view()
            );
        }
    }
}
