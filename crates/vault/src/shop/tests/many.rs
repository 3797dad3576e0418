//! A large catalogue behaves like a small one.

use std::fmt::Write as _;

use domain::normal_key;

use super::{found, import, scanned, shop};

/// How many articles; each has a barcode of 13 digits.
const ARTICLES: u64 = 100_000;

fn barcode(n: u64) -> String {
    format!("{:013}", 4_000_000_000_000 + n * 7_919)
}

#[test]
fn a_hundred_thousand_articles_are_each_found_by_their_code() {
    let (_dir, shop) = shop();
    let mut csv = String::from("barcode,name,price,category\n");
    for n in 0..ARTICLES {
        writeln!(
            csv,
            "{},Article number{n} of shelf{},1.{:02},Aisle {}",
            barcode(n),
            n % 977,
            n % 100,
            n % 20
        )
        .expect("text");
    }
    let mut told = 0;
    let report = shop
        .import(csv.as_bytes(), &super::options(), &mut |rows| told = rows)
        .expect("imported");
    assert_eq!(
        (report.imported, told),
        (ARTICLES, ARTICLES),
        "every row is an article, and the progress ends with all"
    );
    for n in (0..ARTICLES).step_by(997) {
        let found = shop.scan(&barcode(n)).expect("answers");
        assert_eq!(found.products.len(), 1, "article {n} is found, alone");
        assert_eq!(found.key, normal_key(&barcode(n)), "under its key");
    }
    assert!(
        scanned(&shop, "4000000000001").is_empty(),
        "what is not there is unknown"
    );
    assert_eq!(
        found(&shop, "article").len(),
        20,
        "a word that all have is answered within bounds"
    );
    assert_eq!(
        found(&shop, "shelf976 number976")
            .first()
            .map(String::as_str),
        Some("Article number976 of shelf976"),
        "whole words come before words that only begin so"
    );
    assert_eq!(shop.categories().expect("answers").len(), 20, "all aisles");
    let again = import(
        &shop,
        "barcode,name,price\n4000000000000,Article number0 of shelf0,9.99\n",
    );
    assert_eq!(again.updated, 1, "a small file into a large catalogue");
    assert_eq!(
        shop.counts().expect("answers").products,
        100_000,
        "changes just that"
    );
}

#[test]
fn pages_go_through_a_category_without_a_gap_or_a_repeat() {
    let (_dir, shop) = shop();
    let mut csv = String::from("code,name,category\n");
    for n in 0..250 {
        writeln!(
            csv,
            "C{n},{} same name,{}",
            n % 7,
            if n % 2 == 0 { "Even" } else { "Odd" }
        )
        .expect("text");
    }
    import(&shop, &csv);
    for (category, expected) in [(Some("Even"), 125), (None, 250), (Some("None such"), 0)] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = shop.products_in(category, after, 20).expect("answers");
            let Some(last) = page.last() else { break };
            after = Some(last.product_id);
            seen.extend(page.iter().map(|product| product.product_id));
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(
            (all, seen.len()),
            (expected, expected),
            "{category:?}: each once"
        );
    }
}
