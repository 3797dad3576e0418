//! What a person finds by typing.

use super::{article, found, shop};
use crate::shop::Shop;

fn stocked() -> (tempfile::TempDir, Shop) {
    let (dir, shop) = shop();
    let names = [
        "Chocolate milk 1 l",
        "Milk",
        "Milk chocolate with hazelnuts",
        "Crème fraîche",
        "Œufs bio, bœuf",
        "Łódź gin",
        "緑茶 Green tea",
        "味噌 Miso",
        "コーヒー牛乳",
        "김치 Kimchi",
        "تمر المجدول",
        "Гречка",
        "ข้าวหอมมะลิ",
        "L'eau plate",
        "Café 100%",
    ];
    for (n, name) in names.iter().enumerate() {
        shop.put_product(
            &article(&format!("S{n}"), name),
            &[format!("50000000{n:05}")],
        )
        .expect("put");
    }
    (dir, shop)
}

#[test]
fn names_that_begin_with_the_word_come_first_and_shorter_ones_before_longer() {
    let (_dir, shop) = stocked();
    assert_eq!(
        found(&shop, "milk"),
        [
            "Milk",
            "Milk chocolate with hazelnuts",
            "Chocolate milk 1 l"
        ],
        "what one means most often is on top"
    );
    assert_eq!(
        found(&shop, "choc mi").first().map(String::as_str),
        Some("Chocolate milk 1 l"),
        "beginnings, in this order"
    );
    assert_eq!(
        found(&shop, "haz mil"),
        ["Milk chocolate with hazelnuts"],
        "and in any order"
    );
}

#[test]
fn accents_and_joined_letters_need_not_be_typed() {
    let (_dir, shop) = stocked();
    for (typed, name) in [
        ("creme fraiche", "Crème fraîche"),
        ("oeufs", "Œufs bio, bœuf"),
        ("BOEUF", "Œufs bio, bœuf"),
        ("lodz", "Łódź gin"),
        ("гречка", "Гречка"),
        ("cafe", "Café 100%"),
        ("eau", "L'eau plate"),
    ] {
        assert_eq!(found(&shop, typed), [name], "{typed:?}");
    }
}

#[test]
fn any_part_of_a_name_is_found_in_scripts_without_spaces() {
    let (_dir, shop) = stocked();
    for (typed, name) in [
        ("茶", "緑茶 Green tea"),
        ("牛乳", "コーヒー牛乳"),
        ("ヒー", "コーヒー牛乳"),
        ("味噌", "味噌 Miso"),
        ("หอม", "ข้าวหอมมะลิ"),
        ("김", "김치 Kimchi"),
        ("المجدول", "تمر المجدول"),
    ] {
        assert_eq!(found(&shop, typed), [name], "{typed:?}");
    }
    assert!(
        found(&shop, "茶緑").is_empty(),
        "the order of the characters counts"
    );
}

#[test]
fn a_code_or_its_beginning_is_found() {
    let (_dir, shop) = stocked();
    assert_eq!(found(&shop, "5000000000001"), ["Milk"], "the whole barcode");
    assert_eq!(
        found(&shop, "5000 00000 0001"),
        ["Milk"],
        "as printed with spaces"
    );
    assert_eq!(found(&shop, "50000000").len(), 15, "all that begin so");
    assert_eq!(
        found(&shop, "s10").first().map(String::as_str),
        Some("تمر المجدول"),
        "an own code in small letters"
    );
}

#[test]
fn any_text_is_safe() {
    let (_dir, shop) = stocked();
    for text in [
        "",
        " ",
        "\"",
        "\"\"",
        "milk\"",
        "*",
        "mi*lk",
        "^milk",
        "name:milk",
        "milk OR",
        "AND",
        "NOT milk",
        "NEAR(a b)",
        "(",
        ")",
        "-milk",
        "+",
        "{name}: milk",
        "🍎",
        "🍎 milk",
        "a\0b",
        "%",
        "_",
        "'",
        "';--",
        "\u{202e}klim",
        "é́́́",
    ] {
        let answer = shop.search(text, 20);
        assert!(answer.is_ok(), "{text:?} failed: {answer:?}");
    }
    assert_eq!(
        found(&shop, "🍎 milk").len(),
        3,
        "what is no word is passed over"
    );
    assert!(
        found(&shop, &"milk ".repeat(10_000)).contains(&"Milk".to_owned()),
        "a very long text is cut, not refused"
    );
}

#[test]
fn a_renamed_article_is_found_by_its_new_name_only() {
    let (_dir, shop) = stocked();
    shop.put_product(&article("S1", "Semi-skimmed"), &[])
        .expect("put");
    assert_eq!(found(&shop, "semi"), ["Semi-skimmed"], "the new name");
    assert!(
        !found(&shop, "milk").contains(&"Milk".to_owned()),
        "not the old one"
    );
    assert!(
        found(&shop, "5000000000001").is_empty(),
        "nor the barcode that it no longer has"
    );
}

#[test]
fn never_more_than_asked_for() {
    let (_dir, shop) = stocked();
    assert_eq!(
        shop.search("50000000", 4).expect("answers").len(),
        4,
        "the limit holds"
    );
    assert!(
        shop.search("50000000", 0).expect("answers").is_empty(),
        "none asked for, none answered"
    );
}
