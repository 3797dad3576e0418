//! The catalogue's promises, each told by a test that uses the one door, [`Shop`](super::Shop).

mod demo;
mod imports;
mod included;
mod loss;
mod many;
mod office;
mod pulls;
mod refused_rows;
mod scans;
mod searches;
mod snapshots;

use std::path::Path;

use domain::{Currency, Product, TaxClass, Unit};
use tempfile::TempDir;

use super::{ImportOptions, ImportReport, PriceRule, Shop, product_id_of_code};

/// A new catalogue with the three tax classes.
fn shop() -> (TempDir, Shop) {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let shop = open(dir.path());
    for (code, rate_bp) in [("standard", 2_000), ("reduced", 500), ("zero", 0)] {
        let class = TaxClass {
            code: code.to_owned(),
            name: code.to_owned(),
            rate_bp,
        };
        shop.put_tax_class(&class).expect("a tax class can be put");
    }
    (dir, shop)
}

fn open(dir: &Path) -> Shop {
    Shop::open(dir, None).expect("the catalogue opens").0
}

fn options() -> ImportOptions {
    ImportOptions {
        dry_run: false,
        default_tax_class: Some("standard".to_owned()),
        price_rule: PriceRule::AsGiven,
        currency: Currency::from_code("GBP").expect("a known currency"),
        at_ms: 1_763_640_000_000,
    }
}

fn import(shop: &Shop, csv: &str) -> ImportReport {
    shop.import(csv.as_bytes(), &options(), &mut |_| {})
        .expect("a readable file is imported")
}

fn article(code: &str, name: &str) -> Product {
    Product {
        product_id: product_id_of_code(code),
        code: Some(code.to_owned()),
        name: name.to_owned(),
        unit: Unit::Piece,
        price_minor: Some(199),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        row_version: 0,
    }
}

/// The names a scan answers.
fn scanned(shop: &Shop, code: &str) -> Vec<String> {
    names(&shop.scan(code).expect("a scan answers").products)
}

/// The names a search answers.
fn found(shop: &Shop, words: &str) -> Vec<String> {
    names(&shop.search(words, 20).expect("a search answers"))
}

fn names(products: &[Product]) -> Vec<String> {
    products
        .iter()
        .map(|product| product.name.clone())
        .collect()
}
