//! What a person settled, or what the cloud refused, stays nobody's task at the till.

use std::time::Duration;

use app::dto::{
    ConflictQuery, ConflictView, NewProduct, SettleRequest, StockCount, StockCountLine, StockEntry,
    StockEntryLine, SyncState,
};
use app::{Code, Uuid, decision_of};
use cloud::store::admin::OperatorEntry;
use domain::{Role, Unit};
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

fn open_ones(shop: &Shop) -> Vec<ConflictView> {
    let query = ConflictQuery {
        text: None,
        settled: false,
        limit: 10,
    };
    shop.till().needs_you(query).expect("the list")
}

fn as_computed(conflict: &ConflictView) -> SettleRequest {
    SettleRequest {
        conflict: conflict.conflict,
        version: conflict.version,
        decision: decision_of("keep_computed").expect("a decision"),
        product: None,
        note: None,
    }
}

/// One article of which there is one piece.
fn one_biscuit(shop: &Shop) -> Uuid {
    let classes = shop.till().tax_classes().expect("the classes");
    let made = shop.till().new_product(
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
    let entry = StockEntry {
        lines: vec![StockEntryLine {
            product_id,
            quantity_milli: 1_000,
        }],
        reference: None,
    };
    shop.till().receive_stock(entry, None).expect("received");
    product_id
}

#[test]
fn a_sale_below_zero_that_somebody_settled_needs_nobody_any_more() {
    let cloud = CloudRoom::start();
    let (seller, other) = (joined(&cloud), joined(&cloud));
    one_biscuit(&seller);
    let sold = seller.sell(&["BISC", "BISC"]);
    sync(&seller);
    let mark = |shop: &Shop| shop.till().sale(sold.sale_id).expect("the sale").row.sync;
    assert_eq!(mark(&seller), SyncState::Conflict, "below zero, to be seen");
    let report = seller.till().synchronize(true, 60).expect("a report");
    assert_eq!(report.needs_person, 1, "a script is told: {report:?}");
    sync(&other);
    let open = open_ones(&other);
    assert_eq!(open.len(), 1, "the other till sees it too: {open:?}");
    let seen = other.till().settle(as_computed(&open[0]), None);
    seen.expect("it is settled there");
    sync(&other);
    sync(&seller);
    assert_eq!(open_ones(&seller), [], "nothing is open");
    assert_eq!(mark(&seller), SyncState::Synced, "and the sale is in order");
    let report = seller.till().synchronize(true, 60).expect("a report");
    assert_eq!(
        (report.drained, report.needs_person),
        (true, 0),
        "a script may go on: {report:?}"
    );
    // The cloud's first word about the sale, told once more, is as old as the conflict.
    seller.till().rebuild_outbox().expect("rebuilt");
    sync(&seller);
    assert_eq!(mark(&seller), SyncState::Synced, "and stays so");
}

#[test]
fn a_decision_that_came_second_needs_nobody() {
    let cloud = CloudRoom::start();
    let (seller, other) = (joined(&cloud), joined(&cloud));
    one_biscuit(&seller);
    seller.sell(&["BISC", "BISC"]);
    sync(&seller);
    sync(&seller);
    sync(&other);
    let (here, there) = (open_ones(&seller), open_ones(&other));
    for (shop, open) in [(&other, &there), (&seller, &here)] {
        let seen = shop.till().settle(as_computed(&open[0]), None);
        seen.expect("each settles it, and has not heard of the other");
    }
    sync(&other);
    sync(&seller);
    let report = seller.till().synchronize(true, 60).expect("a report");
    assert_eq!(
        (report.drained, report.needs_person),
        (true, 0),
        "the second one changed nothing, and there is nothing to do: {report:?}"
    );
    assert_eq!(open_ones(&seller), [], "nothing is open");
}

#[test]
fn a_count_that_comes_after_the_decision_is_kept_and_said_to_settle_nothing() {
    let cloud = CloudRoom::start();
    let (seller, other) = (joined(&cloud), joined(&cloud));
    let biscuits = one_biscuit(&seller);
    seller.sell(&["BISC", "BISC"]);
    for shop in [&seller, &seller, &other] {
        sync(shop);
    }
    let conflict = open_ones(&seller).remove(0);
    let count = |product_id: Uuid| StockCount {
        lines: vec![StockCountLine {
            product_id,
            counted_milli: 4_000,
        }],
        reason: None,
        settles: Some(conflict.conflict),
    };
    let tea = seller.till().search("Tea".to_owned(), 1).expect("a search");
    let no = seller.till().count_stock(count(tea[0].product_id), None);
    let no = no.expect_err("it is about biscuits");
    assert_eq!(
        (no.code, no.field.as_deref()),
        (Code::DecisionNotPossible, Some("lines")),
        "a count of something else settles nothing: {no:?}"
    );
    let decided = other.till().settle(as_computed(&conflict), None);
    decided.expect("somebody decides while it is counted");
    sync(&other);
    sync(&seller);
    let levels = seller.till().count_stock(count(biscuits), None);
    let level = levels.expect("what was found is recorded").remove(0);
    assert_eq!(level.on_hand_milli, 4_000, "the count is a fact");
    let told = level.remark.expect("the person is told");
    assert!(told.contains("settles nothing"), "{told}");
    let quiet = StockCount {
        settles: None,
        ..count(biscuits)
    };
    let levels = seller.till().count_stock(quiet, None).expect("counted");
    assert_eq!(levels[0].remark, None, "and of nothing else");
}

#[test]
fn a_decision_that_was_refused_is_not_on_its_way_for_ever() {
    let cloud = CloudRoom::start();
    let seller = joined(&cloud);
    one_biscuit(&seller);
    seller.sell(&["BISC", "BISC"]);
    sync(&seller);
    sync(&seller);
    let conflict = open_ones(&seller).remove(0);
    // Head office knows the person at this till as a cashier; the till has not heard of it.
    let boss = Uuid::from_u128(0xb055);
    cloud.in_office(async |office| {
        for (operator_id, name, role) in [
            (boss, "Boss", Role::Manager),
            (seller.manager(), "Mona", Role::Cashier),
        ] {
            let person = OperatorEntry {
                operator_id,
                name: name.to_owned(),
                role,
                active: true,
                has_pin: false,
                branches: None,
            };
            office.put_operator(person).await.expect("put");
        }
        office.set_pin(boss, "8052").await.expect("a PIN");
    });
    let view = seller.till().settle(as_computed(&conflict), None);
    assert!(view.expect("it is recorded").settling, "on its way");
    sync(&seller);
    let answer = seller.till().sign_in(boss, "8052".to_owned());
    answer.expect("head office's manager may");
    // What the cloud said of it is gone, as if the answer had never come.
    seller.till().rebuild_outbox().expect("rebuilt");
    sync(&seller);
    let open = open_ones(&seller);
    let again = open.iter().find(|one| one.conflict == conflict.conflict);
    let again = again.expect("it is open as before");
    assert!(!again.settling, "refused, so it can be decided: {again:?}");
    let view = seller.till().settle(as_computed(again), None);
    view.expect("the manager decides");
    sync(&seller);
    sync(&seller);
    let left = open_ones(&seller);
    assert!(
        left.iter().all(|one| one.conflict != conflict.conflict),
        "and it is settled: {left:?}"
    );
}
