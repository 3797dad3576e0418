//! Money, quantities and rates as people type and read them.

use crate::builders::currency;
use domain::{
    AmountRefused, Currency, QuantityRefused, format_milli, format_minor, format_rate_bp,
    parse_milli, parse_minor, parse_rate_bp,
};
use proptest::prelude::*;

#[test]
fn amounts_are_read_as_typed() {
    let table = [
        ("12.5", "GBP", 1_250),
        ("1,234.50", "GBP", 123_450),
        ("1,234,567", "JPY", 1_234_567),
        (" 7 ", "GBP", 700),
        (".05", "GBP", 5),
        ("5.", "GBP", 500),
        ("-0.02", "GBP", -2),
        ("1.250", "KWD", 1_250),
        ("5.000", "GBP", 500),
        ("10000000000.00", "GBP", 1_000_000_000_000),
    ];
    for (text, code, minor) in table {
        assert_eq!(
            parse_minor(text, currency(code)),
            Ok(minor),
            "\"{text}\" {code}"
        );
    }
}

#[test]
fn what_is_no_amount_is_refused_and_never_guessed() {
    let gbp = currency("GBP");
    for text in [
        "", " ", "-", ".", "abc", "12,50", "1234,567", "0,123", "1,23,456", "1 000", "£5", "1e3",
        "--5", "+5", "٣",
    ] {
        assert!(
            matches!(parse_minor(text, gbp), Err(AmountRefused::Malformed { .. })),
            "\"{text}\" was read"
        );
    }
    let fine = parse_minor("1.005", gbp).expect_err("GBP has two decimals");
    assert_eq!(
        fine.to_string(),
        "amount \"1.005\" has too many decimals: GBP has 2; round it and try again"
    );
    let barcode = parse_minor("5012345678900", gbp).expect_err("a barcode is no amount");
    assert_eq!(
        barcode.to_string(),
        "amount \"5012345678900\" is too large: the limit is 10000000000.00 GBP; check for a barcode typed as an amount"
    );
    let endless = "9".repeat(400);
    assert!(
        matches!(
            parse_minor(&endless, gbp),
            Err(AmountRefused::TooLarge { .. })
        ),
        "400 digits overflow nothing"
    );
}

#[test]
fn quantities_are_read_as_typed_and_commas_are_not() {
    for (text, milli) in [
        ("3", 3_000),
        ("1.25", 1_250),
        ("0.001", 1),
        ("-2", -2_000),
        ("1000000", 1_000_000_000),
    ] {
        assert_eq!(parse_milli(text), Ok(milli), "\"{text}\"");
    }
    assert!(
        matches!(parse_milli("1,250"), Err(QuantityRefused::Malformed { .. })),
        "1,250 kg may be 1.25 kg"
    );
    assert!(
        matches!(
            parse_milli("0.0001"),
            Err(QuantityRefused::TooManyDecimals { .. })
        ),
        "finer than a gram"
    );
    let vast = parse_milli("1000000000000").expect_err("10^12 pieces");
    assert_eq!(
        vast.to_string(),
        "quantity \"1000000000000\" is too large: the limit is 1000000; check for a barcode typed as a quantity"
    );
}

#[test]
fn rates_are_read_as_percentages() {
    for (text, rate_bp) in [
        ("20", 2_000),
        ("7.7", 770),
        ("7.7 %", 770),
        ("0", 0),
        ("8.875", -1),
    ] {
        assert_eq!(parse_rate_bp(text).unwrap_or(-1), rate_bp, "\"{text}\"");
    }
    for text in ["-1", "1000.01", "", "%", "twenty"] {
        assert!(parse_rate_bp(text).is_err(), "\"{text}\" is no rate");
    }
    assert_eq!(
        format_rate_bp(770),
        "7.7",
        "written without needless decimals"
    );
    assert_eq!(
        format_rate_bp(2_000),
        "20",
        "and without a point if there are none"
    );
}

#[test]
fn amounts_are_written_with_the_currencys_decimals() {
    let table = [
        (123_450, "GBP", "1234.50"),
        (-2, "GBP", "-0.02"),
        (0, "GBP", "0.00"),
        (1_473, "JPY", "1473"),
        (5, "KWD", "0.005"),
    ];
    for (minor, code, text) in table {
        assert_eq!(format_minor(minor, currency(code)), text, "{minor} {code}");
    }
    assert_eq!(format_milli(1_000), "1", "a piece");
    assert_eq!(format_milli(1_250), "1.25", "a kilogram and a quarter");
    assert_eq!(format_milli(0), "0", "nothing");
}

#[test]
fn every_currency_is_found_by_its_code_and_has_handy_notes() {
    let mut before = "";
    for one in Currency::all() {
        assert_eq!(
            Currency::from_code(one.code()),
            Some(one),
            "{one} by its code"
        );
        assert!(one.code() > before, "{one} stands in order");
        assert!(
            one.notes_minor().is_sorted() && !one.notes_minor().is_empty(),
            "{one}: notes ascend"
        );
        assert_eq!(
            serde_json::to_string(&one).ok(),
            Some(format!("\"{one}\"")),
            "{one} in JSON is its code"
        );
        before = one.code();
    }
    assert_eq!(Currency::from_code("gbp"), None, "codes are capitals");
    let unknown = serde_json::from_str::<Currency>("\"XXX\"").expect_err("no such currency");
    assert!(
        unknown.to_string().contains("currency \"XXX\" is unknown"),
        "says which: {unknown}"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(minor in -1_000_000_000_000_i64..=1_000_000_000_000, milli in -1_000_000_000_i64..=1_000_000_000) {
        for one in Currency::all() {
            prop_assert_eq!(parse_minor(&format_minor(minor, one), one), Ok(minor));
        }
        prop_assert_eq!(parse_milli(&format_milli(milli)), Ok(milli));
    }

    #[test]
    fn no_text_at_all_breaks_the_readers(text in "\\PC{0,40}") {
        let _ = (parse_minor(&text, currency("GBP")), parse_milli(&text), parse_rate_bp(&text));
    }
}
