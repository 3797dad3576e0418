//! However a stream is cut, repeated, delayed or mixed: the same cloud.

mod common;

use common::bodies::{counted, created, edited, priced, product, refund, restock, sale, settled};
use common::{ModelCloud, ModelTill};
use proptest::prelude::*;
use protocol::body::OpBody;
use uuid::Uuid;

/// What one till does, by small numbers.
#[derive(Debug, Clone, Copy)]
enum Act {
    Sell { product: u128, pieces: i64 },
    Restock { product: u128, pieces: i64 },
    GiveBack { pieces: i64 },
    Make { product: u128 },
    Count { product: u128, pieces: i64 },
    Price { product: u128, pence: i64 },
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
        2 => (0..3_u128, 0..9_i64).prop_map(|(product, pieces)| Act::Count { product, pieces }),
        2 => (0..3_u128, 1..9_i64).prop_map(|(product, pence)| Act::Price { product, pence }),
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
            Act::Count { product: p, pieces } => {
                till.record(counted(product(p), pieces * 1_000, None));
            }
            Act::Price { product: p, pence } => {
                till.record_edit(priced(product(p), pence), &[("price", 0)]);
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

/// Decides on what a cloud would ask after all this: on every question, once as it was seen and
/// once too late.
fn decide_all(till: &mut ModelTill) {
    let mut seen = ModelCloud::default();
    if till.ops().next().is_some() {
        seen.push(&till.all(), &till.till_key());
    }
    for (id, row) in &seen.conflicts {
        let mildest = row.kind.decisions()[0];
        till.record(settled(*id, row.version, mildest));
        till.record(settled(*id, row.version, mildest));
    }
}

/// What two tills do that does not depend on whose op came first: what both sell and receive, what
/// the first alone counts and prices, what the second alone codes.
fn commuting(till: &mut ModelTill, first: bool, acts: &[(u8, i64)]) {
    for (index, (what, pieces)) in (0_u128..).zip(acts) {
        let shared = product(u128::from(what % 2));
        match what % 5 {
            0 | 1 => {
                till.sell(shared, *pieces);
            }
            2 => {
                till.record(restock(shared, *pieces));
            }
            3 if first => {
                till.record(counted(product(7), pieces * 1_000, None));
            }
            4 if first => {
                till.record_edit(priced(product(1), *pieces), &[("price", 1)]);
            }
            _ if first => {
                till.sell(product(7), *pieces);
            }
            _ => {
                let mut body = edited(product(1), "Tea", 1);
                body.barcodes = vec![format!("{index}")];
                let body = OpBody::ProductEditedV1(body);
                till.record_edit(body, &[("barcodes", 1)]);
            }
        }
    }
}

/// What must be equal whoever came first.
fn facts(cloud: &ModelCloud) -> impl PartialEq + std::fmt::Debug {
    let stock: Vec<_> = cloud
        .stock
        .iter()
        .map(|(product, level)| (*product, level.on_hand_milli, level.tracked))
        .collect();
    let goods: Vec<_> = cloud
        .products
        .iter()
        .map(|(product, now)| (*product, now.fields.clone()))
        .collect();
    let facts = (
        cloud.heads.clone(),
        cloud.sales.clone(),
        cloud.sale_lines.clone(),
    );
    (facts, stock, goods)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn two_tills_may_come_in_any_order(
        acts in [prop::collection::vec((any::<u8>(), 1..5_i64), 1..25), prop::collection::vec((any::<u8>(), 1..5_i64), 1..25)],
        deliveries in prop::collection::vec((any::<bool>(), 1..25_u64, 0..9_u64), 0..40),
    ) {
        let mut tills = [ModelTill::new(1), ModelTill::new(2)];
        let mut in_order = ModelCloud::default();
        tills[0].record(created(product(1), "Tea"));
        in_order.push(&tills[0].all(), &tills[0].till_key());
        let mut mixed = in_order.clone();
        for (till, (first, acts)) in tills.iter_mut().zip([(true, &acts[0]), (false, &acts[1])]) {
            commuting(till, first, acts);
        }
        for till in &tills {
            in_order.push(&till.all(), &till.till_key());
        }
        for (first, from, more) in deliveries {
            let till = &tills[usize::from(!first)];
            if let Some(request) = till.slice(from, from + more) {
                mixed.push(&request, &till.till_key());
            }
        }
        for till in tills.iter().rev() {
            mixed.push(&till.all(), &till.till_key());
        }
        prop_assert_eq!(facts(&mixed), facts(&in_order), "the same facts, whoever came first");
    }

    #[test]
    fn cuts_repeats_and_delays_do_not_change_the_cloud(
        acts in prop::collection::vec(act(), 1..40),
        deliveries in prop::collection::vec((1..40_u64, 0..12_u64), 0..30),
    ) {
        let mut till = till_of(&acts);
        decide_all(&mut till);
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
