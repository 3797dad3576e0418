//! How much of each till's stream the cloud's stock holds, while a publish has to wait.

use protocol::SegmentId;
use protocol::pull::{Included, PullAnswer, PullScope};

use super::pulls::{page, publish, stage};
use super::shop;

#[test]
fn what_stock_contains_outlives_a_publish_that_had_to_wait() {
    let (_dir, shop) = shop();
    let (own, other) = (SegmentId([9; 16]), SegmentId([8; 16]));
    let told = |next: &str, included: Vec<Included>| PullAnswer {
        included,
        ..page(Vec::new(), next, false)
    };
    let heads = vec![
        Included {
            segment: own,
            seq: 50,
        },
        Included {
            segment: other,
            seq: 7,
        },
    ];
    stage(&shop, PullScope::Stock, &told("s1", heads));
    // The publish had to wait; the next round tells only the heads that moved since.
    let moved = vec![Included {
        segment: other,
        seq: 9,
    }];
    stage(&shop, PullScope::Stock, &told("s2", moved));
    publish(&shop, PullScope::Stock);
    let included = shop.stock_seen(&[]).expect("answers").included;
    assert_eq!(
        (included.get(&own), included.get(&other)),
        (Some(&50), Some(&9)),
        "no movement that the figures hold is added a second time"
    );
    shop.reset_pull(PullScope::Stock).expect("begun again");
    stage(&shop, PullScope::Stock, &told("s3", Vec::new()));
    publish(&shop, PullScope::Stock);
    let included = shop.stock_seen(&[]).expect("answers").included;
    assert!(
        included.is_empty(),
        "after a new beginning nothing old counts"
    );
}
