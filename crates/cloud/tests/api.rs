//! What every answer of the API has, and what the API says of itself.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::World;
use protocol::error::MEDIA_TYPE;

#[tokio::test]
async fn the_description_lists_every_route() {
    let world = World::start().await;
    let document = world.get_bare("/v1/openapi.json").await;
    assert_eq!(document.status, 200);
    let paths = document.json()["paths"].clone();
    let listed: Vec<_> = paths.as_object().expect("paths").keys().cloned().collect();
    assert_eq!(
        listed,
        [
            "/health",
            "/v1/enrol",
            "/v1/openapi.json",
            "/v1/sales",
            "/v1/stock",
            "/v1/sync/audit",
            "/v1/sync/hello",
            "/v1/sync/ops",
            "/v1/sync/push",
        ],
        "every route is described, and no other"
    );
    let schemas = document.json()["components"]["schemas"].clone();
    for name in [
        "PushRequest",
        "PushAnswer",
        "HelloAnswer",
        "ApiError",
        "SaleRow",
        "Counts",
    ] {
        assert!(schemas.get(name).is_some(), "{name} is described");
    }
}

#[tokio::test]
async fn health_needs_no_credential() {
    let world = World::start().await;
    let answer = world.get_bare("/health").await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (200, Some("ok"))
    );
}

#[tokio::test]
async fn every_refusal_is_in_our_media_type() {
    let world = World::start().await;
    for (path, status) in [
        ("/nothing", 404),
        ("/v1/sales", 401),
        ("/v1/stock", 401),
        ("/v1/sync/audit", 401),
        ("/v1/sync/ops?segment=x", 401),
        ("/v1/sync/push", 404),
    ] {
        let answer = world.get_bare(path).await;
        assert_eq!(answer.status, status, "GET {path}");
        assert_eq!(
            answer.header("content-type"),
            Some(MEDIA_TYPE),
            "GET {path}"
        );
        assert!(!answer.code().is_empty(), "GET {path} says why");
    }
}

#[tokio::test]
async fn a_request_signed_by_another_key_is_refused() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    assert_eq!(world.get(&till, "/v1/sync/audit").await.status, 200);
    till.key = common::Till::new(2).key;
    let answer = world.get(&till, "/v1/sync/audit").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "unauthorized")
    );
}

#[tokio::test]
async fn a_revoked_till_is_told_so() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    world
        .sql()
        .execute("UPDATE till SET revoked_at_ms = 1", [])
        .unwrap();
    let answer = world.get(&till, "/v1/sync/audit").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "revoked"));
}

#[tokio::test]
async fn a_clock_that_is_years_off_does_not_stop_a_till() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let path = "/v1/sync/audit";
    for at_ms in [0, -1, i64::MAX] {
        let headers = [(
            "authorization",
            till.authorization("GET", path, "", at_ms, b""),
        )];
        let answer = common::http::send(world.address, "GET", path, &headers, b"").await;
        assert_eq!(answer.status, 200, "at {at_ms}");
    }
}

#[tokio::test]
async fn hello_says_which_segments_are_unknown() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let hello = serde_json::json!({
        "proto": 1, "till": till.identity.till, "cloud_epoch_seen": null, "app": "test",
        "heads": [{ "segment": "ab".repeat(16), "seq": 3, "chain": "cd".repeat(32) }],
    });
    let body = serde_json::to_vec(&hello).unwrap();
    let answer = world.post(&till, "/v1/sync/hello", "", &body).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    assert_eq!(
        answer.json()["unknown"],
        serde_json::json!(["ab".repeat(16)])
    );
    assert_eq!(answer.json()["heads"], serde_json::json!([]));
    assert_eq!(
        answer.json()["limits"]["max_ops"],
        500,
        "the limits are advertised"
    );
}
