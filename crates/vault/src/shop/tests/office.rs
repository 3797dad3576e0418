//! People, settings and conflicts: in a file of their own that nobody reads without its key.

use protocol::pull::PullScope;
use serde_json::{Value, json};
use uuid::Uuid;

use super::pulls::{page, row};
use super::{open, shop};
use crate::shop::{ConflictQuery, Shop};

const KEY: [u8; 32] = [3; 32];

fn conflict(id: u128, status: &str, title: &str) -> Value {
    json!({
        "conflict": Uuid::from_u128(id), "kind": "EDIT_CONFLICT", "code": null,
        "entity": format!("product:{}", Uuid::from_u128(0xa)), "title": title, "branch": null,
        "op_id": Uuid::from_u128(id + 100), "status": status, "version": 1, "opened_at_ms": u64::try_from(id).expect("a small number"),
        "mine": null, "theirs": null, "base": null, "settled": null,
    })
}

fn publish(shop: &Shop, scope: PullScope, rows: Vec<protocol::pull::PullRow>, next: &str) {
    let at = shop.pull_place(scope).expect("the place");
    shop.stage_page(scope, at.cursor.as_deref(), &page(rows, next, false))
        .expect("staged");
    shop.publish_pull(scope, 1, 0).expect("published");
}

fn conflict_row(rv: u64, id: u128, status: &str, title: &str) -> protocol::pull::PullRow {
    let data = conflict(id, status, title);
    row(rv, "conflict", &Uuid::from_u128(id).to_string(), Some(data))
}

#[test]
fn open_conflicts_are_found_by_word_by_product_and_by_op_until_they_are_settled() {
    let (_dir, shop) = shop();
    shop.open_office(&KEY).expect("opened");
    let rows = vec![
        conflict_row(5, 1, "open", "Crème brûlée"),
        conflict_row(6, 2, "open", "Milk"),
    ];
    publish(&shop, PullScope::Conflicts, rows, "k1");
    let ask = |text: &str, settled| {
        let query = ConflictQuery {
            text: text.to_owned(),
            settled,
            limit: 10,
        };
        let found = shop.conflicts(&query).expect("answers");
        found
            .iter()
            .map(|c| c.conflict.as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(ask("", false), [2, 1], "the newest first");
    assert_eq!(ask("MILK", false), [2], "by a word, whatever its case");
    assert_eq!(
        shop.open_conflicts().expect("answers"),
        2,
        "what needs a person"
    );
    let of_product = shop
        .open_conflict_of_product(Uuid::from_u128(0xa))
        .expect("answers");
    assert_eq!(
        of_product.map(|c| c.conflict.as_u128()),
        Some(2),
        "the newest of the product"
    );
    let of_op = shop.conflict_of_op(Uuid::from_u128(101)).expect("answers");
    assert_eq!(
        of_op.map(|c| c.conflict.as_u128()),
        Some(1),
        "the one an op opened"
    );
    publish(
        &shop,
        PullScope::Conflicts,
        vec![conflict_row(9, 2, "settled", "Milk")],
        "k2",
    );
    assert_eq!(
        (ask("", false), ask("", true)),
        (vec![1], vec![2]),
        "settled moves over"
    );
}

#[test]
fn the_offices_file_shows_no_name_without_its_key_and_is_made_anew_when_damaged() {
    let (dir, shop) = shop();
    shop.open_office(&KEY).expect("opened");
    let person = json!({
        "operator_id": Uuid::from_u128(7), "name": "Wilhelmina", "role": "cashier", "active": true, "pin_phc": null,
    });
    let person = row(3, "operator", &Uuid::from_u128(7).to_string(), Some(person));
    publish(&shop, PullScope::Config, vec![person], "p1");
    let people = shop.office_people().expect("answers");
    assert_eq!(
        people.operators[0].name, "Wilhelmina",
        "read back with the key"
    );
    drop(shop);
    for name in ["office.db", "office.db-wal", "shop.db", "shop.db-wal"] {
        let bytes = std::fs::read(dir.path().join(name)).unwrap_or_default();
        let shows = bytes.windows(10).any(|part| part == b"Wilhelmina");
        assert!(!shows, "{name} shows who works here");
    }
    std::fs::write(dir.path().join("office.db"), vec![0x5a; 9_000]).expect("damaged");
    let shop = open(dir.path());
    shop.open_office(&KEY).expect("made anew");
    let people = shop.office_people().expect("answers");
    assert_eq!(
        people.revision, 0,
        "empty: the next pull begins at the beginning"
    );
}
