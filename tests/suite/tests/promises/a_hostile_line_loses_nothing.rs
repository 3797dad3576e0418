//! The line does its worst, and each sale is at the cloud once, in order.

use std::collections::BTreeMap;

use suite::{CloudRoom, Shop, until};
use testkit::chaos::{Chaos, Fault};

/// Sales rung while the line misbehaves.
const SALES: u64 = 1_000;
/// Of a thousand requests so many meet each of the ten faults; a handful gets through untouched.
const PER_MILLE: u64 = 95;

#[test]
fn a_thousand_sales_over_a_line_with_every_fault_arrive_once_and_in_order() {
    let cloud = CloudRoom::start();
    let line = Chaos::to(cloud.address(), 20_261_120, PER_MILLE);
    let mut shop = Shop::alone("GBP");
    let code = cloud.code();
    let joined = until(|| shop.till().enrol(line.url(), code.clone()).is_ok());
    assert!(joined, "the same code lets it in however often it is sent");
    shop.close();
    shop.open_window();
    for sale in 0..SALES {
        shop.sell(&[if sale % 3 == 0 { "CAKE" } else { "TEA" }]);
        if sale % 10 == 0 {
            // A manager who cannot wait: "Sync now".
            shop.till().sync_now().expect("it is asked");
        }
    }
    let met_often = until(|| {
        shop.till().sync_now().expect("it is asked");
        let met = line.met();
        Fault::QUICK.iter().all(|fault| met.contains_key(fault))
    });
    assert!(met_often, "every fault met a request: {:?}", line.met());
    line.calm_down();
    let drained = until(|| {
        shop.till().sync_now().expect("it is asked");
        shop.till().status().expect("a status").safety.ops_waiting == 0
    });
    assert!(drained, "the backlog drains: {:?}", shop.till().status());
    let proof = shop.till().verify(true).expect("both are asked");
    assert_eq!(proof.equal, Some(true), "{proof:?}");
    let counts = proof.cloud.expect("the cloud's counts");
    assert_eq!(counts.sales, SALES, "each sale once, {:?}", told(&line));
    let in_order = "SELECT count(*) FROM op_log AS one JOIN op_log AS next
        ON next.segment = one.segment AND next.seq = one.seq + 1
        WHERE next.rv <= one.rv";
    assert_eq!(cloud.count(in_order), 0, "recorded in cashier order");
    assert_eq!(cloud.count("SELECT count(*) FROM op_quarantine"), 0);
    assert_eq!(cloud.count("SELECT count(*) FROM conflict"), 0);
}

fn told(line: &Chaos) -> (BTreeMap<Fault, u32>, u32) {
    (line.met(), line.passed())
}
