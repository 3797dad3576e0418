//! What a scanned code is.

use domain::{InStoreRule, InStoreValue, ScannedValue};

use super::{article, scanned, shop};

fn rule(prefix: &str, holds: InStoreValue) -> InStoreRule {
    InStoreRule {
        prefix: prefix.to_owned(),
        item_digits: 5,
        value_digits: 5,
        verifier: false,
        holds,
        divisor: 1,
    }
}

#[test]
fn a_code_is_found_by_each_of_its_spellings() {
    let (_dir, shop) = shop();
    let upc_a = "012300045018".to_owned();
    shop.put_product(
        &article("P1", "Peanut butter"),
        std::slice::from_ref(&upc_a),
    )
    .expect("put");
    for code in [
        upc_a.as_str(),
        "0012300045018",
        "00012300045018",
        " 012300045018\r\n",
    ] {
        assert_eq!(
            scanned(&shop, code),
            ["Peanut butter"],
            "{code:?} is the same article"
        );
    }
}

#[test]
fn two_articles_under_one_code_are_both_answered() {
    let (_dir, shop) = shop();
    let code = "5000000050048".to_owned();
    shop.put_product(&article("B1", "Salted butter"), std::slice::from_ref(&code))
        .expect("put");
    shop.put_product(
        &article("B2", "Unsalted butter"),
        std::slice::from_ref(&code),
    )
    .expect("put");
    assert_eq!(
        scanned(&shop, &code),
        ["Salted butter", "Unsalted butter"],
        "the till asks, it never guesses"
    );
}

#[test]
fn a_barcode_and_an_own_code_that_are_equal_are_both_answered() {
    let (_dir, shop) = shop();
    shop.put_product(&article("40404040", "By own code"), &[])
        .expect("put");
    shop.put_product(&article("X", "By barcode"), &["40404040".to_owned()])
        .expect("put");
    assert_eq!(
        scanned(&shop, "40404040"),
        ["By own code", "By barcode"],
        "neither has a better right"
    );
}

#[test]
fn an_own_code_is_found_letter_for_letter_first_and_then_in_any_case() {
    let (_dir, shop) = shop();
    shop.put_product(&article("85123A", "White heart"), &[])
        .expect("put");
    shop.put_product(&article("gift_0001_20", "Voucher 20"), &[])
        .expect("put");
    shop.put_product(&article("15056bl", "Parasol, small letters"), &[])
        .expect("put");
    shop.put_product(&article("15056BL", "Parasol, great letters"), &[])
        .expect("put");
    assert_eq!(
        scanned(&shop, "85123a"),
        ["White heart"],
        "a typed code need not be in capitals"
    );
    assert_eq!(
        scanned(&shop, "GIFT_0001_20"),
        ["Voucher 20"],
        "caps lock does not lose an article"
    );
    assert_eq!(
        scanned(&shop, "15056bl"),
        ["Parasol, small letters"],
        "the exact letters win"
    );
    assert_eq!(scanned(&shop, "15056Bl").len(), 2, "neither is exact: ask");
}

#[test]
fn a_wrong_check_digit_is_still_a_product() {
    let (_dir, shop) = shop();
    shop.put_product(&article("W", "Misprinted"), &["5000000050049".to_owned()])
        .expect("put");
    assert_eq!(
        scanned(&shop, "5000000050049"),
        ["Misprinted"],
        "1 in 75 real codes is such a one"
    );
}

#[test]
fn a_scale_code_gives_the_article_and_its_weight_or_price() {
    let (_dir, shop) = shop();
    shop.set_rules(&[
        rule("20", InStoreValue::WeightGram),
        rule("21", InStoreValue::PriceMinor),
    ])
    .expect("rules");
    shop.put_product(&article("W1", "Bananas"), &["10001".to_owned()])
        .expect("put");
    let by_weight = shop.scan("2010001012504").expect("answers");
    assert_eq!(
        by_weight.products.len(),
        1,
        "the item digits name the article"
    );
    assert_eq!(
        by_weight.value,
        Some(ScannedValue::QuantityMilli(1_250)),
        "1.250 kg"
    );
    let by_price = shop.scan("2110001001437").expect("answers");
    assert_eq!(by_price.value, Some(ScannedValue::PriceMinor(143)), "1.43");
    let misread = shop.scan("2110001001438").expect("answers");
    assert!(
        misread.products.is_empty(),
        "a wrong check digit makes a scale code unreadable: its price could be wrong"
    );
}

#[test]
fn a_plain_product_with_the_full_code_beats_a_reading_by_rule() {
    let (_dir, shop) = shop();
    shop.set_rules(&[rule("20", InStoreValue::WeightGram)])
        .expect("rules");
    shop.put_product(&article("W1", "Bananas"), &["10001".to_owned()])
        .expect("put");
    shop.put_product(
        &article("W2", "Packed bananas"),
        &["2010001012504".to_owned()],
    )
    .expect("put");
    let found = shop.scan("2010001012504").expect("answers");
    assert_eq!(
        found.products[0].name, "Packed bananas",
        "the whole code is more than a part of it"
    );
    assert_eq!(found.value, None, "and says nothing of a weight");
}

#[test]
fn what_is_no_code_finds_nothing_and_harms_nothing() {
    let (_dir, shop) = shop();
    shop.put_product(&article("P", "Post"), &[]).expect("put");
    let long = "9".repeat(100_000);
    for code in [
        "",
        "   ",
        "unknown",
        "'; DROP TABLE product; --",
        "\0",
        "🍎",
        long.as_str(),
    ] {
        assert!(
            scanned(&shop, code).is_empty(),
            "{:?} is no article",
            code.chars().take(20).collect::<String>()
        );
    }
    assert_eq!(scanned(&shop, "P"), ["Post"], "everything is still there");
}

#[test]
fn an_unusable_rule_is_refused_with_its_reason() {
    let (_dir, shop) = shop();
    let refused = shop
        .set_rules(&[rule("50", InStoreValue::PriceMinor)])
        .expect_err("50 is no in-store prefix");
    assert!(
        refused.to_string().contains("50"),
        "{refused} names the prefix"
    );
    assert!(
        shop.rules().expect("answers").is_empty(),
        "and nothing was set"
    );
}
