//! What becomes of each row of a file.

use std::io::{self, Read, Write};

use super::{found, import, open, options, scanned, shop};
use crate::shop::{ImportOptions, PriceRule, ShopError, SourceForm};

const GOOD: &str = "name,barcode,price,tax_class,unit,category,code\nMilk,5000000050010,1.15,zero,piece,Dairy,M1\n";

#[test]
fn each_bad_row_is_told_by_number_and_reason_and_the_rest_is_imported() {
    let (_dir, shop) = shop();
    let long = "x".repeat(501);
    let csv = format!(
        "code,name,barcodes,price,tax_class,unit\n\
         1,Good one,5000000000017,1.00,zero,kg\n\
         2,,5000000000024,1.00,zero,\n\
         3,Negative,,-1.00,zero,\n\
         4,Not a price,,abc,zero,\n\
         5,Too fine,,1.005,zero,\n\
         6,{long},,1.00,zero,\n\
         7,Unknown class,,1.00,luxury,\n\
         8,Too,many,1.00,zero,,columns\n\
         9,\"Broken quote,,1.00,zero,\n\
         \n\
         10,Good after it,5000000000031|5000000000048,2.50,,\n\
         ,No code at all,,1.00,zero,\n\
         12,Odd unit,,1.00,zero,dozen\n\
         10,Another name,,1.00,zero,\n\
         13,\"Quoted, with \"\"quotes\"\"\",,,zero,\n"
    );
    let report = import(&shop, &csv);
    let told: Vec<(u64, &str)> = report
        .refused
        .iter()
        .map(|refused| (refused.row, refused.reason.as_str()))
        .collect();
    let expected = [
        (3, "name is missing"),
        (4, "negative"),
        (5, "\"abc\""),
        (6, "\"1.005\""),
        (7, "501 characters"),
        (8, "\"luxury\""),
        (9, "7 columns"),
        (10, "quotes of column 2"),
        (13, "neither a barcode nor a code"),
        (14, "\"dozen\""),
        (15, "already stands in this file"),
    ];
    assert_eq!(told.len(), expected.len(), "every bad row once: {told:?}");
    for ((row, reason), (wanted_row, words)) in told.iter().zip(expected) {
        assert_eq!(
            *row, wanted_row,
            "the row as a spreadsheet counts: {reason}"
        );
        assert!(
            reason.contains(words),
            "row {row}: {reason:?} should say {words:?}"
        );
    }
    assert_eq!(
        (
            report.rows,
            report.imported,
            report.updated,
            report.refused_rows
        ),
        (14, 3, 0, 11),
        "none is dropped"
    );
    assert_eq!(
        scanned(&shop, "5000000000048"),
        ["Good after it"],
        "the second barcode of a row"
    );
    assert_eq!(
        found(&shop, "quoted"),
        ["Quoted, with \"quotes\""],
        "a well-quoted name as its author meant it"
    );
}

#[test]
fn broken_utf8_and_endless_rows_cost_one_row_each() {
    let (_dir, shop) = shop();
    let mut csv = b"\xef\xbb\xbfname,code\r\nCaf\xe9,1\r\n".to_vec();
    csv.extend(std::iter::repeat_n(b'x', 200_000));
    csv.extend(b"\r\nGood,3\r\nNo line end,4");
    let report = shop
        .import(&csv[..], &options(), &mut |_| {})
        .expect("imported");
    let rows: Vec<u64> = report.refused.iter().map(|refused| refused.row).collect();
    assert_eq!(
        (rows, report.imported),
        (vec![2, 3], 2),
        "the rest is there: {:?}",
        report.refused
    );
    assert!(
        report.refused[0].reason.contains("UTF-8"),
        "the reason names the encoding"
    );
}

#[test]
fn columns_may_come_in_any_order_and_strange_ones_are_named() {
    let (_dir, shop) = shop();
    let report = import(
        &shop,
        "supplier;price;name;barcode\nACME;3,5;Oil;5000000000055\nACME;3.50;Oil;5000000000055\n",
    );
    assert_eq!(
        report.ignored_columns,
        ["supplier"],
        "what is not understood is said"
    );
    assert_eq!(report.imported, 1, "one article: {:?}", report.refused);
}

#[test]
fn a_file_without_known_columns_is_refused_whole() {
    let (_dir, shop) = shop();
    for text in [
        "",
        "\n\n",
        "a,b,c\n1,2,3\n",
        "name,price\nMilk,1\n",
        "\"name,code\nMilk,1\n",
    ] {
        let refused = shop.import(text.as_bytes(), &options(), &mut |_| {});
        assert!(
            matches!(refused, Err(ShopError::HeaderUnknown { .. })),
            "{text:?} gave {refused:?}"
        );
    }
}

#[test]
fn the_open_food_facts_form_has_no_prices_unless_a_rule_makes_them() {
    let (_dir, shop) = shop();
    let csv = "barcode,gtin_type,check_digit_ok,product_name,alcohol_pct\n3017620422003,GTIN-13,1,Nut spread,\n";
    let report = import(&shop, csv);
    assert_eq!(report.form, SourceForm::OpenFoodFacts, "told by its header");
    assert_eq!(
        shop.scan("3017620422003").expect("answers").products[0].price_minor,
        None,
        "the till asks"
    );
    let by_rule = ImportOptions {
        price_rule: PriceRule::FromBarcode,
        ..options()
    };
    shop.import(csv.as_bytes(), &by_rule, &mut |_| {})
        .expect("imported");
    let price = shop.scan("3017620422003").expect("answers").products[0].price_minor;
    assert_eq!(
        price,
        Some(crate::shop::price_from_barcode("3017620422003")),
        "by the fixed rule"
    );
}

#[test]
fn the_same_file_again_gives_the_same_articles() {
    let (_dir, shop) = shop();
    let csv = "barcode,name,price\n5000000000017,Tea,1.00\n5000000000017,Coffee,2.00\n5000000000017,Tea,1.20\n";
    let first = import(&shop, csv);
    assert_eq!(
        (first.imported, first.updated),
        (2, 1),
        "two names under one code are two articles; equal rows are one"
    );
    let ids: Vec<_> = shop
        .scan("5000000000017")
        .expect("answers")
        .products
        .iter()
        .map(|p| p.product_id)
        .collect();
    assert_eq!(ids.len(), 2, "both are asked about");
    let again = import(&shop, csv);
    assert_eq!((again.imported, again.updated), (0, 3), "nothing new");
    let same: Vec<_> = shop
        .scan("5000000000017")
        .expect("answers")
        .products
        .iter()
        .map(|p| p.product_id)
        .collect();
    assert_eq!(ids, same, "the same ids");
}

#[test]
fn an_article_with_an_own_code_may_be_renamed_and_change_its_barcodes() {
    let (_dir, shop) = shop();
    import(&shop, GOOD);
    import(
        &shop,
        "code,name,barcode,price\nM1,Fresh milk,5000000050997,1.25\n",
    );
    assert_eq!(
        scanned(&shop, "M1"),
        ["Fresh milk"],
        "one article, with its new name"
    );
    assert!(
        scanned(&shop, "5000000050010").is_empty(),
        "the newer file says which barcodes it has"
    );
    assert_eq!(found(&shop, "milk"), ["Fresh milk"], "and the search knows");
}

#[test]
fn a_dry_run_reports_the_same_and_changes_nothing() {
    let (dir, shop) = shop();
    let dry = ImportOptions {
        dry_run: true,
        ..options()
    };
    let report = shop
        .import(GOOD.as_bytes(), &dry, &mut |_| {})
        .expect("reported");
    assert!(report.dry_run && report.imported == 1, "what would happen");
    assert_eq!(
        shop.counts().expect("answers").products,
        0,
        "nothing happened"
    );
    let kept = std::fs::read_dir(dir.path().join("imports"))
        .expect("a folder")
        .filter_map(Result::ok);
    assert!(
        kept.into_iter()
            .all(|file| file.file_name() == "branch.json"),
        "and nothing was kept"
    );
}

#[test]
fn packed_files_are_read_by_their_first_bytes() {
    let (_dir, shop) = shop();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(GOOD.as_bytes()).expect("packs");
    let packed = packed.finish().expect("packs");
    let report = shop
        .import(&packed[..], &options(), &mut |_| {})
        .expect("imported");
    let plain = import(&shop, GOOD);
    assert_eq!(report.imported, 1, "gzip is seen whatever the name");
    assert_eq!(
        report.source_sha256, plain.source_sha256,
        "the hash is of the unpacked file"
    );
}

/// A source that breaks off.
struct Breaks<'a>(&'a [u8]);

impl Read for Breaks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the stick was pulled out")),
            n => Ok(n),
        }
    }
}

#[test]
fn an_import_that_is_cut_short_leaves_the_old_catalogue() {
    let (dir, shop) = shop();
    import(&shop, GOOD);
    let cut = shop.import(
        Breaks(b"name,code\nNew,N1\nHalf a"),
        &options(),
        &mut |_| {},
    );
    assert!(
        matches!(cut, Err(ShopError::Source { .. })),
        "the reason is the source: {cut:?}"
    );
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "the old catalogue stands");
    assert!(
        scanned(&shop, "N1").is_empty(),
        "none of the new one came in"
    );
    drop(shop);
    assert!(
        !dir.path().join("imports/incoming.part").exists(),
        "what was not accepted is not kept"
    );
    assert!(
        scanned(&open(dir.path()), "N1").is_empty(),
        "not after a restart either"
    );
}

#[test]
fn what_is_put_while_an_import_runs_is_in_both_catalogues() {
    let (_dir, shop) = shop();
    let csv = format!(
        "{GOOD}{}",
        "Bread,5000000020010,2.60,zero,piece,Bakery,B1\n".repeat(1_500)
    );
    let mut put = false;
    let mut while_it_runs = |_rows: u64| {
        if !put {
            put = true;
            shop.put_product(&super::article("Q1", "Quick article"), &[])
                .expect("a sale never waits for an import");
            assert_eq!(scanned(&shop, "Q1"), ["Quick article"], "sellable at once");
            assert!(
                scanned(&shop, "M1").is_empty(),
                "the import is not there yet"
            );
            assert!(
                matches!(
                    shop.import(GOOD.as_bytes(), &options(), &mut |_| {}),
                    Err(ShopError::ImportUnderWay)
                ),
                "a second import is refused"
            );
        }
    };
    shop.import(csv.as_bytes(), &options(), &mut while_it_runs)
        .expect("imported");
    assert_eq!(
        scanned(&shop, "Q1"),
        ["Quick article"],
        "still there after the change of catalogues"
    );
    assert_eq!(scanned(&shop, "M1"), ["Milk"], "and so is the import");
}
