//! The Idempotency-Key, and the limits at the door.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{World, http};
use protocol::Outcome;
use protocol::ports::Clock;
use protocol::wire::PushRequest;

const TEA: u128 = 0x7ea;
const KEY: &str = "01a1f91d-6080-7786-ac94-be41f3963753";

async fn the_same_key_with_the_same_body_is_answered_the_same() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    let request = till.push_request(&till.ops);
    let first = world.push_under(&till, KEY, &request).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (200, None)
    );
    // Between the two, the world went on: the answer is still the first one.
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops[3..])).await;
    let again = world.push_under(&till, KEY, &request).await;
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (200, Some("true"))
    );
    assert_eq!(
        again.json()["runs"][0]["results"],
        first.json()["runs"][0]["results"],
        "op by op the same answer"
    );
    assert_eq!(
        world.audit(&till).await["ops"],
        4,
        "and nothing happened twice"
    );
}

async fn a_key_is_new_for_a_body_that_is_not() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 1_000);
    let request = till.push_request(&till.ops);
    world.push(&till, &request).await;
    let first = world.push_under(&till, KEY, &request).await;
    let again = world.push_under(&till, KEY, &request).await;
    assert_eq!(first.header("idempotency-replayed"), None, "the key is new");
    assert_eq!(
        first.json()["runs"][0]["results"][0]["outcome"],
        "duplicate",
        "and the op is not"
    );
    assert_eq!(
        again.header("idempotency-replayed"),
        Some("true"),
        "now it is not"
    );
    assert_eq!(
        again.json()["runs"][0]["results"],
        first.json()["runs"][0]["results"],
        "what this key was answered first, though another key was answered otherwise"
    );
}

async fn old_and_new_ops_under_one_key_are_answered_the_same_again() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 1_000);
    world.push(&till, &till.push_request(&till.ops)).await;
    till.restock(TEA, 1_000);
    let request = till.push_request(&till.ops);
    let first = world.push_under(&till, KEY, &request).await.json();
    let results = &first["runs"][0]["results"];
    assert_eq!(
        (&results[0]["outcome"], &results[1]["outcome"]),
        (&"duplicate".into(), &"accepted".into()),
        "one was there, one is new"
    );
    world.push(&till, &request).await;
    let again = world.push_under(&till, KEY, &request).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(&again.json()["runs"][0]["results"], results);
}

async fn a_conflict_whose_reply_got_lost_is_told_again_under_any_key() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    let request = till.push_request(&till.ops);
    // The reply to this one never reaches the till.
    let lost = world.push_under(&till, KEY, &request).await.json();
    let told = &lost["runs"][0]["results"][2];
    assert_eq!(
        (&told["outcome"], &told["code"]),
        (&"conflict".into(), &"NEGATIVE_STOCK".into())
    );
    let other = world.push(&till, &request).await;
    let result = &other.runs[0].results[2];
    assert_eq!(result.outcome, Outcome::Duplicate, "recorded already");
    assert_eq!(
        result.outcome.first(result.code),
        Outcome::Conflict,
        "and the till hears that it is a conflict"
    );
    let conflict = result.conflict.map(|id| id.to_string());
    assert_eq!(conflict.as_deref(), told["conflict"].as_str(), "which one");
    let same = world.push_under(&till, KEY, &request).await;
    assert_eq!(same.header("idempotency-replayed"), Some("true"));
    assert_eq!(&same.json()["runs"][0]["results"][2], told, "word for word");
    assert_eq!(world.count("SELECT count(*) FROM conflict"), 1, "once");
}

async fn the_same_key_with_another_body_records_nothing() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    till.sell(TEA);
    let first = world
        .push_under(&till, KEY, &till.push_request(&till.ops[..1]))
        .await;
    assert_eq!(first.status, 200);
    let other = world
        .push_under(&till, KEY, &till.push_request(&till.ops[1..]))
        .await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (422, "idempotency_key_reused")
    );
    assert_eq!(
        world.audit(&till).await["ops"],
        1,
        "nothing of it is recorded"
    );
    let fresh = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert_eq!(
        fresh.runs[0].head.map(|head| head.seq),
        Some(2),
        "a new key goes on"
    );
}

async fn a_key_is_a_till_s_own() {
    let world = World::start().await;
    let mut one = world.enrolled(1, "Acme", "High Street").await;
    let mut two = world.enrolled(2, "Acme", "High Street").await;
    one.sell(TEA);
    two.sell(TEA);
    assert_eq!(
        world
            .push_under(&one, KEY, &one.push_request(&one.ops))
            .await
            .status,
        200
    );
    assert_eq!(
        world
            .push_under(&two, KEY, &two.push_request(&two.ops))
            .await
            .status,
        200
    );
}

async fn a_push_without_a_key_is_refused() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    let answer = world
        .push_under(&till, "", &till.push_request(&till.ops))
        .await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "idempotency_key_missing")
    );
    assert_eq!(world.audit(&till).await["ops"], 0);
}

async fn a_till_cannot_hand_in_another_tills_ops() {
    let world = World::start().await;
    let mut one = world.enrolled(1, "Acme", "High Street").await;
    let two = world.enrolled(2, "Acme", "High Street").await;
    one.sell(TEA);
    let mut request = one.push_request(&one.ops);
    request.sender = two.identity.till;
    let answer = world.push_under(&two, KEY, &request).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"));
}

async fn limits_are_enforced_on_what_unpacks() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..501 {
        till.sell(TEA);
    }
    let many = world
        .push_under(&till, KEY, &till.push_request(&till.ops))
        .await;
    assert_eq!(
        (many.status, many.code().as_str()),
        (413, "too_large"),
        "501 ops"
    );

    for (bytes, why) in [(3, "a bomb of nothing"), (64, "64 MiB of nothing")] {
        let bomb = zstd::bulk::compress(&vec![b' '; bytes * 1024 * 1024], 3).unwrap();
        let path = "/v1/sync/push";
        let (at, token) = (world.clock.wall_ms(), world.token(&till).await);
        let headers = [
            (
                "authorization",
                till.authorization("POST", path, KEY, at, &bomb, token),
            ),
            ("idempotency-key", KEY.to_owned()),
            ("content-encoding", "zstd".to_owned()),
        ];
        let answer = http::send(world.address, "POST", path, &headers, &bomb).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (413, "too_large"),
            "{why}"
        );
    }
    assert_eq!(world.audit(&till).await["ops"], 0);
}

async fn another_protocol_is_asked_to_update() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let request = PushRequest {
        proto: 2,
        ..till.push_of(Vec::new())
    };
    let answer = world.push_under(&till, KEY, &request).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (426, "upgrade_required")
    );
}

async fn garbage_is_named_and_changes_nothing() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    for body in ["", "{", "[]", "null", "{\"proto\":1}"] {
        let answer = world
            .post(&till, "/v1/sync/push", KEY, body.as_bytes())
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "malformed"),
            "{body:?}"
        );
    }
}

both_stores! {
    the_same_key_with_the_same_body_is_answered_the_same,
    a_key_is_new_for_a_body_that_is_not,
    old_and_new_ops_under_one_key_are_answered_the_same_again,
    a_conflict_whose_reply_got_lost_is_told_again_under_any_key,
    the_same_key_with_another_body_records_nothing,
    a_key_is_a_till_s_own,
    a_push_without_a_key_is_refused,
    a_till_cannot_hand_in_another_tills_ops,
    limits_are_enforced_on_what_unpacks,
    another_protocol_is_asked_to_update,
    garbage_is_named_and_changes_nothing,
}
