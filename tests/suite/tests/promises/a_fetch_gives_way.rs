//! Fetching is never in the way: neither of the next sale nor of sending it.

use std::time::{Duration, Instant};

use suite::{CloudRoom, Cut, Line, Shop, until};

#[test]
fn a_page_on_its_way_keeps_no_sale_and_no_push_waiting() {
    let cloud = CloudRoom::start();
    let line = Line::to(cloud.address(), Cut::Open);
    let mut shop = Shop::alone("GBP");
    shop.till().enrol(line.url(), cloud.code()).unwrap();
    shop.close();
    // The answer to a fetch trickles: for a minute there is no reason to give it up but a sale.
    line.set(Cut::Keeps("/v1/sync/pull"));
    shop.open_window();
    assert!(until(|| line.kept() == 1), "a page is on its way");
    shop.sell(&["TEA"]);
    shop.sell(&["CAKE"]);
    let sold = Instant::now();
    let arrived = || cloud.count("SELECT count(*) FROM sale") == 2;
    assert!(until(arrived), "both are sent while the page is not there");
    // By itself a page that trickles is given up after a quarter of a minute at the soonest.
    assert!(sold.elapsed() < Duration::from_secs(12), "and not after it");
    shop.prove();
    line.set(Cut::Open);
    shop.close();
    shop.open();
    assert!(
        shop.till().fetch_now(Duration::from_mins(1)).unwrap(),
        "and what was let go of is fetched later"
    );
}
