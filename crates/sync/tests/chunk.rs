//! Cutting: order, limits, no loss.

mod common;

use common::ModelTill;
use common::bodies::product;
use proptest::prelude::*;
use protocol::wire::{CloudHead, PushRequest};
use sync::chunk::{CutLimits, CutRefused};
use uuid::Uuid;

/// A till whose segments hold so many ops of so many bytes.
fn till_of(segments: &[Vec<usize>]) -> ModelTill {
    let mut till = ModelTill::new(1);
    for (index, sizes) in segments.iter().enumerate() {
        if index > 0 {
            till.restart();
        }
        for size in sizes {
            let bytes = format!("\"{}\"", "x".repeat(*size));
            till.record_bytes(Uuid::nil(), bytes.into_bytes());
        }
    }
    till
}

fn heads_after(request: &PushRequest, heads: &mut Vec<CloudHead>) {
    for run in &request.runs {
        let last = run.items.last().expect("no run is empty");
        heads.retain(|head| head.segment != run.segment);
        heads.push(CloudHead {
            segment: run.segment,
            seq: last.seq,
            chain: last.chain,
            secured: 0,
        });
    }
}

proptest! {
    #[test]
    fn batches_hold_everything_in_order_and_within_their_limits(
        segments in prop::collection::vec(prop::collection::vec(0..3_000_usize, 0..20), 1..6),
        max_ops in 1..30_usize,
        max_bytes in 500..20_000_usize,
    ) {
        let till = till_of(&segments);
        let limits = CutLimits { max_ops, max_bytes };
        let (mut heads, mut sent) = (Vec::new(), Vec::new());
        while let Some(request) = till.cut(&till.beyond(&heads), limits).unwrap() {
            let ops: usize = request.runs.iter().map(|run| run.items.len()).sum();
            let json = serde_json::to_vec(&request).unwrap().len();
            prop_assert!(ops <= max_ops, "{} ops of {}", ops, max_ops);
            prop_assert!(json <= max_bytes || ops == 1, "{} bytes of {}", json, max_bytes);
            for run in &request.runs {
                sent.extend(run.items.iter().map(|item| item.op.get().as_bytes().to_vec()));
            }
            heads_after(&request, &mut heads);
        }
        let held: Vec<_> = till.ops().map(|op| op.bytes.clone()).collect();
        prop_assert_eq!(sent, held, "every op once, in cashier order, byte for byte");
    }
}

#[test]
fn several_restarts_travel_in_one_batch_parents_first() {
    let till = till_of(&[vec![1; 3], vec![1; 2], vec![1; 4]]);
    let request = till.all();
    let lengths: Vec<_> = request.runs.iter().map(|run| run.items.len()).collect();
    assert_eq!(lengths, [3, 2, 4], "a run per segment");
    let parent = request.runs[1].parent.expect("a parent");
    assert_eq!(parent.segment, request.runs[0].segment);
    assert_eq!(request.runs[1].prev, parent.chain, "linked to it");
}

#[test]
fn one_op_larger_than_any_batch_travels_alone() {
    let till = till_of(&[vec![5_000, 1]]);
    let limits = CutLimits {
        max_ops: 10,
        max_bytes: 1_000,
    };
    let request = till.cut(&till.beyond(&[]), limits).unwrap().unwrap();
    assert_eq!(
        request.runs[0].items.len(),
        1,
        "the cloud says the last word"
    );
}

#[test]
fn damaged_bytes_do_not_leave_and_what_comes_before_them_does() {
    let mut till = ModelTill::new(1);
    for _ in 0..3 {
        till.sell(product(1), 1);
    }
    till.segments[0].ops[1].bytes[10] ^= 1;
    let limits = CutLimits {
        max_ops: 10,
        max_bytes: 100_000,
    };
    let request = till.cut(&till.beyond(&[]), limits).unwrap().unwrap();
    assert_eq!(request.runs[0].items.len(), 1, "the sound one goes");
    let mut heads = Vec::new();
    heads_after(&request, &mut heads);
    let segment = till.segments[0].id;
    let refused = till.cut(&till.beyond(&heads), limits).unwrap_err();
    assert_eq!(refused, CutRefused::Damaged { segment, seq: 2 });
}
