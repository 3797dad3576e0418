//! A replay accounts for every invoice, rings each once, and till and cloud agree afterwards.

use suite::{CloudRoom, Shop, ctl};

const HEAD: &str =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

const ROWS: &str = "\
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,22633,HAND WARMER UNION JACK,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
536589,21777,damaged,-10,2010-12-01 16:50:00,0.0,,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom
C536383,35004C,SET OF 3 COLOURED FLYING DUCKS,-1,2010-12-01 09:49:00,4.65,15311.0,United Kingdom
536600,22633,HAND WARMER UNION JACK,2,2010-12-02 08:28:00,0.001,17850.0,United Kingdom
536601,22633,HAND WARMER UNION JACK,abc,2010-12-02 08:28:00,1.85,17850.0,United Kingdom
536602,22633,HAND WARMER UNION JACK,-2,2010-12-02 08:28:00,1.85,17850.0,United Kingdom
536603,22633,HAND WARMER UNION JACK,2,2010-12-02 08:28:00,-1.85,17850.0,United Kingdom
536604,22633
";

#[test]
fn every_invoice_is_accounted_for_rung_once_and_equal_at_the_cloud() {
    let cloud = CloudRoom::start();
    let shop = Shop::bare();
    assert!(ctl(&shop.dir(), &["init", "--empty", "--currency", "GBP"]).done);
    let joined = ctl(
        &shop.dir(),
        &["enrol", "--cloud", &cloud.url(), "--code", &cloud.code()],
    );
    assert!(joined.done, "{joined:?}");
    let file = shop.file("invoices.csv", format!("{HEAD}{ROWS}").as_bytes());
    let replay = || ctl(&shop.dir(), &["replay", file.to_str().unwrap()]);

    let first = replay();
    assert!(first.done, "{first:?}");
    let report = first.json();
    let number = |name: &str| {
        report[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name}: {report}"))
    };
    let refused = report["refused"].as_array().unwrap();
    assert_eq!(
        (number("sales"), number("refunds"), number("adjustments")),
        (2, 2, 2),
        "{report}"
    );
    let refused_numbers: Vec<_> = refused
        .iter()
        .map(|one| one["invoice"].as_str().unwrap())
        .collect();
    assert_eq!(
        refused_numbers,
        ["536600", "536601", "536602", "536603", "536604"],
        "{report}"
    );
    assert!(
        refused
            .iter()
            .all(|one| one["reason"].as_str().unwrap().len() > 15),
        "each with its reason: {report}"
    );
    assert_eq!(
        number("invoices"),
        2 + 2 + 2 + 5,
        "no invoice is dropped silently"
    );
    assert_eq!(
        number("lines"),
        4 + 2 + 2,
        "identical rows are two lines, not one"
    );
    let net = 2 * 6 * 255 + 6 * 339 + 6 * 185 - 2_750 - 465;
    assert_eq!(report["net_minor"], net, "to the penny");

    let again = replay();
    assert!(again.done, "{again:?}");
    assert_eq!(
        again.json()["rung_before"],
        6,
        "a second replay rings nothing: {again:?}"
    );
    assert_eq!(again.json()["net_minor"], net, "and counts the same");

    let sent = ctl(&shop.dir(), &["sync", "--until-drained", "--timeout", "60"]);
    assert!(sent.done, "{sent:?}");
    assert_eq!(
        sent.json()["needs_person"],
        0,
        "goods nobody counted need nobody: {sent:?}"
    );
    let compared = ctl(&shop.dir(), &["verify", "--against-cloud"]);
    assert!(compared.done, "{compared:?}");
    let proof = compared.json();
    assert_eq!(proof["equal"], true, "{proof}");
    assert_eq!(
        (&proof["cloud"]["sales"], &proof["cloud"]["refunds"]),
        (&2.into(), &2.into()),
        "{proof}"
    );
    assert_eq!(proof["till"]["net_minor"], net, "{proof}");
}

#[test]
fn a_replay_leaves_a_cashiers_cart_alone() {
    let mut shop = Shop::alone("GBP");
    shop.scan("TEA");
    let file = shop.file("invoices.csv", format!("{HEAD}{ROWS}").as_bytes());
    let refused = shop
        .till()
        .replay(&file, &app::ReplayHow::default())
        .unwrap_err();
    assert!(refused.detail.contains("open"), "{refused}");
    assert_eq!(
        shop.till().cart().unwrap().live_lines,
        1,
        "the customer's cart is still there"
    );
    shop.close();
}

#[test]
fn a_file_of_another_form_rings_nothing() {
    let shop = Shop::alone("GBP");
    for (name, content) in [("a.csv", &b"x,y\n1,2\n"[..]), ("b.csv.gz", b"no gzip")] {
        let file = shop.file(name, content);
        let refused = shop
            .till()
            .replay(&file, &app::ReplayHow::default())
            .unwrap_err();
        assert_eq!(refused.code, app::Code::FileUnreadable, "{name}: {refused}");
    }
    assert_eq!(shop.till().status().unwrap().safety.sales_total, 0);
}
