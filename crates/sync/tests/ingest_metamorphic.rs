//! However a stream is cut, repeated, delayed or mixed: the same cloud.

mod common;

use common::bodies::{created, product, refund, restock, sale};
use common::{ModelCloud, ModelTill};
use proptest::prelude::*;
use uuid::Uuid;

/// What one till does, by small numbers.
#[derive(Debug, Clone, Copy)]
enum Act {
    Sell { product: u128, pieces: i64 },
    Restock { product: u128, pieces: i64 },
    GiveBack { pieces: i64 },
    Make { product: u128 },
    Garbage(u8),
    SameSaleAgain,
    SameOpAgain,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..3_u128, 1..4_i64).prop_map(|(product, pieces)| Act::Sell { product, pieces }),
        2 => (0..3_u128, 1..4_i64).prop_map(|(product, pieces)| Act::Restock { product, pieces }),
        2 => (1..4_i64).prop_map(|pieces| Act::GiveBack { pieces }),
        1 => (0..3_u128).prop_map(|product| Act::Make { product }),
        1 => any::<u8>().prop_map(Act::Garbage),
        1 => Just(Act::SameSaleAgain),
        1 => Just(Act::SameOpAgain),
        2 => Just(Act::Restart),
    ]
}

fn till_of(acts: &[Act]) -> ModelTill {
    let mut till = ModelTill::new(1);
    let mut sales: Vec<(Uuid, Uuid)> = Vec::new();
    for (index, act) in (0_u128..).zip(acts) {
        match *act {
            Act::Sell { product: p, pieces } => {
                sales.push((till.sell(product(p), pieces), product(p)));
            }
            Act::Restock { product: p, pieces } => {
                till.record(restock(product(p), pieces));
            }
            Act::GiveBack { pieces } => {
                if let Some((sale_id, product)) = sales.last() {
                    let id = Uuid::from_u128(0xbb00 + index);
                    till.record(refund(id, *sale_id, *product, pieces));
                }
            }
            Act::Make { product: p } => {
                till.record(created(product(p), "made"));
            }
            Act::Garbage(byte) => till.record_bytes(Uuid::nil(), format!("[{byte}]").into_bytes()),
            Act::SameSaleAgain => {
                if let Some((sale_id, product)) = sales.first() {
                    till.record(sale(*sale_id, *product, 1));
                }
            }
            Act::SameOpAgain => {
                let first = till.ops().next().cloned();
                if let Some(op) = first {
                    till.record_bytes(op.op_id, op.bytes);
                }
            }
            Act::Restart => till.restart(),
        }
    }
    till
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cuts_repeats_and_delays_do_not_change_the_cloud(
        acts in prop::collection::vec(act(), 1..40),
        deliveries in prop::collection::vec((1..40_u64, 0..12_u64), 0..30),
    ) {
        let till = till_of(&acts);
        prop_assume!(till.ops().next().is_some());
        let (key, last) = (till.till_key(), till.ops().count() as u64);
        let mut whole = ModelCloud::default();
        whole.push(&till.all(), &key);

        let mut pieces = ModelCloud::default();
        for (from, more) in deliveries {
            if let Some(request) = till.slice(from, from + more) {
                pieces.push(&request, &key);
            }
        }
        for seq in 1..=last {
            pieces.push(&till.slice(seq, seq).unwrap(), &key);
        }
        let again = pieces.clone();
        pieces.push(&till.all(), &key);
        prop_assert_eq!(&again, &pieces, "what is recorded stays as it is");
        prop_assert_eq!(pieces, whole, "one cloud, whatever the deliveries");
    }

    #[test]
    fn every_byte_that_arrives_whole_is_kept(
        shared in prop::collection::vec(act(), 1..10),
        mine in 1..8_u128,
        theirs in 1..8_u128,
        deliveries in prop::collection::vec((any::<bool>(), 1..20_u64), 1..20),
    ) {
        // Two copies of one running till sell on in the same segment.
        let mut one = till_of(&shared);
        let mut two = one.twin();
        for number in 0..mine {
            one.record(sale(Uuid::from_u128(0xcc00 + number), product(1), 1));
        }
        for number in 0..theirs {
            two.record(sale(Uuid::from_u128(0xdd00 + number), product(2), 1));
        }
        let mut cloud = ModelCloud::default();
        let key = one.till_key();
        for (first, upto) in deliveries {
            let till = if first { &one } else { &two };
            let Some(request) = till.slice(1, upto) else { continue };
            cloud.push(&request, &key);
            let held = |bytes: &[u8]| {
                cloud.log.values().any(|row| row.bytes == bytes)
                    || cloud.quarantine.values().any(|row| row.bytes == bytes)
            };
            for item in request.runs.iter().flat_map(|run| &run.items) {
                prop_assert!(
                    held(item.op.get().as_bytes()),
                    "op {} of a vouched run is in the log or in quarantine", item.seq
                );
            }
        }
    }
}
