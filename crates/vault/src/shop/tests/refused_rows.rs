//! Rows of the cloud that no table here can hold: left out by name, and in nobody's way.

use protocol::pull::{PullRow, PullScope};
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::pulls::{class, page, product, publish, row, stage};
use super::{scanned, shop};
use crate::shop::product_id_of_code;

#[test]
fn a_product_whose_class_cannot_be_is_left_out_and_stops_nothing() {
    let (_dir, shop) = shop();
    let odd = |code: &str, class: &str, rate_bp: i64| {
        let id = product_id_of_code(code);
        let data = json!({
            "product_id": id, "code": code, "name": "Odd", "unit": "piece", "price_minor": 1,
            "tax_class": class, "tax_rate_bp": rate_bp, "category": null, "barcodes": [code],
            "versions": {},
        });
        row(5, "product", &id.to_string(), Some(data))
    };
    let rows = vec![
        odd("BELOW", "below", -5),
        odd("BEYOND", "beyond", 100_001),
        odd("NAMELESS", "", 500),
        class(6, "food", 500),
        product(7, "M1", 100, "food"),
    ];
    stage(&shop, PullScope::Catalogue, &page(rows, "c1", false));
    let done = publish(&shop, PullScope::Catalogue);
    assert_eq!(
        (done.rows, done.refused),
        (2, 3),
        "the three are named, class and product are there"
    );
    assert_eq!(
        scanned(&shop, "BAR-M1"),
        ["Article M1"],
        "what came behind them sells"
    );
    assert!(
        scanned(&shop, "BEYOND").is_empty(),
        "nothing of a refused row remains"
    );
    let classes = shop.tax_classes().expect("classes can be read");
    assert_eq!(classes.len(), 4, "and no class of theirs: {classes:?}");
    // Begun again, the publish sweeps, and going back to before a row must not end it either.
    shop.reset_pull(PullScope::Catalogue)
        .expect("it begins again");
    let rows = vec![odd("BELOW", "below", -5), product(8, "M1", 120, "food")];
    stage(&shop, PullScope::Catalogue, &page(rows, "c1", false));
    let done = publish(&shop, PullScope::Catalogue);
    assert_eq!((done.rows, done.refused), (1, 1), "the other one is there");
}

#[test]
fn a_conflict_nested_deeper_than_the_table_reads_is_left_out_and_stops_nothing() {
    let (_dir, shop) = shop();
    shop.open_office(&[4; 32]).expect("the office opens");
    let conflict = |number: u128, more: &str| {
        let id = Uuid::from_u128(number);
        let data = json!({
            "conflict": id, "kind": "EDIT_CONFLICT", "code": null, "entity": "product:x", "title": null,
            "branch": null, "op_id": id, "status": "open", "version": 1, "opened_at_ms": 6,
            "mine": null, "theirs": null, "base": null, "settled": null,
        });
        let text = data.to_string();
        let text = format!(
            "{},\"of_a_time_to_come\":{more}}}",
            text.trim_end_matches('}')
        );
        PullRow {
            data: Some(RawValue::from_string(text).expect("JSON")),
            ..row(3, "conflict", &id.to_string(), Some(json!({})))
        }
    };
    let deep = "[".repeat(1_500) + &"]".repeat(1_500);
    let rows = vec![conflict(1, &deep), conflict(2, "1")];
    stage(&shop, PullScope::Conflicts, &page(rows, "c1", false));
    let done = publish(&shop, PullScope::Conflicts);
    assert_eq!((done.rows, done.refused), (1, 1), "one of the two");
    assert_eq!(shop.open_conflicts().expect("a count"), 1, "is shown");
}
