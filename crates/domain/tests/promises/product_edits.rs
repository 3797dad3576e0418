//! A product becomes only what can be sold, and an edit says exactly what it changes.

use domain::{CartRefused, EditRefused, FieldGroup, Product, Unit, edit_product, new_product};
use uuid::Uuid;

fn tea() -> (Product, Vec<String>) {
    let product = Product {
        product_id: Uuid::from_u128(1),
        code: Some("TEA".to_owned()),
        name: "Tea".to_owned(),
        unit: Unit::Piece,
        price_minor: Some(255),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: Some("Drinks".to_owned()),
        row_version: 7,
    };
    (product, vec!["5000112637922".to_owned()])
}

fn groups_of(change: impl FnOnce(&mut Product, &mut Vec<String>)) -> Vec<FieldGroup> {
    let (before, barcodes) = tea();
    let (mut wanted, mut keys) = tea();
    change(&mut wanted, &mut keys);
    edit_product(&before, &barcodes, wanted, &keys)
        .unwrap()
        .groups
}

#[test]
fn an_edit_names_the_groups_it_changes_and_no_others() {
    let table: [(&str, Vec<FieldGroup>, Vec<FieldGroup>); 4] = [
        (
            "a new price is the group price",
            groups_of(|product, _| product.price_minor = None),
            vec![FieldGroup::Price],
        ),
        (
            "another tax class is the group tax",
            groups_of(|product, _| product.tax_class = "reduced".to_owned()),
            vec![FieldGroup::Tax],
        ),
        (
            "name and price are two groups",
            groups_of(|product, _| {
                product.name = "Green tea".to_owned();
                product.price_minor = Some(260);
            }),
            vec![FieldGroup::Price, FieldGroup::Names],
        ),
        (
            "one more barcode is the group barcodes",
            groups_of(|_, keys| keys.push("ABC".to_owned())),
            vec![FieldGroup::Barcodes],
        ),
    ];
    for (promise, found, expected) in table {
        assert_eq!(found, expected, "{promise}");
    }
}

#[test]
fn what_is_only_written_in_another_way_is_no_change() {
    let (before, barcodes) = tea();
    let (mut wanted, _) = tea();
    wanted.name = "  Tea ".to_owned();
    let spaced = vec![" 5 000112 637922 ".to_owned()];
    let refused = edit_product(&before, &barcodes, wanted, &spaced).unwrap_err();
    assert_eq!(
        refused,
        EditRefused::NothingChanged,
        "blanks around a name and between a barcode's digits change nothing"
    );
}

#[test]
fn a_wrong_check_digit_is_taken_and_told() {
    let (wanted, _) = tea();
    let keys = ["5000112637923".to_owned(), "SHELF-7".to_owned()];
    let edited = new_product(wanted, &keys).unwrap();
    assert_eq!(edited.barcodes, keys, "both are taken over");
    assert_eq!(
        edited.wrong_check_digits,
        ["5000112637923"],
        "the wrong digit is told; the shop's own code has none"
    );
}

#[test]
fn a_code_given_twice_is_kept_once() {
    let (wanted, _) = tea();
    let keys = ["012345678905", "0012345678905", "X"].map(str::to_owned);
    let edited = new_product(wanted, &keys).unwrap();
    assert_eq!(
        edited.barcodes,
        ["0012345678905", "X"],
        "12 and 13 digits of one code are one code"
    );
}

#[test]
fn every_field_beyond_its_limit_is_refused_by_name() {
    let refuse = |change: fn(&mut Product, &mut Vec<String>)| {
        let (mut product, mut keys) = tea();
        change(&mut product, &mut keys);
        new_product(product, &keys).unwrap_err()
    };
    let cases: [(EditRefused, &str); 7] = [
        (refuse(|product, _| product.name = " ".to_owned()), "name"),
        (refuse(|product, _| product.name = "x".repeat(501)), "name"),
        (
            refuse(|product, _| product.code = Some("x".repeat(129))),
            "code",
        ),
        (
            refuse(|product, _| product.category = Some("x".repeat(501))),
            "category",
        ),
        (refuse(|_, keys| keys.push("  ".to_owned())), "barcode"),
        (refuse(|_, keys| keys.push("a\tb".to_owned())), "barcode"),
        (
            refuse(|_, keys| keys.extend((0..51).map(|n| format!("S{n}")))),
            "barcodes",
        ),
    ];
    for (refused, field) in cases {
        let words = refused.to_string();
        assert!(words.contains(field), "{refused:?} names {field}: {words}");
    }
    let negative = refuse(|product, _| product.price_minor = Some(-1));
    assert_eq!(
        negative,
        EditRefused::Article(CartRefused::PriceNegative {
            unit_price_minor: -1
        }),
        "a price below 0 is refused as in the cart"
    );
}
