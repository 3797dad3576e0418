//! What head office has, a till sells by: the whole catalogue, its changes, people and settings.

use std::fmt::Write as _;
use std::time::Duration;

use app::Uuid;
use app::dto::{ScanAnswer, ScannedBy, SignIn};
use cloud::office::{ImportForm, ImportReport, Importer};
use cloud::store::admin::{OperatorEntry, SettingEntry};
use domain::{Currency, Role};
use protocol::pull::{SettingRow, TaxClassRow};
use suite::{CloudRoom, Cut, Line, Shop};

/// Long enough for any machine; nothing is judged by how long it took.
const PATIENCE: Duration = Duration::from_mins(2);

/// A branch whose head office has so many products at this price, and a till that has joined it.
fn joined(cloud: &CloudRoom, url: String, products: u32, price_minor: i64) -> Shop {
    let code = cloud.code();
    office_imports(cloud, products, price_minor);
    let shop = Shop::alone("GBP");
    shop.till().enrol(url, code).expect("it is let in");
    shop
}

fn office_imports(cloud: &CloudRoom, products: u32, price_minor: i64) -> ImportReport {
    let mut csv = "code,barcode,name,price,tax_class\n".to_owned();
    let (pounds, pence) = (price_minor / 100, price_minor % 100);
    for n in 0..products {
        writeln!(
            csv,
            "A{n},{},Article {n},{pounds}.{pence:02},food",
            barcode(n)
        )
        .expect("text");
    }
    let form = ImportForm {
        currency: Currency::from_code("GBP").expect("a known currency"),
        default_tax_class: None,
    };
    cloud.in_office(async |office| {
        let class = TaxClassRow {
            code: "food".to_owned(),
            name: "Food".to_owned(),
            rate_bp: 500,
        };
        office.put_tax_class(class).await.expect("a class");
        let mut import = Importer::new(office, form);
        import.take(csv.as_bytes()).await.expect("it is read");
        import.finish().await.expect("it is imported")
    })
}

fn barcode(n: u32) -> String {
    format!("IN{n:06}")
}

fn fetch(shop: &Shop) {
    assert!(
        shop.till().fetch_now(PATIENCE).expect("it can be asked"),
        "everything was fetched: {:?}",
        shop.till().fetching()
    );
}

fn price(shop: &Shop, code: &str) -> Option<i64> {
    let found = shop.till().search(code.to_owned(), 1).expect("an answer");
    found.first().and_then(|product| product.price_minor)
}

#[test]
fn a_till_joins_a_branch_with_ten_thousand_products_and_sells_from_it() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud, cloud.url(), 10_000, 250);
    fetch(&shop);
    shop.sell(&[&barcode(0), &barcode(9_999), "TEA"]);
    let report = shop.till().synchronize(true, 60).expect("an answer");
    assert!(report.drained, "and the sale is in the cloud: {report:?}");
    shop.prove();
}

#[test]
fn a_thousand_changed_prices_arrive_and_nothing_else_is_fetched() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud, cloud.url(), 2_000, 250);
    fetch(&shop);
    let changed = office_imports(&cloud, 1_000, 199);
    assert_eq!(
        (changed.changed, changed.same),
        (1_000, 0),
        "a thousand rows: {changed:?}"
    );
    fetch(&shop);
    assert_eq!(
        (
            price(&shop, &barcode(0)),
            price(&shop, &barcode(999)),
            price(&shop, &barcode(1_000))
        ),
        (Some(199), Some(199), Some(250)),
        "the changed ones cost what head office says, the others what they did"
    );
    assert_eq!(
        price(&shop, "TEA"),
        Some(255),
        "and what was made here stays"
    );
}

#[test]
fn a_fetch_that_is_cut_goes_on_where_it_was_and_loses_no_row() {
    let mut cloud = CloudRoom::start();
    let line = Line::to(cloud.address(), Cut::Open);
    let mut shop = joined(&cloud, line.url(), 3_000, 250);
    fetch(&shop);
    // A delta of several pages, cut after each reply, by a stopped cloud and by a restart of the till.
    office_imports(&cloud, 3_000, 199);
    line.set(Cut::RepliesLost);
    assert!(
        !shop
            .till()
            .fetch_now(Duration::from_millis(300))
            .expect("it can be asked"),
        "nothing comes through"
    );
    line.set(Cut::Says(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nFree",
    ));
    assert!(
        !shop
            .till()
            .fetch_now(Duration::from_millis(300))
            .expect("it can be asked"),
        "somebody else's answer is none"
    );
    cloud.stop();
    line.set(Cut::Open);
    shop.restart();
    shop.sell(&[&barcode(7)]);
    cloud.run();
    fetch(&shop);
    for n in [0, 1_999, 2_000, 2_999] {
        assert_eq!(price(&shop, &barcode(n)), Some(199), "article {n}");
    }
    shop.prove();
}

#[test]
fn stock_on_screen_is_the_branchs_whatever_was_pushed_and_pulled_in_between() {
    let cloud = CloudRoom::start();
    let one = joined(&cloud, cloud.url(), 10, 250);
    let two = Shop::alone("GBP");
    two.till()
        .enrol(cloud.url(), cloud.code())
        .expect("it is let in");
    fetch(&one);
    fetch(&two);
    let shown = |shop: &Shop| {
        let found = shop.till().search(barcode(3), 1).expect("an answer");
        let product = found.first().expect("it is there");
        let card = shop.till().stock_of(product.product_id).expect("a card");
        card.level.on_hand_milli
    };
    one.sell(&[&barcode(3)]);
    assert_eq!(shown(&one), -1_000, "sold here, not sent yet");
    fetch(&one);
    assert_eq!(shown(&one), -1_000, "sent and fetched: the same figure");
    two.sell(&[&barcode(3), &barcode(3)]);
    assert_eq!(shown(&two), -2_000, "the other till has not fetched since");
    one.sell(&[&barcode(3)]);
    fetch(&two);
    assert_eq!(shown(&two), -3_000, "its own two and the first till's one");
    fetch(&one);
    assert_eq!(shown(&one), -4_000, "all four");
    fetch(&two);
    assert_eq!(shown(&two), -4_000, "on both");
}

#[test]
fn head_offices_people_sign_in_and_whom_it_takes_away_finishes_the_sale() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud, cloud.url(), 10, 250);
    let (boss, clerk) = (Uuid::from_u128(0xb055), Uuid::from_u128(0xc1e2));
    let person = |operator_id, name: &str, role, active| OperatorEntry {
        operator_id,
        name: name.to_owned(),
        role,
        active,
        has_pin: false,
        branches: None,
    };
    cloud.in_office(async |office| {
        office
            .put_operator(person(boss, "Boss", Role::Manager, true))
            .await
            .expect("put");
        office.set_pin(boss, "8052").await.expect("a PIN");
        office
            .put_operator(person(clerk, "Clerk", Role::Cashier, true))
            .await
            .expect("put");
        office.set_pin(clerk, "2741").await.expect("a PIN");
    });
    fetch(&shop);
    let names = |shop: &Shop| {
        let people = shop.till().operators().expect("the people");
        people.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&shop),
        ["Boss", "Clerk"],
        "head office's people, for it has a manager"
    );
    for _ in 0..2 {
        let answer = shop
            .till()
            .sign_in(clerk, "2741".to_owned())
            .expect("an answer");
        assert!(
            matches!(answer, SignIn::SignedIn { .. }),
            "each time: {answer:?}"
        );
    }
    shop.scan(&barcode(1));
    cloud.in_office(async |office| {
        office
            .put_operator(person(clerk, "Clerk", Role::Cashier, false))
            .await
            .expect("put");
    });
    fetch(&shop);
    shop.scan(&barcode(2));
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).expect("it is told");
    let next = shop.till().scan(barcode(3), ScannedBy::Scanner);
    assert_eq!(
        next.map(|answer| matches!(answer, ScanAnswer::Added { .. }))
            .map_err(|no| no.code),
        Err(app::Code::NotSignedIn),
        "the sale was finished; the next step asks to sign in"
    );
    assert!(
        shop.till().sign_in(clerk, "2741".to_owned()).is_err(),
        "not any more"
    );
    let answer = shop
        .till()
        .sign_in(boss, "8052".to_owned())
        .expect("an answer");
    assert!(
        matches!(answer, SignIn::SignedIn { .. }),
        "the boss does: {answer:?}"
    );
    shop.prove();
}

#[test]
fn a_setting_of_head_office_is_on_the_next_receipt_and_not_in_an_open_sale() {
    let cloud = CloudRoom::start();
    let shop = joined(&cloud, cloud.url(), 10, 250);
    fetch(&shop);
    shop.scan("TEA");
    cloud.in_office(async |office| {
        for (name, value) in [
            ("branch_name", serde_json::json!("Harbour Shop")),
            ("a_setting_of_tomorrow", serde_json::json!({"x": 1})),
        ] {
            let row = SettingRow {
                name: name.to_owned(),
                value,
            };
            office
                .put_setting(SettingEntry { branch: None, row })
                .await
                .expect("put");
        }
    });
    fetch(&shop);
    let name = || shop.till().status().expect("the frame").branch_name;
    assert_ne!(name(), "Harbour Shop", "not while a sale is open");
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).expect("it is told");
    fetch(&shop);
    assert_eq!(name(), "Harbour Shop", "and from then on");
}

#[test]
fn reading_the_catalogue_again_fetches_whatever_of_the_clouds_is_missing_here() {
    let cloud = CloudRoom::start();
    let mut shop = joined(&cloud, cloud.url(), 40, 250);
    fetch(&shop);
    shop.sell(&[&barcode(0), &barcode(1)]);
    assert!(
        shop.till()
            .synchronize(true, 60)
            .expect("an answer")
            .drained
    );
    fetch(&shop);
    let counts = |shop: &Shop| {
        let file = rusqlite::Connection::open(shop.dir().join("shop.db")).expect("it opens");
        ["product", "cloud_stock"].map(|table| {
            let count = format!("SELECT count(*) FROM {table}");
            file.query_row(&count, [], |row| row.get::<_, i64>(0))
                .expect("a count")
        })
    };
    let before = counts(&shop);
    shop.close();
    let file = rusqlite::Connection::open(shop.dir().join("shop.db")).expect("it opens");
    file.execute_batch(
        "PRAGMA foreign_keys = OFF; DELETE FROM cloud_stock;
         DELETE FROM product WHERE code = 'A7';",
    )
    .expect("rows go");
    drop(file);
    shop.open();
    shop.sign_in();
    fetch(&shop);
    assert_ne!(counts(&shop), before, "nobody asks for what did not change");
    shop.till().reread_catalogue().expect("begun again");
    fetch(&shop);
    assert_eq!(
        counts(&shop),
        before,
        "all of it is here again, stock as well"
    );
    shop.sell(&[&barcode(7)]);
    shop.prove();
}
