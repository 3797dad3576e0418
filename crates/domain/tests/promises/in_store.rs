//! Prices and weights inside barcodes, by rules that are data.

use crate::builders::{cart_of, mug, usual};
use domain::in_store::InStoreRuleRefused;
use domain::{
    InStoreRead, InStoreRule, InStoreScan, InStoreValue, PriceReason, Product, ScannedValue, Unit,
    read_in_store,
};

fn rule(
    prefix: &str,
    item_digits: u8,
    value_digits: u8,
    verifier: bool,
    holds: InStoreValue,
) -> InStoreRule {
    InStoreRule {
        prefix: prefix.to_owned(),
        item_digits,
        value_digits,
        verifier,
        holds,
        divisor: 1,
    }
}

fn rules() -> Vec<InStoreRule> {
    vec![
        rule("02", 5, 4, true, InStoreValue::PriceMinor),
        rule("20", 5, 5, false, InStoreValue::PriceMinor),
        rule("21", 5, 5, false, InStoreValue::WeightGram),
        rule("22", 4, 5, true, InStoreValue::WeightGram),
    ]
}

/// Appends the right check digit.
fn closed(body: &str) -> String {
    let weighted = body.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn scan(item: &str, value: ScannedValue) -> InStoreScan {
    InStoreScan {
        item: item.to_owned(),
        value,
    }
}

#[test]
fn a_price_and_a_weight_are_read_without_a_verifier() {
    let price = closed("201234500399");
    assert_eq!(
        read_in_store(&price, &rules()),
        Some(scan("12345", ScannedValue::PriceMinor(399))),
        "3.99 for this piece"
    );
    let weight = closed("210004201250");
    assert_eq!(
        read_in_store(&weight, &rules()),
        Some(scan("00042", ScannedValue::QuantityMilli(1_250))),
        "1.25 kg"
    );
}

#[test]
fn a_verifier_of_four_digits_is_checked() {
    // GS1's own example: the price 28.75 has the verifier 9.
    let right = closed("021234592875");
    assert_eq!(
        read_in_store(&right, &rules()),
        Some(scan("12345", ScannedValue::PriceMinor(2_875)))
    );
    let wrong = closed("021234582875");
    assert_eq!(
        InStoreRead::of(&wrong, &rules()),
        InStoreRead::Misread,
        "a misread price is worse than none"
    );
}

#[test]
fn a_verifier_of_five_digits_is_checked() {
    // GS1's own example: the value 14685 has the verifier 6.
    let right = closed("221234614685");
    assert_eq!(
        read_in_store(&right, &rules()),
        Some(scan("1234", ScannedValue::QuantityMilli(14_685)))
    );
    let others = (0..10).filter(|&digit| {
        let code = closed(&format!("221234{digit}14685"));
        read_in_store(&code, &rules()).is_some()
    });
    assert_eq!(
        others.collect::<Vec<_>>(),
        [6],
        "one verifier of ten is right"
    );
}

#[test]
fn a_upc_a_of_a_scale_reads_like_its_ean_13() {
    let ean_13 = closed("021234592875");
    assert_eq!(
        read_in_store(&ean_13[1..], &rules()),
        read_in_store(&ean_13, &rules())
    );
    assert!(
        read_in_store(&ean_13[1..], &rules()).is_some(),
        "the scanner may leave the zero out"
    );
}

#[test]
fn a_wrong_check_digit_gives_no_price() {
    let mut code = closed("201234500399");
    let last = code
        .pop()
        .and_then(|digit| digit.to_digit(10))
        .expect("a digit");
    code.push_str(&((last + 1) % 10).to_string());
    assert_eq!(InStoreRead::of(&code, &rules()), InStoreRead::Misread);
}

#[test]
fn codes_without_a_rule_are_ordinary() {
    for code in [
        "4006381333931",
        "2912345003994",
        "96385074",
        "85123A",
        "",
        "20",
    ] {
        assert_eq!(
            InStoreRead::of(code, &rules()),
            InStoreRead::Ordinary,
            "\"{code}\""
        );
    }
}

#[test]
fn the_longer_prefix_wins_and_a_divisor_divides() {
    let mut all = rules();
    all.push(InStoreRule {
        divisor: 100,
        ..rule("201", 4, 5, false, InStoreValue::PriceMinor)
    });
    let code = closed("201234512350");
    assert_eq!(
        read_in_store(&code, &all),
        Some(scan("2345", ScannedValue::PriceMinor(124))),
        "123.50 in a currency without decimals"
    );
}

#[test]
fn rules_that_cannot_be_are_refused_and_never_used() {
    let gram = InStoreValue::WeightGram;
    let table = [
        (
            rule("50", 5, 5, false, gram),
            InStoreRuleRefused::Prefix {
                prefix: "50".to_owned(),
            },
        ),
        (
            rule("2", 6, 5, false, gram),
            InStoreRuleRefused::Prefix {
                prefix: "2".to_owned(),
            },
        ),
        (
            rule("2é", 5, 5, false, gram),
            InStoreRuleRefused::Prefix {
                prefix: "2é".to_owned(),
            },
        ),
        (
            rule("20", 5, 4, false, gram),
            InStoreRuleRefused::Digits { digits: 11 },
        ),
        (
            rule("20", 10, 0, false, gram),
            InStoreRuleRefused::Digits { digits: 12 },
        ),
        (
            rule("20", 3, 6, true, gram),
            InStoreRuleRefused::Verifier { value_digits: 6 },
        ),
        (
            InStoreRule {
                divisor: 0,
                ..rule("20", 5, 5, false, gram)
            },
            InStoreRuleRefused::Divisor,
        ),
    ];
    for (rule, refused) in table {
        assert_eq!(rule.check(), Err(refused), "{rule:?}");
        let code = closed("201234500399");
        assert_eq!(
            InStoreRead::of(&code, std::slice::from_ref(&rule)),
            InStoreRead::Ordinary,
            "{rule:?} was used"
        );
    }
}

#[test]
fn a_weight_sells_at_the_list_price_and_a_label_at_its_own() {
    let cheese = Product {
        unit: Unit::Kilogram,
        price_minor: Some(1_190),
        ..mug()
    };
    let weighed = cheese
        .line_in_store(ScannedValue::QuantityMilli(252), None)
        .expect("it has a price");
    assert_eq!(weighed.price_reason, None, "the list price needs no reason");
    let labelled = cheese
        .line_in_store(ScannedValue::PriceMinor(333), None)
        .expect("the label has a price");
    assert_eq!(
        labelled.price_reason,
        Some(PriceReason::InBarcode),
        "the label says why"
    );
    let gross = cart_of([weighed, labelled], &usual())
        .totals(&usual())
        .gross_minor;
    assert_eq!(
        gross,
        300 + 333,
        "0.252 kg at 11.90 is 2.9988, shown 3.00; the label is 3.33"
    );
}
