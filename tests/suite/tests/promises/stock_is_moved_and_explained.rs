//! Stock moved by hand is on the shelf at once, and every figure can say how it came to be.

use app::dto::{
    ConflictQuery, StockAdjust, StockCount, StockCountLine, StockEntry, StockEntryLine, SyncState,
};
use app::{Code, Uuid};
use suite::{CloudRoom, Shop};

fn named(shop: &Shop, name: &str) -> Uuid {
    let hits = shop.till().search(name.to_owned(), 5).expect("a search");
    hits.first().expect("it is in the catalogue").product_id
}

fn receive(shop: &Shop, product_id: Uuid, quantity_milli: i64) {
    let entry = StockEntry {
        lines: vec![StockEntryLine {
            product_id,
            quantity_milli,
        }],
        reference: Some("DN 12".to_owned()),
    };
    shop.till()
        .receive_stock(entry, None)
        .expect("it is booked in");
}

fn count(shop: &Shop, product_id: Uuid, counted_milli: i64) -> i64 {
    let count = StockCount {
        lines: vec![StockCountLine {
            product_id,
            counted_milli,
        }],
        reason: None,
        settles: None,
    };
    let levels = shop.till().count_stock(count, None).expect("it is counted");
    levels.first().expect("one level").on_hand_milli
}

fn adjust(product_id: Uuid, delta_milli: i64, reason: &str) -> StockAdjust {
    StockAdjust {
        product_id,
        delta_milli,
        reason: reason.to_owned(),
    }
}

#[test]
fn the_card_answers_why_is_it_seven() {
    let shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    receive(&shop, tea, 10_000);
    let done = shop.sell(&["TEA", "TEA"]);
    shop.till()
        .adjust_stock(adjust(tea, -1_000, "broken"), None)
        .expect("it is corrected");
    assert_eq!(count(&shop, tea, 8_000), 8_000, "what was found is there");
    shop.sell(&["TEA"]);
    let card = shop.till().stock_of(tea).expect("the card");
    assert_eq!(card.level.on_hand_text, "7", "why is it 7?");
    let told: Vec<(String, String)> = card
        .movements
        .iter()
        .map(|line| (line.words.clone(), line.balance_text.clone()))
        .collect();
    let of = |at: usize| (told[at].0.as_str(), told[at].1.as_str());
    assert!(
        of(0).0.starts_with("Sold 1 on till 1, receipt ") && of(0).1 == "7",
        "the newest first: {told:?}"
    );
    assert_eq!(of(1), ("Counted 8 by Mona", "8"), "who counted: {told:?}");
    assert_eq!(of(2), ("Corrected by -1 by Mona: broken", "7"), "{told:?}");
    let sold = format!("Sold 2 on till 1, receipt {}", done.number);
    assert_eq!(of(3), (sold.as_str(), "8"), "by its receipt: {told:?}");
    assert_eq!(of(4), ("Received 10 by Mona, note DN 12", "10"), "{told:?}");
    assert!(
        card.level.counted_at_ms.is_some(),
        "and when it was counted last"
    );
}

#[test]
fn what_means_nothing_is_refused_and_moves_nothing() {
    let shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    receive(&shop, tea, 5_000);
    let no = shop
        .till()
        .adjust_stock(adjust(tea, -1_000, " "), None)
        .expect_err("no reason");
    assert_eq!(
        (no.code, no.field.as_deref()),
        (Code::ReasonMissing, Some("reason")),
        "a correction says why"
    );
    let half = StockCount {
        lines: vec![StockCountLine {
            product_id: tea,
            counted_milli: 500,
        }],
        reason: None,
        settles: None,
    };
    let no = shop
        .till()
        .count_stock(half, None)
        .expect_err("half a piece");
    assert_eq!(no.code, Code::QuantityNotWhole, "pieces are counted whole");
    let unknown = StockCount {
        lines: Vec::new(),
        reason: None,
        settles: Some(Uuid::nil()),
    };
    assert!(
        shop.till().count_stock(unknown, None).is_err(),
        "a count of nothing settles nothing"
    );
    let level = shop
        .till()
        .stock_levels("tea".to_owned(), 5)
        .expect("levels");
    assert_eq!(level[0].on_hand_milli, 5_000, "nothing moved");
    shop.prove();
}

#[test]
fn a_count_that_agrees_is_a_fact_and_moves_nothing() {
    let shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    receive(&shop, tea, 5_000);
    let before = shop.till().verify(false).expect("a proof").till.counts.ops;
    assert_eq!(count(&shop, tea, 5_000), 5_000, "both agree");
    let after = shop.till().verify(false).expect("a proof").till.counts.ops;
    assert_eq!(after, before + 1, "that somebody counted is recorded");
    let card = shop.till().stock_of(tea).expect("the card");
    assert_eq!(card.movements.len(), 1, "and nothing moved by it");
    shop.prove();
}

#[test]
fn the_cloud_comes_to_the_same_figure() {
    let cloud = CloudRoom::start();
    let shop = Shop::alone("GBP");
    shop.till()
        .enrol(cloud.url(), cloud.code())
        .expect("it is let in");
    let tea = named(&shop, "Tea");
    receive(&shop, tea, 10_000);
    shop.sell(&["TEA", "TEA", "TEA"]);
    count(&shop, tea, 6_000);
    shop.sell(&["TEA"]);
    let report = shop.till().synchronize(true, 30).expect("a report");
    assert!(report.drained, "{report:?}");
    let there = cloud.count("SELECT sum(delta_milli) FROM stock_ledger");
    assert_eq!(there, 5_000, "10 came, 3 went, 6 were counted, 1 went");
    let card = shop.till().stock_of(tea).expect("the card");
    assert_eq!(card.level.on_hand_milli, 5_000, "as here");
    assert!(
        card.movements
            .iter()
            .all(|line| line.sync == SyncState::Synced),
        "and every movement is in the cloud: {card:?}"
    );
    let open = shop.till().needs_you(ConflictQuery {
        text: None,
        settled: false,
        limit: 10,
    });
    assert_eq!(open.expect("the list"), [], "nobody is needed");
}
