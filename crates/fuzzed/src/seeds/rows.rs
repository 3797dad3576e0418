//! Seeds of what a till fetches: pages of every scope, and a snapshot's lines.

use protocol::pull::{PullAnswer, PullRow, PullScope, SnapshotHead};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::shop::product_id_of_code;

use super::{Seed, seed};
use crate::snapshot::LINES;

pub(super) fn put(seeds: &mut Vec<Seed>) {
    let mut page = |name: &str, scope: PullScope, pages: &[PullAnswer]| {
        let scope = PullScope::ALL.iter().position(|one| *one == scope);
        let how = [u8::try_from(scope.unwrap_or(0)).unwrap_or(0), 0];
        let pages: Vec<String> = pages
            .iter()
            .map(|page| serde_json::to_string(page).expect("JSON"))
            .collect();
        let bytes = [&how[..], pages.join("\n").as_bytes()].concat();
        seeds.push(seed("pull_page", name, bytes));
    };
    page("catalogue", PullScope::Catalogue, &[whole(catalogue())]);
    page(
        "classless",
        PullScope::Catalogue,
        &[whole(vec![product(7, "A1", "books", 500)])],
    );
    let first = PullAnswer {
        more: true,
        ..whole(vec![product(8, "B1", "food", 500)])
    };
    page(
        "two-pages",
        PullScope::Catalogue,
        &[first, whole(vec![class(9, "food", 500)])],
    );
    let gone =
        ["product", "tax_class", "in_store_rule"].map(|entity| row(11, entity, &id("A2"), None));
    page("tombstones", PullScope::Catalogue, &[whole(gone.to_vec())]);
    page("stock", PullScope::Stock, &[stock()]);
    page("config", PullScope::Config, &[whole(config())]);
    page("conflicts", PullScope::Conflicts, &[whole(conflicts())]);
    let later = row(3, "weather", "today", Some(json!({"rain": true})));
    page("unknown", PullScope::Catalogue, &[whole(vec![later])]);
    snapshots(seeds);
}

fn whole(rows: Vec<PullRow>) -> PullAnswer {
    PullAnswer {
        cloud_epoch: Uuid::from_u128(0xe0),
        server_time_ms: 1_795_132_800_000,
        watermark: rows.iter().map(|row| row.rv).max().unwrap_or(0),
        rows,
        next: "AQA".to_owned(),
        more: false,
        included: Vec::new(),
    }
}

fn row(rv: u64, entity: &str, id: &str, data: Option<Value>) -> PullRow {
    PullRow {
        rv,
        entity: entity.to_owned(),
        id: id.to_owned(),
        deleted: data.is_none(),
        data: data.map(|data| to_raw_value(&data).expect("JSON")),
    }
}

fn id(code: &str) -> String {
    product_id_of_code(code).to_string()
}

fn class(rv: u64, code: &str, rate_bp: i64) -> PullRow {
    let data = json!({"code": code, "name": code, "rate_bp": rate_bp});
    row(rv, "tax_class", code, Some(data))
}

fn product(rv: u64, code: &str, tax_class: &str, rate_bp: i64) -> PullRow {
    let data = json!({
        "product_id": id(code), "code": code, "name": format!("Article {code}"), "unit": "piece",
        "price_minor": 250, "tax_class": tax_class, "tax_rate_bp": rate_bp, "category": "Shelf",
        "barcodes": ["5012345678900", format!("BAR-{code}")], "versions": {"price": rv, "tax": 1},
    });
    row(rv, "product", &id(code), Some(data))
}

fn catalogue() -> Vec<PullRow> {
    let rule = json!({"prefix": "21", "item_digits": 5, "value_digits": 5, "verifier": false,
        "holds": "weight_gram", "divisor": 1});
    vec![
        class(4, "food", 500),
        product(5, "B1", "food", 500),
        product(6, "A1", "standard", 2_000),
        row(
            7,
            "in_store_rule",
            "1",
            Some(json!({"position": 1, "rule": rule})),
        ),
    ]
}

fn stock() -> PullAnswer {
    let level = json!({"product_id": id("A1"), "quantity_milli": -4_000, "tracked": true});
    let included = json!([{"segment": "ab".repeat(16), "seq": 12}]);
    PullAnswer {
        included: serde_json::from_value(included).expect("a head"),
        ..whole(vec![
            row(8, "stock", &id("A1"), Some(level)),
            row(9, "stock", &id("A2"), None),
        ])
    }
}

fn config() -> Vec<PullRow> {
    let operator = json!({"operator_id": Uuid::from_u128(0xa), "name": "Ann", "role": "manager", "active": true,
        "pin_phc": "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"});
    vec![
        row(
            2,
            "operator",
            &Uuid::from_u128(0xa).to_string(),
            Some(operator),
        ),
        row(
            3,
            "setting",
            "receipt_footer",
            Some(json!({"name": "receipt_footer", "value": ["Thank you"]})),
        ),
    ]
}

fn conflicts() -> Vec<PullRow> {
    let side = json!({"till": null, "till_name": "Front 1", "operator_name": "Ann", "at_ms": 5,
        "fields": {"price_minor": 250, "name": "Tea"}});
    let data = json!({"conflict": Uuid::from_u128(0xc), "kind": "EDIT_CONFLICT", "code": null,
        "entity": format!("product:{}", id("A1")), "title": "Article A1", "branch": null,
        "op_id": Uuid::from_u128(0xd), "status": "open", "version": 1, "opened_at_ms": 6,
        "mine": side.clone(), "theirs": side, "base": null, "settled": null});
    vec![
        row(4, "conflict", &Uuid::from_u128(0xc).to_string(), Some(data)),
        row(5, "conflict", &Uuid::from_u128(0xe).to_string(), None),
    ]
}

fn snapshots(seeds: &mut Vec<Seed>) {
    let lines = |announced: u64| {
        let head = SnapshotHead {
            cloud_epoch: Uuid::from_u128(0xe0),
            watermark: 7,
            cursor: "AQA".to_owned(),
            rows: announced,
        };
        let mut lines = vec![serde_json::to_string(&head).expect("JSON")];
        lines.extend(
            catalogue()
                .iter()
                .map(|row| serde_json::to_string(row).expect("JSON")),
        );
        lines.join("\n") + "\n"
    };
    let mut put = |name: &str, how: u8, cut: u8, bytes: &[u8]| {
        seeds.push(seed("snapshot", name, [&[how, cut][..], bytes].concat()));
    };
    put("whole", LINES, 0, lines(4).as_bytes());
    put("in-two-parts", 3, 40, lines(4).as_bytes());
    put("one-row-short", LINES, 0, lines(5).as_bytes());
    put("empty", LINES, 0, b"");
    let packed = zstd::bulk::compress(lines(4).as_bytes(), 3).expect("memory is packed");
    put("packed", 0, 0, &packed);
    put("packed-and-cut", 0, 0, &packed[..packed.len() / 2]);
}
