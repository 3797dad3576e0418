//! What is pulled: staged page by page, published whole, resumed after any cut.

use std::collections::BTreeMap;

use protocol::SegmentId;
use protocol::pull::{Included, PullAnswer, PullRow, PullScope};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{article, open, scanned, shop};
use crate::shop::{Shop, Staged, product_id_of_code};

pub(super) const EPOCH: Uuid = Uuid::from_u128(0xc10d);

pub(super) fn row(rv: u64, entity: &str, id: &str, data: Option<Value>) -> PullRow {
    let data: Option<Box<RawValue>> = data.map(|data| to_raw_value(&data).expect("JSON"));
    PullRow {
        rv,
        entity: entity.to_owned(),
        id: id.to_owned(),
        deleted: data.is_none(),
        data,
    }
}

pub(super) fn class(rv: u64, code: &str, rate_bp: i64) -> PullRow {
    let data = json!({"code": code, "name": code, "rate_bp": rate_bp});
    row(rv, "tax_class", code, Some(data))
}

pub(super) fn product(rv: u64, code: &str, price: i64, tax_class: &str) -> PullRow {
    let id = product_id_of_code(code);
    let versions: BTreeMap<&str, u64> = [("price", rv), ("tax", 1), ("names", 2), ("barcodes", 3)]
        .into_iter()
        .collect();
    row(
        rv,
        "product",
        &id.to_string(),
        Some(json!({
            "product_id": id, "code": code, "name": format!("Article {code}"), "unit": "piece",
            "price_minor": price, "tax_class": tax_class, "tax_rate_bp": 2_000, "category": "Shelf",
            "barcodes": [format!("BAR-{code}")], "versions": versions,
        })),
    )
}

pub(super) fn page(rows: Vec<PullRow>, next: &str, more: bool) -> PullAnswer {
    PullAnswer {
        cloud_epoch: EPOCH,
        server_time_ms: 0,
        watermark: rows.iter().map(|row| row.rv).max().unwrap_or(0),
        rows,
        next: next.to_owned(),
        more,
        included: Vec::new(),
    }
}

pub(super) fn stage(shop: &Shop, scope: PullScope, page: &PullAnswer) {
    let at = shop.pull_place(scope).expect("the place is read");
    let staged = shop.stage_page(scope, at.cursor.as_deref(), page);
    assert_eq!(
        staged.expect("staged"),
        Staged::Kept,
        "asked with the cursor kept"
    );
}

pub(super) fn publish(shop: &Shop, scope: PullScope) -> crate::shop::Published {
    let mark = shop.edit_mark().expect("a mark");
    shop.publish_pull(scope, 1, mark).expect("published")
}

fn price(shop: &Shop, code: &str) -> Option<i64> {
    let found = shop.scan(code).expect("a scan answers").products;
    found.first().and_then(|product| product.price_minor)
}

#[test]
fn a_price_never_shows_before_its_tax_group_and_survives_a_restart_in_between() {
    let (dir, shop) = shop();
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![product(5, "M1", 100, "food")], "c1", true),
    );
    assert_eq!(
        price(&shop, "M1"),
        None,
        "the first page alone is no snapshot"
    );
    drop(shop);
    let shop = open(dir.path());
    let at = shop.pull_place(PullScope::Catalogue).expect("the place");
    assert_eq!(
        (at.cursor.as_deref(), at.unfinished),
        (Some("c1"), true),
        "cursor and staged rows outlive the program"
    );
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![class(6, "food", 500)], "c2", false),
    );
    let done = publish(&shop, PullScope::Catalogue);
    assert_eq!(done.rows, 2, "class and product, together");
    let found = shop.scan("BAR-M1").expect("a scan answers").products;
    assert_eq!(
        found
            .first()
            .map(|p| (p.price_minor, p.tax_rate_bp, p.row_version)),
        Some((Some(100), 500, 5)),
        "price, tax and version of one snapshot"
    );
    let versions = shop
        .product_versions(product_id_of_code("M1"))
        .expect("versions");
    assert_eq!(
        versions.get("price"),
        Some(&5),
        "the group's version, for an edit's base"
    );
}

#[test]
fn the_latest_version_of_a_row_that_changed_while_paging_is_published() {
    let (_dir, shop) = shop();
    let first = vec![
        product(5, "M1", 100, "standard"),
        product(6, "M2", 200, "standard"),
    ];
    stage(&shop, PullScope::Catalogue, &page(first, "c1", true));
    let second = vec![product(9, "M1", 150, "standard")];
    stage(&shop, PullScope::Catalogue, &page(second, "c2", false));
    publish(&shop, PullScope::Catalogue);
    assert_eq!(
        (price(&shop, "M1"), price(&shop, "M2")),
        (Some(150), Some(200)),
        "the row that moved to the end counts as it is there"
    );
}

#[test]
fn a_page_asked_for_with_another_cursor_is_left_out() {
    let (_dir, shop) = shop();
    stage(&shop, PullScope::Stock, &page(Vec::new(), "c1", true));
    let late = shop.stage_page(PullScope::Stock, None, &page(Vec::new(), "c0", false));
    assert_eq!(
        late.expect("answers"),
        Staged::Moved,
        "an answer to an older question"
    );
}

#[test]
fn after_a_new_beginning_the_clouds_rows_it_has_no_more_go_and_what_was_made_here_stays() {
    let (_dir, shop) = shop();
    shop.put_product(&article("HERE", "Made here"), &[])
        .expect("put");
    let rows = vec![
        product(5, "M1", 100, "standard"),
        product(6, "M2", 200, "standard"),
    ];
    stage(&shop, PullScope::Catalogue, &page(rows, "c1", false));
    publish(&shop, PullScope::Catalogue);
    shop.reset_pull(PullScope::Catalogue).expect("begun again");
    assert_eq!(
        price(&shop, "M2"),
        Some(200),
        "until the publish all stands"
    );
    let rows = vec![product(4_294_967_301, "M1", 110, "standard")];
    stage(&shop, PullScope::Catalogue, &page(rows, "d1", false));
    publish(&shop, PullScope::Catalogue);
    assert_eq!(
        (price(&shop, "M1"), price(&shop, "M2"), price(&shop, "HERE")),
        (Some(110), None, Some(199)),
        "swept is only what the cloud gave and has no more"
    );
}

#[test]
fn a_tombstone_removes_the_product_and_its_codes() {
    let (_dir, shop) = shop();
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![product(5, "M1", 100, "standard")], "c1", false),
    );
    publish(&shop, PullScope::Catalogue);
    let id = product_id_of_code("M1").to_string();
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![row(7, "product", &id, None)], "c2", false),
    );
    assert_eq!(
        publish(&shop, PullScope::Catalogue).removed,
        1,
        "one row is gone"
    );
    assert!(
        scanned(&shop, "BAR-M1").is_empty(),
        "and its barcode finds nothing"
    );
}

#[test]
fn a_row_that_no_catalogue_can_hold_stops_nothing() {
    let (_dir, shop) = shop();
    let rows = vec![
        row(3, "product", "x", Some(json!({"name": 7}))),
        product(4, "M0", -5, "standard"),
        row(5, "hologram", "y", Some(json!({"z": 1}))),
        product(6, "M1", 100, "standard"),
    ];
    stage(&shop, PullScope::Catalogue, &page(rows, "c1", false));
    let done = publish(&shop, PullScope::Catalogue);
    assert_eq!(
        (done.rows, done.refused),
        (1, 2),
        "named, counted, passed over"
    );
    assert_eq!(price(&shop, "M1"), Some(100), "its neighbours are sold");
}

#[test]
fn a_change_made_here_is_shown_until_judged_and_goes_if_the_cloud_did_not_take_it() {
    let (_dir, shop) = shop();
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![product(5, "M1", 100, "standard")], "c1", false),
    );
    publish(&shop, PullScope::Catalogue);
    let asked = shop.edit_mark().expect("a mark");
    let mut mine = shop.scan("M1").expect("answers").products.remove(0);
    mine.price_minor = Some(777);
    shop.put_product(&mine, &["BAR-M1".to_owned()])
        .expect("put");
    stage(
        &shop,
        PullScope::Catalogue,
        &page(vec![product(8, "M1", 120, "standard")], "c2", false),
    );
    shop.publish_pull(PullScope::Catalogue, 1, asked)
        .expect("published");
    assert_eq!(
        price(&shop, "M1"),
        Some(777),
        "asked before the change: not judged yet"
    );
    stage(&shop, PullScope::Catalogue, &page(Vec::new(), "c3", false));
    publish(&shop, PullScope::Catalogue);
    let now = shop.scan("M1").expect("answers").products.remove(0);
    assert_eq!(
        (now.price_minor, now.row_version),
        (Some(120), 8),
        "judged and no newer row: head office's price is sold again"
    );
}

#[test]
fn stock_and_what_it_contains_are_of_one_publish() {
    let (_dir, shop) = shop();
    let id = product_id_of_code("M1");
    let level = json!({"product_id": id, "quantity_milli": 7_000, "tracked": true});
    let mut answer = page(
        vec![row(5, "stock", &id.to_string(), Some(level))],
        "s1",
        false,
    );
    let segment = SegmentId([9; 16]);
    answer.included = vec![Included { segment, seq: 41 }];
    answer.watermark = 50;
    stage(&shop, PullScope::Stock, &answer);
    let seen = shop.stock_seen(&[id]).expect("answers");
    assert!(
        seen.rows.is_empty() && seen.included.is_empty(),
        "staged is not published"
    );
    publish(&shop, PullScope::Stock);
    let seen = shop.stock_seen(&[id]).expect("answers");
    assert_eq!(seen.rows[&id].quantity_milli, 7_000, "the cloud's figure");
    assert_eq!(seen.included.get(&segment), Some(&41), "and what is in it");
    let as_of = shop.as_of().expect("answers");
    assert_eq!(
        (as_of.cloud_epoch, as_of.row_version),
        (Some(EPOCH), 50),
        "for a count"
    );
}

#[test]
fn many_rows_are_published_in_the_next_file_and_what_is_put_meanwhile_is_in_both() {
    let (_dir, shop) = shop();
    let rows: Vec<PullRow> = (1..=20_500)
        .map(|rv| product(rv, &format!("P{rv}"), 100, "standard"))
        .collect();
    stage(&shop, PullScope::Catalogue, &page(rows, "c1", false));
    assert_eq!(
        publish(&shop, PullScope::Catalogue).rows,
        20_500,
        "all of them"
    );
    assert_eq!(price(&shop, "P20500"), Some(100), "sold from the new file");
    assert_eq!(
        shop.pull_place(PullScope::Catalogue)
            .expect("the place")
            .cursor
            .as_deref(),
        Some("c1"),
        "the cursor came along"
    );
}
