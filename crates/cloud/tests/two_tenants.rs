//! Every route of the API as it describes itself, every id of one business, every credential of
//! another: nothing is read and nothing is written.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::collections::BTreeMap;

use common::contract::{self, Kind};
use common::{Till, World, http};
use protocol::ports::Clock;
use serde_json::json;
use uuid::Uuid;

const TEA: u128 = 0x7ea;
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Who knocks.
enum Credential<'a> {
    Till(&'a Till),
    Bearer(&'a str),
    Nobody,
}

/// A business with something in every table.
async fn acme(world: &World) -> (Till, BTreeMap<&'static str, Vec<String>>) {
    let mut till = world.enrolled(1, "Acme", "Secret Street").await;
    let admin = world.admin_token("Acme").await;
    let class = json!({ "name": "Secret rate", "rate_bp": 1_234 });
    let product = Uuid::from_u128(TEA).to_string();
    let operator = Uuid::from_u128(0x0ada).to_string();
    let entry = json!({ "code": "SECRET", "name": "Secret tea", "unit": "piece",
        "price_minor": 4_321, "tax_class": "secret", "barcodes": [] });
    let ada = json!({ "name": "Secret Ada", "role": "manager", "active": true });
    for (path, body) in [
        ("/v1/admin/tax-classes/secret".to_owned(), class),
        (format!("/v1/admin/products/{product}"), entry),
        (format!("/v1/admin/operators/{operator}"), ada),
        (
            "/v1/admin/settings/secret".to_owned(),
            json!({ "value": "Secret words" }),
        ),
    ] {
        let answer = world.office(&admin, "PUT", &path, &body).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    }
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let open = world
        .get_with_token(&admin, "/v1/admin/conflicts")
        .await
        .json();
    let conflict = open["rows"][0]["conflict"]
        .as_str()
        .expect("a conflict")
        .to_owned();
    let ids = BTreeMap::from([
        ("till", vec![till.identity.till.to_string()]),
        ("branch", vec![till.identity.branch.to_string()]),
        ("product", vec![product]),
        ("operator", vec![operator]),
        ("conflict", vec![conflict]),
        ("segment", vec![till.segment.to_string()]),
        (
            "op",
            till.ops.iter().map(|op| op.op_id.to_string()).collect(),
        ),
        ("code", vec!["secret".to_owned()]),
        ("name", vec!["secret".to_owned()]),
        ("position", vec!["0".to_owned()]),
        (
            "words",
            vec![
                "Secret tea".into(),
                "Secret Ada".into(),
                "Secret words".into(),
                "Secret rate".into(),
                "Secret Street".into(),
            ],
        ),
    ]);
    (till, ids)
}

/// Every row of every table that names the tenant, as text.
fn rows_of(world: &World, tenant: Uuid) -> BTreeMap<String, Vec<String>> {
    let hand = world.hand();
    let (list, ours) = match contract::kind() {
        Kind::Sqlite => (
            "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
             WHERE m.type = 'table' AND c.name = 'tenant'",
            format!("tenant = x'{}'", tenant.simple()),
        ),
        Kind::Postgres => (
            "SELECT c.table_name::text FROM information_schema.columns AS c
             JOIN information_schema.tables AS t USING (table_schema, table_name)
             WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'tenant'",
            format!("tenant = '{tenant}'"),
        ),
    };
    let mut all = BTreeMap::new();
    for name in hand.words(list) {
        let row = match contract::kind() {
            Kind::Sqlite => {
                let columns = "SELECT group_concat('quote(' || name || ')', ' || '','' || ')";
                hand.word(&format!("{columns} FROM pragma_table_info('{name}')"))
            }
            Kind::Postgres => format!("to_jsonb({name})::text"),
        };
        let rows = hand.words(&format!("SELECT {row} FROM {name} WHERE {ours} ORDER BY 1"));
        all.insert(name, rows);
    }
    assert!(all.len() > 15, "the tables are found: {:?}", all.keys());
    all
}

/// The path with A's ids in its holes, once for each id that fits.
fn paths(template: &str, ids: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let Some((before, rest)) = template.split_once('{') else {
        return vec![template.to_owned()];
    };
    let (hole, after) = rest.split_once('}').expect("a hole ends");
    let fitting = ids
        .get(hole)
        .unwrap_or_else(|| panic!("no id of Acme fits {{{hole}}} of {template}"));
    fitting
        .iter()
        .flat_map(|id| paths(&format!("{before}{id}{after}"), ids))
        .collect()
}

/// Bodies that name everything of A's that a body can name.
fn bodies(a: &Till, ids: &BTreeMap<&str, Vec<String>>) -> Vec<Vec<u8>> {
    let push = serde_json::to_vec(&a.push_request(&a.ops)).unwrap();
    let salvage = zstd::bulk::compress(&push, 3).unwrap();
    let hello = json!({ "proto": 1, "till": a.identity.till, "cloud_epoch_seen": null, "app": "x",
        "heads": [{ "segment": a.segment, "seq": 1, "chain": a.ops[0].chain }] });
    let (branch, operator) = (&ids["branch"][0], &ids["operator"][0]);
    let texts = [
        json!({}),
        hello,
        json!({ "branch": branch }),
        json!({ "name": "Taken over" }),
        json!({ "name": "Taken over", "rate_bp": 1 }),
        json!({ "price_minor": 1 }),
        json!({ "pin": "2580" }),
        json!({ "value": "Taken over" }),
        json!({ "name": "Taken over", "role": "manager", "active": true, "branches": [branch] }),
        json!({ "version": 1, "decision": "keep_computed", "operator_id": operator }),
        json!({ "rule": { "prefix": "21", "item_digits": 5, "value_digits": 5, "verifier": false,
            "holds": "price_minor", "divisor": 1 } }),
    ];
    let mut all: Vec<Vec<u8>> = texts
        .iter()
        .map(|body| body.to_string().into_bytes())
        .collect();
    all.extend([
        push,
        salvage,
        b"code,name,tax_class\nSECRET,Taken over,secret\n".to_vec(),
    ]);
    all
}

async fn knock(
    world: &World,
    who: &Credential<'_>,
    method: &str,
    path: &str,
    body: &[u8],
) -> http::Answer {
    let key = world.key().to_string();
    let mut headers = vec![("idempotency-key", key.clone())];
    match who {
        Credential::Till(till) => {
            let (at, token) = (world.clock.wall_ms(), world.token(till).await);
            let signed = till.authorization(method, path, &key, at, body, token);
            headers.push(("authorization", signed));
        }
        Credential::Bearer(token) => headers.push(("authorization", format!("Bearer {token}"))),
        Credential::Nobody => {}
    }
    http::send(world.address, method, path, &headers, body).await
}

async fn no_credential_of_one_business_reads_or_changes_anything_of_another() {
    let world = World::start().await;
    let (a, ids) = acme(&world).await;
    let bolt = world.enrolled(2, "Bolt", "High Street").await;
    let read = world.read_token("Bolt").await;
    let admin = world.admin_token("Bolt").await;
    let credentials = [
        Credential::Till(&bolt),
        Credential::Bearer(&read),
        Credential::Bearer(&admin),
        Credential::Nobody,
    ];
    let before = rows_of(&world, a.identity.tenant);
    let queries = format!(
        "?branch={}&segment={}&from=1&scope=stock&limit=100&currency=GBP&default_tax_class=secret",
        a.identity.branch, a.segment
    );
    let document = world.get_bare("/v1/openapi.json").await.json();
    let routes = document["paths"].as_object().expect("paths");
    let bodies = bodies(&a, &ids);
    let mut knocks = 0;
    for (template, item) in routes {
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            let with_body = matches!(*method, "put" | "post" | "patch");
            for path in paths(template, &ids) {
                for asked in [path.clone(), format!("{path}{queries}")] {
                    let none = [Vec::new()];
                    for body in if with_body { &bodies[..] } else { &none[..] } {
                        for who in &credentials {
                            let method = method.to_uppercase();
                            let answer = knock(&world, who, &method, &asked, body).await;
                            knocks += 1;
                            nothing_of(&ids, &path, template, &answer);
                        }
                    }
                }
            }
        }
    }
    assert!(knocks > 1_000, "every route was tried: {knocks} knocks");
    assert_eq!(
        rows_of(&world, a.identity.tenant),
        before,
        "no row of Acme's changed"
    );
}

/// No answer tells an id or a word of A's, beyond what the caller said itself.
fn nothing_of(
    ids: &BTreeMap<&str, Vec<String>>,
    path: &str,
    template: &str,
    answer: &http::Answer,
) {
    assert_ne!(
        answer.status,
        500,
        "{path}: {}",
        String::from_utf8_lossy(&answer.body)
    );
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status != 200 {
        return;
    }
    // Not the id of a branch: Bolt may well make a branch of its own under the same id.
    for kind in ["till", "conflict", "segment", "op", "words"] {
        for id in &ids[kind] {
            // A PUT by id makes the caller's own thing under that id, and says so.
            let own = path.contains(id.as_str())
                || template == "/v1/sync/hello"
                || template == "/v1/admin/salvage";
            assert!(
                own || !text.contains(id.as_str()),
                "{path} tells {kind} {id}: {text}"
            );
        }
    }
}

both_stores! {
    no_credential_of_one_business_reads_or_changes_anything_of_another,
}
