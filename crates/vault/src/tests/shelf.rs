//! Stock on the shelf: the cloud's figure and what is not in it yet, whatever was sent and pulled in between.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::MovementKind;
use proptest::prelude::*;
use protocol::SegmentId;
use protocol::body::{MovementV1, StockMovedV1};
use uuid::Uuid;

use super::fixture::Till;
use crate::shop::{CloudStock, StockSeen};
use crate::{Vault, stock};

const PRODUCTS: [Uuid; 2] = [Uuid::from_u128(0xa), Uuid::from_u128(0xb)];

/// What may happen in a shop.
#[derive(Debug, Clone)]
enum Step {
    /// This till moves stock.
    Own(usize, i64),
    /// The program ends and starts again: another segment.
    Restart,
    /// Another till or head office moves stock, at the cloud.
    Other(usize, i64),
    /// So many of the own ops that wait arrive at the cloud.
    Push(usize),
    /// The cloud tells its figures; only of so many segments, the newest.
    Pull(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let delta = prop_oneof![-5_000_i64..=-1, 1_i64..=5_000];
    prop_oneof![
        4 => (0..2_usize, delta.clone()).prop_map(|(product, delta)| Step::Own(product, delta)),
        1 => Just(Step::Restart),
        2 => (0..2_usize, delta).prop_map(|(product, delta)| Step::Other(product, delta)),
        3 => (1..4_usize).prop_map(Step::Push),
        3 => (1..4_usize).prop_map(Step::Pull),
    ]
}

/// One own movement, as this test remembers it.
#[derive(Debug, Clone, Copy)]
struct Own {
    segment: SegmentId,
    seq: u64,
    product: usize,
    delta: i64,
}

/// The cloud, and everything that is true.
#[derive(Default)]
struct World {
    own: Vec<Own>,
    pushed: usize,
    others: [Option<i64>; 2],
    /// What others had done when the till pulled last.
    others_seen: [i64; 2],
    seen: StockSeen,
}

impl World {
    fn pull(&mut self, segments_told: usize) {
        let mut rows = BTreeMap::new();
        for (index, product_id) in PRODUCTS.into_iter().enumerate() {
            let pushed = self.own[..self.pushed]
                .iter()
                .filter(|own| own.product == index);
            let moved: Vec<i64> = pushed.map(|own| own.delta).collect();
            if !moved.is_empty() || self.others[index].is_some() {
                let quantity_milli = moved.iter().sum::<i64>() + self.others[index].unwrap_or(0);
                let tracked = false;
                rows.insert(
                    product_id,
                    CloudStock {
                        quantity_milli,
                        tracked,
                    },
                );
            }
            self.others_seen[index] = self.others[index].unwrap_or(0);
        }
        let mut included: Vec<(SegmentId, u64)> = Vec::new();
        for own in &self.own[..self.pushed] {
            match included
                .iter_mut()
                .find(|(segment, _)| *segment == own.segment)
            {
                Some((_, seq)) => *seq = own.seq,
                None => included.push((own.segment, own.seq)),
            }
        }
        let newest = included.into_iter().rev().take(segments_told);
        self.seen = StockSeen {
            rows,
            included: Arc::new(newest.collect()),
            published_at_ms: Some(1),
        };
    }

    fn on_the_shelf(&self, index: usize) -> i64 {
        let own = self.own.iter().filter(|own| own.product == index);
        own.map(|own| own.delta).sum::<i64>() + self.others_seen[index]
    }
}

fn move_stock(till: &Till, vault: &Vault, product: usize, delta_milli: i64) -> Own {
    let moved = StockMovedV1 {
        movement_id: till.id(),
        reference: None,
        movements: vec![MovementV1 {
            product_id: PRODUCTS[product],
            kind: MovementKind::Adjustment,
            delta_milli,
            reason: None,
        }],
    };
    let recording = Till::recording(till.id());
    let recorded = vault
        .transact(move |tx| stock::record_movements(tx, moved, &recording))
        .expect("recorded")
        .expect("for the first time");
    Own {
        segment: recorded.segment,
        seq: recorded.seq,
        product,
        delta: delta_milli,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_shown_is_what_the_ops_known_here_make(steps in prop::collection::vec(step(), 1..24)) {
        let till = Till::new();
        let mut vault = Some(till.open().0);
        let mut world = World::default();
        for step in &steps {
            let open = vault.as_ref().expect("it is open");
            match *step {
                Step::Own(product, delta) => world.own.push(move_stock(&till, open, product, delta)),
                Step::Restart => {
                    drop(vault.take());
                    vault = Some(till.open().0);
                }
                Step::Other(product, delta) => {
                    *world.others[product].get_or_insert(0) += delta;
                }
                Step::Push(ops) => world.pushed = world.own.len().min(world.pushed + ops),
                Step::Pull(segments) => world.pull(segments),
            }
            let open = vault.as_ref().expect("it is open");
            let levels = open.read(|reader| stock::levels(reader, &world.seen, &PRODUCTS)).unwrap();
            for (index, level) in levels.iter().enumerate() {
                prop_assert_eq!(level.on_hand_milli, world.on_the_shelf(index), "after {:?}: {:?}", step, level);
            }
            for (index, product_id) in PRODUCTS.into_iter().enumerate() {
                let ledger = open.read(|reader| stock::ledger(reader, &world.seen, product_id, 1_000)).unwrap();
                prop_assert_eq!(ledger.elsewhere_milli, world.others_seen[index], "what others did");
                if let (Some(newest), Some(oldest)) = (ledger.lines.first(), ledger.lines.last()) {
                    prop_assert_eq!(newest.balance_milli, ledger.level.on_hand_milli, "the newest line is what is there");
                    prop_assert_eq!(
                        oldest.balance_milli - oldest.delta_milli, ledger.elsewhere_milli,
                        "and before the oldest stands what others did"
                    );
                }
            }
        }
    }
}
