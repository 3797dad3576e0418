//! What survives a till that is dropped, and a catalogue that is gone.

use app::Code;
use app::dto::{ScanAnswer, ScannedBy};
use suite::Shop;

#[test]
fn the_open_cart_is_there_again_with_its_tenders_after_a_kill() {
    let mut shop = Shop::alone("GBP");
    shop.scan("TEA");
    shop.scan("CAKE");
    shop.till().set_quantity(2, 4_000).unwrap();
    shop.till().void_line(1).unwrap();
    let before = shop.till().cart().unwrap();
    let tender = shop
        .till()
        .add_tender(app::TenderKind::Card, 300, Some("SLIP 7".into()))
        .unwrap();
    shop.drop_till();
    shop.open();
    shop.sign_in();
    let after = shop.till().cart().unwrap();
    assert_eq!(
        after.lines, before.lines,
        "every scan and change is on disk"
    );
    assert_eq!(after.sale_id, before.sale_id, "it is the same sale to be");
    assert_eq!(
        shop.till().tender().unwrap(),
        tender,
        "an approved card stays approved"
    );
    let done = shop.pay_cash();
    assert_eq!(
        Some(done.sale_id),
        before.sale_id,
        "under the id it was begun with"
    );
}

#[test]
fn a_sale_nobody_was_told_about_is_looked_at_before_the_next() {
    let mut shop = Shop::alone("GBP");
    shop.scan("TEA");
    let done = shop.pay_cash();
    shop.drop_till();
    shop.open();
    shop.sign_in();
    assert_eq!(
        shop.till().status().unwrap().untold,
        1,
        "the header counts it"
    );
    let untold = shop.till().untold_sales().unwrap();
    assert_eq!(
        untold[0].sale_id, done.sale_id,
        "it is shown by its receipt"
    );
    let answer = shop.till().scan("CAKE".into(), ScannedBy::Scanner).unwrap();
    assert!(
        matches!(&answer, ScanAnswer::Refused { error } if error.code == Code::UntoldSaleFirst),
        "{answer:?}"
    );
    assert_eq!(
        shop.till().cart().unwrap().sale_id,
        None,
        "no cart was begun"
    );
    shop.till().told(done.sale_id).unwrap();
    shop.till().told(done.sale_id).unwrap();
    shop.scan("CAKE");
}

#[test]
fn an_untold_sale_that_is_given_back_does_not_hold_up_the_next() {
    let mut shop = Shop::alone("GBP");
    shop.scan("TEA");
    let done = shop.pay_cash();
    shop.drop_till();
    shop.open();
    shop.sign_in();
    let request = app::dto::RefundRequest {
        refund_id: None,
        sale_id: done.sale_id,
        lines: vec![app::dto::RefundLineRequest {
            line_no: 1,
            quantity_milli: 1_000,
            back_to_stock: true,
        }],
        reason: "rung twice".into(),
        tender: app::TenderKind::Cash,
        reference: None,
    };
    let back = shop.till().refund(request, None).unwrap();
    shop.till().told(back.sale_id).unwrap();
    shop.scan("CAKE");
}

#[test]
fn a_catalogue_that_is_thrown_away_comes_back() {
    let mut shop = Shop::alone("GBP");
    let made = shop.till().quick_article(
        Some("VASE".into()),
        "Blue vase".into(),
        1_250,
        "standard".into(),
        None,
    );
    assert!(matches!(made, Ok(ScanAnswer::Added { .. })), "{made:?}");
    let done = shop.pay_cash();
    shop.till().told(done.sale_id).unwrap();
    shop.close();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(shop.dir().join(format!("shop.db{suffix}")));
    }
    shop.open();
    shop.sign_in();
    shop.sell(&["TEA", "VASE"]);
    let found = shop.till().look_up("VASE").unwrap().products.remove(0);
    assert_eq!(
        (found.name.as_str(), found.price_minor),
        ("Blue vase", Some(1_250))
    );
    assert_eq!(found.tax_rate_bp, 2_000, "with its tax");
    let classes = shop.till().tax_classes().unwrap();
    assert!(
        classes
            .iter()
            .any(|class| class.code == "standard" && class.rate_bp == 2_000),
        "the shop's taxes are not only in the file that may be thrown away: {classes:?}"
    );
    shop.prove();
}
