//! An article changed at the till is sold by at once, is a fact first, and asks before it guesses.

use app::dto::{NewProduct, ProductDetail, ProductEdit, ScanAnswer, ScannedBy};
use app::{Code, Uuid};
use domain::Unit;
use suite::{CloudRoom, Shop};

fn named(shop: &Shop, name: &str) -> Uuid {
    let hits = shop.till().search(name.to_owned(), 5).expect("a search");
    hits.first().expect("it is in the catalogue").product_id
}

fn priced(product_id: Uuid, price_minor: i64) -> ProductEdit {
    ProductEdit {
        product_id,
        price_minor: Some(price_minor),
        ..ProductEdit::default()
    }
}

fn edit(shop: &Shop, edit: ProductEdit) -> ProductDetail {
    shop.till().edit_product(edit, None).expect("it is changed")
}

fn biscuits(barcodes: &[&str]) -> NewProduct {
    NewProduct {
        code: None,
        name: "Biscuits".to_owned(),
        unit: Unit::Piece,
        price_minor: Some(180),
        tax_class: "VAT".to_owned(),
        category: None,
        barcodes: barcodes.iter().map(|code| (*code).to_owned()).collect(),
        sure: false,
    }
}

fn tax_class(shop: &Shop) -> String {
    let classes = shop.till().tax_classes().expect("the classes");
    classes.first().expect("one").code.clone()
}

#[test]
fn a_price_changed_offline_is_charged_at_the_next_scan_and_is_on_its_way() {
    let shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    let detail = edit(&shop, priced(tea, 275));
    assert_eq!(
        detail.product.price_minor,
        Some(275),
        "what is answered is what is sold by"
    );
    assert!(detail.unsent, "the cloud has not heard of it");
    shop.scan("TEA");
    let cart = shop.till().cart().expect("the cart");
    assert_eq!(
        cart.lines[0].unit_price_minor, 275,
        "the next customer pays the new price"
    );
    let before = shop.till().product(tea).expect("the article");
    let again = shop.till().edit_product(priced(tea, 275), None);
    assert_eq!(
        again.expect_err("nothing differs").code,
        Code::NothingChanged,
        "the same price again is no change"
    );
    assert_eq!(
        shop.till().product(tea).expect("the article"),
        before,
        "and a no changes nothing"
    );
}

#[test]
fn a_change_reaches_the_cloud_and_is_then_sent() {
    let cloud = CloudRoom::start();
    let shop = Shop::alone("GBP");
    shop.till()
        .enrol(cloud.url(), cloud.code())
        .expect("it is let in");
    let tea = named(&shop, "Tea");
    edit(&shop, priced(tea, 275));
    let report = shop.till().synchronize(true, 30).expect("a report");
    assert!(report.drained, "{report:?}");
    assert!(
        !shop.till().product(tea).expect("the article").unsent,
        "the cloud has it"
    );
    let there = cloud.count("SELECT price_minor FROM product WHERE name = 'Tea'");
    assert_eq!(there, 275, "an article that the cloud never saw goes whole");
}

#[test]
fn a_catalogue_that_was_thrown_away_gets_the_changes_back() {
    let mut shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    edit(&shop, priced(tea, 275));
    edit(
        &shop,
        ProductEdit {
            product_id: tea,
            name: Some("Green tea".to_owned()),
            ..ProductEdit::default()
        },
    );
    shop.close();
    for file in ["shop.db", "shop.db-wal", "shop.db-shm"] {
        let _ = std::fs::remove_file(shop.dir().join(file));
    }
    shop.open();
    shop.sign_in();
    let found = shop.till().product(tea).expect("it is back").product;
    assert_eq!(
        (found.name.as_str(), found.price_minor),
        ("Green tea", Some(275)),
        "the ops are the facts, the catalogue follows from them"
    );
}

#[test]
fn a_code_of_another_article_is_a_question_and_not_a_refusal() {
    let shop = Shop::alone("GBP");
    let new = NewProduct {
        tax_class: tax_class(&shop),
        ..biscuits(&["5000112637922"])
    };
    shop.till().new_product(new.clone(), None).expect("made");
    let tea = named(&shop, "Tea");
    let wish = ProductEdit {
        product_id: tea,
        barcodes: Some(vec!["5000112637922".to_owned()]),
        ..ProductEdit::default()
    };
    let asked = shop
        .till()
        .edit_product(wish.clone(), None)
        .expect_err("it is asked");
    let question = (asked.code, asked.value.as_deref(), asked.limit.as_deref());
    assert_eq!(
        question,
        (Code::BarcodeTaken, Some("5000112637922"), Some("Biscuits")),
        "the question names the code and the other article"
    );
    edit(&shop, ProductEdit { sure: true, ..wish });
    let answer = shop
        .till()
        .scan("5000112637922".to_owned(), ScannedBy::Scanner)
        .expect("an answer");
    assert!(
        matches!(&answer, ScanAnswer::Choose { products, .. } if products.len() == 2),
        "the till asks which of the two: {answer:?}"
    );
}

#[test]
fn a_wrong_check_digit_is_taken_and_said() {
    let shop = Shop::alone("GBP");
    let new = NewProduct {
        tax_class: tax_class(&shop),
        ..biscuits(&["5000112637923"])
    };
    let made = shop.till().new_product(new, None).expect("it is taken");
    assert_eq!(
        made.barcodes,
        ["5000112637923"],
        "as it stands on the packet"
    );
    assert!(
        made.remarks
            .iter()
            .any(|words| words.contains("5000112637923")),
        "and it is said: {:?}",
        made.remarks
    );
}

#[test]
fn a_field_beyond_its_limit_is_named_with_value_and_limit() {
    let shop = Shop::alone("GBP");
    let tea = named(&shop, "Tea");
    let refuse = |wish: ProductEdit| {
        let no = shop.till().edit_product(wish, None).expect_err("refused");
        (no.code, no.field, no.limit)
    };
    let long = refuse(ProductEdit {
        product_id: tea,
        name: Some("x".repeat(501)),
        ..ProductEdit::default()
    });
    let said =
        |code, field: &str, limit: &str| (code, Some(field.to_owned()), Some(limit.to_owned()));
    assert_eq!(long, said(Code::TooLarge, "name", "500"), "a name's length");
    let dear = refuse(priced(tea, 2_000_000_000_000));
    assert_eq!(
        dear,
        said(Code::PriceTooLarge, "price", "10000000000.00"),
        "a barcode typed as a price, in this shop's money"
    );
    let (code, field, _) = refuse(ProductEdit {
        product_id: tea,
        tax_class: Some("luxury".to_owned()),
        ..ProductEdit::default()
    });
    assert_eq!(
        (code, field.as_deref()),
        (Code::TaxClassUnknown, Some("tax_class")),
        "a class that is not there"
    );
}
