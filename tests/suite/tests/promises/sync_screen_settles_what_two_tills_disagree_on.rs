//! Two tills disagree, a person decides on what they saw, and both tills hear of it.

use std::time::Duration;

use app::dto::{
    ConflictQuery, ConflictView, NewProduct, ProductEdit, SafetyKind, SettleRequest, StockCount,
    StockCountLine, StockEntry, StockEntryLine,
};
use app::{Code, Uuid, decision_of};
use domain::Unit;
use suite::{CloudRoom, Shop};

/// Long enough for any machine; nothing is judged by how long it took.
const PATIENCE: Duration = Duration::from_mins(2);

fn joined(cloud: &CloudRoom) -> Shop {
    let shop = Shop::alone("GBP");
    shop.till()
        .enrol(cloud.url(), cloud.code())
        .expect("it is let in");
    shop
}

fn sync(shop: &Shop) {
    let fetched = shop.till().fetch_now(PATIENCE).expect("it can be asked");
    assert!(fetched, "sent and fetched: {:?}", shop.till().fetching());
}

fn needs(shop: &Shop, settled: bool) -> Vec<ConflictView> {
    let query = ConflictQuery {
        text: None,
        settled,
        limit: 10,
    };
    shop.till().needs_you(query).expect("the list")
}

/// An article that both tills know, with the cloud's versions.
fn shared_article(one: &Shop, other: &Shop) -> Uuid {
    let classes = one.till().tax_classes().expect("the classes");
    let made = one.till().new_product(
        NewProduct {
            code: Some("BISC".to_owned()),
            name: "Biscuits".to_owned(),
            unit: Unit::Piece,
            price_minor: Some(180),
            tax_class: classes.first().expect("one").code.clone(),
            category: None,
            barcodes: Vec::new(),
            sure: false,
        },
        None,
    );
    let product_id = made.expect("it is made").product.product_id;
    sync(one);
    sync(other);
    sync(one);
    product_id
}

fn set_price(shop: &Shop, product_id: Uuid, price_minor: i64) {
    let edit = ProductEdit {
        product_id,
        price_minor: Some(price_minor),
        ..ProductEdit::default()
    };
    shop.till().edit_product(edit, None).expect("it is changed");
}

fn price(shop: &Shop, product_id: Uuid) -> Option<i64> {
    let found = shop.till().product(product_id).expect("the article");
    found.product.price_minor
}

fn settle(conflict: &ConflictView, word: &str) -> SettleRequest {
    SettleRequest {
        conflict: conflict.conflict,
        version: conflict.version,
        decision: decision_of(word).expect("a decision"),
        product: None,
        note: Some("asked the buyer".to_owned()),
    }
}

#[test]
fn two_prices_for_one_article_are_shown_side_by_side_and_a_person_decides() {
    let cloud = CloudRoom::start();
    let (one, other) = (joined(&cloud), joined(&cloud));
    let biscuits = shared_article(&one, &other);
    set_price(&one, biscuits, 300);
    set_price(&other, biscuits, 310);
    sync(&one);
    sync(&other);
    sync(&other);
    let open = needs(&other, false);
    assert_eq!(open.len(), 1, "one thing, counted once: {open:?}");
    let conflict = &open[0];
    assert_eq!(conflict.kind, "EDIT_CONFLICT", "{conflict:?}");
    let text = |side: &Option<app::dto::SideView>| {
        let side = side.as_ref().expect("a side");
        let field = side.fields.iter().find(|field| field.name == "price_minor");
        (side.here, field.expect("the price").text.clone())
    };
    assert_eq!(text(&conflict.mine), (true, "3.10".to_owned()), "ours");
    assert_eq!(text(&conflict.theirs), (false, "3.00".to_owned()), "theirs");
    assert_eq!(
        conflict.differing,
        ["price_minor"],
        "and in what they differ"
    );
    let status = other.till().status().expect("the frame").safety;
    assert_eq!(
        (status.kind, status.needs_person),
        (SafetyKind::NeedsPerson, 1),
        "the badge counts it once"
    );
    assert_eq!(
        price(&other, biscuits),
        Some(300),
        "until then the cloud's value holds"
    );
    let stale = SettleRequest {
        version: conflict.version + 1,
        ..settle(conflict, "keep_mine")
    };
    let no = other.till().settle(stale, None).expect_err("not this one");
    assert_eq!(no.code, Code::ConflictChanged, "nobody decides unseen");
    let wrong = settle(conflict, "accept_count");
    let no = other.till().settle(wrong, None).expect_err("no count here");
    assert_eq!(
        no.code,
        Code::DecisionNotPossible,
        "only what its kind allows"
    );

    let view = other
        .till()
        .settle(settle(conflict, "keep_mine"), None)
        .expect("it is decided");
    assert!(view.settling, "the decision is on its way: {view:?}");
    sync(&other);
    sync(&other);
    sync(&one);
    assert_eq!(needs(&other, false), [], "nothing is open");
    let settled = needs(&one, true);
    let how = settled.first().and_then(|view| view.settled.clone());
    let how = how.expect("how it ended is known on the other till");
    assert_eq!(
        how.note.as_deref(),
        Some("asked the buyer"),
        "in their words"
    );
    assert_eq!(
        (price(&one, biscuits), price(&other, biscuits)),
        (Some(310), Some(310)),
        "and both sell by it"
    );
}

#[test]
fn a_price_that_came_in_while_another_was_typed_is_not_overwritten_unseen() {
    let cloud = CloudRoom::start();
    let (one, other) = (joined(&cloud), joined(&cloud));
    let biscuits = shared_article(&one, &other);
    let looked_at = other.till().product(biscuits).expect("the article");
    set_price(&one, biscuits, 300);
    sync(&one);
    sync(&other);
    assert_eq!(price(&other, biscuits), Some(300), "it came in meanwhile");
    let typed = ProductEdit {
        product_id: biscuits,
        price_minor: Some(310),
        versions: Some(looked_at.versions),
        ..ProductEdit::default()
    };
    let saved = other.till().edit_product(typed, None);
    saved.expect("it is recorded as it was typed");
    sync(&other);
    sync(&other);
    let open = needs(&other, false);
    assert_eq!(
        open.iter()
            .map(|view| view.kind.as_str())
            .collect::<Vec<_>>(),
        ["EDIT_CONFLICT"],
        "a person is asked: {open:?}"
    );
    assert_eq!(
        price(&one, biscuits),
        Some(300),
        "and nothing is gone before"
    );
}

#[test]
fn a_count_that_raced_with_a_sale_is_counted_again() {
    let cloud = CloudRoom::start();
    let (counter, seller) = (joined(&cloud), joined(&cloud));
    let biscuits = shared_article(&counter, &seller);
    let entry = StockEntry {
        lines: vec![StockEntryLine {
            product_id: biscuits,
            quantity_milli: 10_000,
        }],
        reference: None,
    };
    counter.till().receive_stock(entry, None).expect("received");
    sync(&counter);
    sync(&seller);
    seller.sell(&["BISC", "BISC"]);
    let count = |found: i64, settles: Option<Uuid>| StockCount {
        lines: vec![StockCountLine {
            product_id: biscuits,
            counted_milli: found,
        }],
        reason: None,
        settles,
    };
    // The sale is older than the count, and the counter has not heard of it.
    counter
        .till()
        .count_stock(count(7_000, None), None)
        .expect("counted");
    sync(&seller);
    sync(&counter);
    sync(&counter);
    let open = needs(&counter, false);
    assert_eq!(open.len(), 1, "{open:?}");
    let conflict = &open[0];
    assert_eq!(conflict.kind, "COUNT_RACE", "{conflict:?}");
    let choices: Vec<_> = conflict
        .choices
        .iter()
        .map(|choice| (choice.decision.as_str(), choice.consequence.as_str()))
        .collect();
    assert!(
        choices.contains(&(
            "keep_computed",
            "Stock stays 8; the count of 7 is set aside."
        )),
        "each choice says what it does, with figures: {choices:?}"
    );
    assert!(
        choices.contains(&("accept_count", "Stock becomes 7, as counted.")),
        "{choices:?}"
    );
    let levels = counter
        .till()
        .count_stock(count(8_000, Some(conflict.conflict)), None)
        .expect("counted again");
    assert_eq!(levels[0].on_hand_milli, 8_000, "what was found at last");
    for shop in [&counter, &counter, &seller] {
        sync(shop);
    }
    assert_eq!(needs(&counter, false), [], "the second count settled it");
    let on_hand = |shop: &Shop| {
        let card = shop.till().stock_of(biscuits).expect("the card");
        card.level.on_hand_milli
    };
    assert_eq!(
        (on_hand(&counter), on_hand(&seller)),
        (8_000, 8_000),
        "both tills show what is on the shelf"
    );
}

#[test]
fn what_the_cloud_never_told_cannot_be_decided() {
    let shop = Shop::alone("GBP");
    let request = SettleRequest {
        conflict: Uuid::nil(),
        version: 1,
        decision: decision_of("acknowledge").expect("a decision"),
        product: None,
        note: None,
    };
    let no = shop.till().settle(request, None).expect_err("unknown");
    assert_eq!(
        (no.code, no.field.as_deref()),
        (Code::ConflictUnknown, Some("conflict")),
        "it is named"
    );
}
