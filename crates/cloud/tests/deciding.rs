//! Head office decides on conflicts: by ops of a stream of its own.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{Answer, Till, World};
use serde_json::{Value, json};
use uuid::Uuid;

/// Sells a product twice that came in once: stock below zero is a conflict.
async fn below_zero(world: &World, till: &mut Till, product: u128) -> String {
    let from = till.ops.len();
    till.restock(product, 1_000);
    till.sell(product);
    till.sell(product);
    let answer = world
        .push(till, &till.push_request(&till.ops[from..]))
        .await;
    let results = &answer.runs[0].results;
    let conflict = results.iter().find_map(|result| result.conflict);
    conflict.expect("it fell below zero").to_string()
}

async fn settle(world: &World, token: &str, key: &str, conflict: &str, body: &Value) -> Answer {
    let path = format!("/v1/admin/conflicts/{conflict}/settle");
    world.office_under(token, key, "POST", &path, body).await
}

#[track_caller]
fn refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.json());
    let message = answer.json()["message"].to_string();
    assert!(message.contains(words), "{message} says {words}");
}

#[tokio::test]
async fn the_same_decision_sent_many_times_at_once_is_one_and_all_hear_it() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let tea = below_zero(&world, &mut till, 0x7ea).await;
    let body = json!({ "version": 1, "decision": "keep_computed" });
    let key = world.key().to_string();
    let call = || settle(&world, &token, &key, &tea, &body);
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    let answers = [a, b, c, d];
    for answer in &answers {
        assert_eq!(answer.status, 200, "it decided: {}", answer.json());
        assert_eq!(answer.json(), answers[0].json(), "all are told the same");
    }
    let replayed = |answer: &&Answer| answer.header("idempotency-replayed") == Some("true");
    assert_eq!(answers.iter().filter(replayed).count(), 3, "one made it");
    let decided = "SELECT count(*) FROM op_log WHERE type = 'conflict_settled_v1'";
    assert_eq!(world.count(decided), 1, "one op");
    let open = world.get_with_token(&token, "/v1/admin/conflicts").await;
    assert_eq!(open.json()["rows"], json!([]), "and nothing new to decide");
}

#[tokio::test]
async fn a_decision_of_head_office_is_an_op_of_its_own_stream() {
    let mut world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let tea = below_zero(&world, &mut till, 0x7ea).await;
    let open = world
        .get_with_token(&token, "/v1/admin/conflicts")
        .await
        .json();
    assert_eq!(open["rows"][0]["conflict"], tea, "{open}");
    let version = open["rows"][0]["version"].as_u64().unwrap();
    let right = json!({ "version": version, "decision": "keep_computed", "note": "as it is" });

    let key = world.key().to_string();
    let stale = json!({ "version": version + 1, "decision": "keep_computed" });
    refused(
        &settle(&world, &token, &key, &tea, &stale).await,
        409,
        "version",
    );
    let odd = json!({ "version": version, "decision": "keep_mine" });
    refused(
        &settle(&world, &token, &key, &tea, &odd).await,
        400,
        "keep_mine",
    );
    refused(
        &settle(&world, &token, "", &tea, &right).await,
        400,
        "Idempotency-Key",
    );
    let nothing = Uuid::from_u128(1).to_string();
    refused(
        &settle(&world, &token, &key, &nothing, &right).await,
        404,
        "conflict",
    );
    let decided = "SELECT count(*) FROM op_log WHERE type = 'conflict_settled_v1'";
    assert_eq!(world.count(decided), 0, "what is refused leaves no op");

    let settled = settle(&world, &token, &key, &tea, &right).await;
    let row = settled.json();
    assert_eq!(
        (settled.status, &row["status"]),
        (200, &json!("settled")),
        "{row}"
    );
    assert_eq!(row["settled"]["op_id"], key, "by the op of that key: {row}");
    assert_eq!(row["settled"]["note"], "as it is");
    let again = settle(&world, &token, &key, &tea, &right).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), row, "the same call is the same decision");
    assert_eq!(world.count(decided), 1, "once");
    let other = world.key().to_string();
    refused(
        &settle(&world, &token, &other, &tea, &right).await,
        409,
        "settled",
    );

    // A second decision goes on in the segment; after a restart a new one hangs on it.
    let salt = below_zero(&world, &mut till, 0x5a17).await;
    let plain = json!({ "version": 1, "decision": "count_again" });
    let key = world.key().to_string();
    assert_eq!(
        settle(&world, &token, &key, &salt, &plain).await.status,
        200
    );
    world.restart().await;
    let rice = below_zero(&world, &mut till, 0x41ce).await;
    let key = world.key().to_string();
    assert_eq!(
        settle(&world, &token, &key, &rice, &plain).await.status,
        200
    );
    let office = "FROM stream_head WHERE till IN (SELECT till FROM head_office)";
    assert_eq!(
        world.count(&format!("SELECT count(*) {office}")),
        2,
        "a segment a start"
    );
    assert_eq!(
        world.count(&format!("SELECT max(seq) {office}")),
        3,
        "one order for all"
    );
    let parents = format!("SELECT count(*) {office} AND parent_seq = 2");
    assert_eq!(
        world.count(&parents),
        1,
        "the new one hangs on the last link"
    );
    let left = world
        .get_with_token(&token, "/v1/admin/conflicts")
        .await
        .json();
    assert_eq!(left["rows"], json!([]), "nothing is open any more");
    let ended = world
        .get_with_token(&token, "/v1/admin/conflicts?settled=true&limit=2")
        .await;
    let ended = ended.json();
    assert_eq!(ended["rows"].as_array().unwrap().len(), 2, "{ended}");
    let path = format!(
        "/v1/admin/conflicts?settled=true&limit=2&after={}",
        ended["next"].as_str().unwrap()
    );
    let rest = world.get_with_token(&token, &path).await.json();
    assert_eq!(
        (rest["rows"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
}

#[tokio::test]
async fn where_people_are_known_one_who_may_must_have_decided() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let tea = below_zero(&world, &mut till, 0x7ea).await;
    for (n, role, active) in [
        (1, "cashier", true),
        (2, "manager", false),
        (3, "supervisor", true),
    ] {
        let path = format!("/v1/admin/operators/{}", Uuid::from_u128(n));
        let body = json!({ "name": format!("Person {n}"), "role": role, "active": active });
        assert_eq!(world.office(&token, "PUT", &path, &body).await.status, 200);
    }
    let by = |operator: Value| json!({ "version": 1, "decision": "keep_computed", "operator_id": operator });
    let key = world.key().to_string();
    for (operator, status, words) in [
        (Value::Null, 400, "operator_id"),
        (json!(Uuid::from_u128(9)), 404, "operator"),
        (json!(Uuid::from_u128(1)), 403, "supervisor"),
        (json!(Uuid::from_u128(2)), 403, "active"),
    ] {
        refused(
            &settle(&world, &token, &key, &tea, &by(operator)).await,
            status,
            words,
        );
    }
    let settled = settle(&world, &token, &key, &tea, &by(json!(Uuid::from_u128(3)))).await;
    let row = settled.json();
    assert_eq!(settled.status, 200, "{row}");
    assert_eq!(row["settled"]["operator_name"], "Person 3", "{row}");
    assert_eq!(row["settled"]["till_name"], "Head office", "{row}");
}
