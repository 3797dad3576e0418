//! What must hold of a cloud after every commit.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::ModelCloud;

impl ModelCloud {
    /// Gapless, chained, parents first, each op counted once: after every commit.
    pub fn check(&self) {
        for (segment, head) in &self.heads {
            let rows = self.log.range((*segment, 0)..=(*segment, u64::MAX));
            let seqs: Vec<u64> = rows.map(|((_, seq), _)| *seq).collect();
            let expected: Vec<u64> = (head.first_seq..=head.seq).collect();
            assert_eq!(seqs, expected, "segment {segment} has no gap");
            if let Some(parent) = &head.parent {
                let row = self.log.get(&(parent.segment, parent.seq));
                let chain = row.map(|row| row.chain);
                assert_eq!(chain, Some(parent.chain), "a parent is recorded first");
            }
        }
        let mut counted = BTreeSet::new();
        for row in self.log.values().filter(|row| !row.dup) {
            assert!(counted.insert(row.op_id), "op {} counts once", row.op_id);
        }
        let mut stock: BTreeMap<Uuid, i64> = BTreeMap::new();
        for movement in self.log.values().flat_map(|row| &row.effects.stock) {
            *stock.entry(movement.product_id).or_default() += movement.delta_milli;
        }
        for (product, level) in &self.stock {
            let sum = stock.get(product).copied().unwrap_or(0);
            assert_eq!(level.on_hand_milli, sum, "stock is the sum of movements");
        }
    }
}
