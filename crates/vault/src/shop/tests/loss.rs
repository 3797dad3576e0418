//! What happens when the file is lost, damaged or cut.

use std::fs;

use super::{article, import, open, scanned, shop};
use crate::shop::{Shop, ShopError, ShopOpened};

const CSV: &str = "code,name,price,tax_class\nM1,Milk,1.15,zero\n";

#[test]
fn a_lost_file_is_made_anew_from_the_kept_imports() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    import(
        &shop,
        "code,name,price,tax_class\nM1,Milk,1.25,zero\nM2,Cream,2.00,zero\n",
    );
    let ids: Vec<_> = shop
        .products_in(None, None, 10)
        .expect("answers")
        .iter()
        .map(|p| p.product_id)
        .collect();
    drop(shop);
    fs::remove_file(dir.path().join("shop.db")).expect("lost");
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert!(
        opened.made_anew && opened.imported_again.len() == 2,
        "said so: {opened:?}"
    );
    let again: Vec<_> = shop
        .products_in(None, None, 10)
        .expect("answers")
        .iter()
        .map(|p| p.product_id)
        .collect();
    assert_eq!(
        ids, again,
        "the same articles with the same ids, in the order of the imports"
    );
    assert_eq!(
        shop.scan("M1").expect("answers").products[0].price_minor,
        Some(125),
        "the last price wins"
    );
    assert_eq!(
        shop.tax_classes().expect("answers").len(),
        3,
        "the tax classes were kept as well"
    );
}

#[test]
fn a_damaged_file_is_set_aside_whole_and_made_anew() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    drop(shop);
    let rubbish = vec![0x5a_u8; 50_000];
    fs::write(dir.path().join("shop.db"), &rubbish).expect("damaged");
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    let aside = opened.set_aside.expect("set aside");
    assert_eq!(
        fs::read(aside.join("shop.db")).expect("kept"),
        rubbish,
        "whole, byte for byte"
    );
    assert!(opened.why.is_some(), "with the reason in words");
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "the catalogue is back");
    drop(shop);
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert!(
        opened.made_anew && opened.set_aside.is_none(),
        "set aside once, and remembered until the caller has put its own articles: {opened:?}"
    );
    shop.caught_up();
    drop(shop);
    let (_shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert_eq!(
        opened,
        ShopOpened::default(),
        "then a start is a start again"
    );
}

#[test]
fn damage_met_while_selling_is_mended_at_the_next_start() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    drop(shop);
    fs::write(dir.path().join("shop.db-damaged"), "page 7 is not a page").expect("marked");
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert_eq!(
        opened.why.as_deref(),
        Some("page 7 is not a page"),
        "the reason is handed on"
    );
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and the catalogue is back");
}

#[test]
fn a_file_of_a_newer_program_is_set_aside() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    drop(shop);
    let newer = rusqlite::Connection::open(dir.path().join("shop.db")).expect("opens");
    newer
        .execute(
            "INSERT INTO refinery_schema_history VALUES (99, 'later', '2027-01-01T00:00:00Z', '1')",
            [],
        )
        .expect("a later migration");
    drop(newer);
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert!(opened.set_aside.is_some(), "kept for the newer program");
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and this one sells");
}

#[test]
fn a_file_whose_upgrade_was_done_and_never_noted_is_made_anew() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    drop(shop);
    // As programs left it that committed a migration and its note apart, and died in between.
    let file = rusqlite::Connection::open(dir.path().join("shop.db")).expect("opens");
    file.execute(
        "DELETE FROM refinery_schema_history
         WHERE version = (SELECT max(version) FROM refinery_schema_history)",
        [],
    )
    .expect("the note is gone");
    drop(file);
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert!(opened.set_aside.is_some(), "set aside whole");
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and it sells");
}

#[test]
fn a_kept_import_that_was_not_published_is_finished_at_the_next_start() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    drop(shop);
    // As after a power cut between "the source is accepted" and "the new file is in place".
    let (before, accepted) = (dir.path().join("before.db"), dir.path().join("shop.db"));
    fs::rename(&accepted, &before).expect("aside");
    let shop = open(dir.path());
    drop(shop);
    rusqlite::Connection::open(&accepted)
        .and_then(|db| db.execute("DELETE FROM import", []))
        .expect("forgotten");
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens");
    assert_eq!(opened.imported_again.len(), 1, "the source is read again");
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and nothing is there twice");
}

#[test]
fn an_unreadable_kept_import_is_named_and_stays() {
    let (dir, shop) = shop();
    import(&shop, CSV);
    import(&shop, "code,name,price,tax_class\nM2,Cream,2.00,zero\n");
    drop(shop);
    let mut kept: Vec<_> = fs::read_dir(dir.path().join("imports"))
        .expect("a folder")
        .filter_map(Result::ok)
        .collect();
    kept.sort_by_key(fs::DirEntry::file_name);
    let first = kept
        .iter()
        .find(|file| file.file_name().to_string_lossy().ends_with(".zst"))
        .expect("kept")
        .path();
    fs::write(&first, b"\x28\xb5\x2f\xfdrubbish").expect("damaged");
    fs::remove_file(dir.path().join("shop.db")).expect("lost");
    let (shop, opened) = Shop::open(dir.path(), None).expect("opens all the same");
    assert_eq!(
        (opened.imported_again.len(), opened.not_imported.len()),
        (1, 1),
        "said which: {opened:?}"
    );
    assert_eq!(scanned(&shop, "M2"), ["Cream"], "the others are back");
    assert!(first.exists(), "nothing is deleted");
}

#[test]
fn what_a_row_may_not_hold_is_refused_by_name() {
    let (_dir, shop) = shop();
    let good = article("1", "Good");
    for (bad, field) in [
        (
            domain::Product {
                price_minor: Some(-1),
                ..good.clone()
            },
            "price_minor",
        ),
        (
            domain::Product {
                name: " ".to_owned(),
                ..good.clone()
            },
            "name",
        ),
        (
            domain::Product {
                name: "a\u{1b}p".to_owned(),
                ..good.clone()
            },
            "name",
        ),
        (
            domain::Product {
                code: Some("9".repeat(200)),
                ..good.clone()
            },
            "code",
        ),
    ] {
        let refused = shop.put_product(&bad, &[]);
        assert!(
            matches!(refused, Err(ShopError::Refused { field: f, .. }) if f == field),
            "{field}: {refused:?}"
        );
    }
    let unknown = domain::Product {
        tax_class: "luxury".to_owned(),
        ..good.clone()
    };
    let both = shop.put_products(&[(good, Vec::new()), (unknown, Vec::new())]);
    assert!(
        matches!(both, Err(ShopError::TaxClassUnknown { .. })),
        "{both:?}"
    );
    assert_eq!(
        shop.counts().expect("answers").products,
        0,
        "many are put together or not at all"
    );
}

#[test]
fn an_encrypted_catalogue_does_all_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let key = Some([7_u8; 32]);
    let (shop, _) = Shop::open(dir.path(), key).expect("opens");
    shop.put_tax_class(&domain::TaxClass {
        code: "standard".to_owned(),
        name: "Standard".to_owned(),
        rate_bp: 2_000,
    })
    .expect("put");
    assert_eq!(
        import(&shop, "code,name\nM1,Milk\n").imported,
        1,
        "it is built and published like any other"
    );
    drop(shop);
    let bytes = fs::read(dir.path().join("shop.db")).expect("a file");
    assert!(
        !bytes.windows(4).any(|four| four == b"Milk"),
        "nothing is readable in the file"
    );
    let (shop, opened) = Shop::open(dir.path(), key).expect("opens");
    assert!(opened.set_aside.is_none(), "the key fits: {opened:?}");
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and it scans");
}
