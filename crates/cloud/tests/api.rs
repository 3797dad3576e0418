//! What every answer of the API has, and what the API says of itself.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::sync::atomic::Ordering;

use common::World;
use protocol::error::MEDIA_TYPE;
use protocol::ports::Clock;

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
            "/metrics",
            "/v1/admin/branches",
            "/v1/admin/branches/{branch}",
            "/v1/admin/conflicts",
            "/v1/admin/conflicts/{conflict}",
            "/v1/admin/conflicts/{conflict}/settle",
            "/v1/admin/enrol-codes",
            "/v1/admin/in-store-rules",
            "/v1/admin/in-store-rules/{position}",
            "/v1/admin/operators",
            "/v1/admin/operators/{operator}",
            "/v1/admin/operators/{operator}/pin",
            "/v1/admin/products",
            "/v1/admin/products/import",
            "/v1/admin/products/{product}",
            "/v1/admin/products/{product}/price",
            "/v1/admin/salvage",
            "/v1/admin/settings",
            "/v1/admin/settings/{name}",
            "/v1/admin/tax-classes",
            "/v1/admin/tax-classes/{code}",
            "/v1/admin/tills",
            "/v1/admin/tills/{till}/revoke",
            "/v1/enrol",
            "/v1/openapi.json",
            "/v1/sales",
            "/v1/stock",
            "/v1/sync/audit",
            "/v1/sync/hello",
            "/v1/sync/ops",
            "/v1/sync/pull",
            "/v1/sync/push",
            "/v1/sync/snapshot",
            "/v1/sync/token",
            "/v1/tills",
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

async fn every_route_says_what_any_of_them_may_answer() {
    let world = World::start().await;
    let document = world.get_bare("/v1/openapi.json").await.json();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let responses = operation["responses"].as_object().expect("responses");
            for status in ["429", "500"] {
                assert!(responses.contains_key(status), "{method} {path}: {status}");
            }
            if responses.contains_key("401") {
                for status in ["400", "413"] {
                    assert!(responses.contains_key(status), "{method} {path}: {status}");
                }
            }
            let refusal = &responses["500"]["content"][MEDIA_TYPE]["schema"]["$ref"];
            assert_eq!(refusal, "#/components/schemas/ApiError", "{method} {path}");
        }
    }
}

async fn health_needs_no_credential() {
    let world = World::start().await;
    let answer = world.get_bare("/health").await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (200, Some("ok"))
    );
}

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

async fn a_revoked_till_is_told_so() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    world.hand().run("UPDATE till SET revoked_at_ms = 1");
    let answer = world.get(&till, "/v1/sync/audit").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "revoked"));
}

async fn a_call_signed_for_another_time_is_told_the_time_and_nothing_else() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let token = world.token(&till).await;
    let path = "/v1/sync/audit";
    let now_ms = world.clock.wall_ms();
    let limit = protocol::signing::FRESH_WITHIN_MS;
    for at_ms in [
        0,
        -1,
        i64::MIN,
        i64::MAX,
        now_ms - limit - 1,
        now_ms + limit + 1,
    ] {
        let signed = till.authorization("GET", path, "", at_ms, b"", token);
        let headers = [("authorization", signed)];
        let answer = common::http::send(world.address, "GET", path, &headers, b"").await;
        let said = (answer.status, answer.code());
        assert_eq!(said, (401, "clock_wrong".to_owned()), "at {at_ms}");
        assert_eq!(
            answer.json()["server_time_ms"],
            now_ms,
            "the till hears what time it is and signs again"
        );
    }
    for at_ms in [now_ms - limit, now_ms + limit] {
        let signed = till.authorization("GET", path, "", at_ms, b"", token);
        let headers = [("authorization", signed)];
        let answer = common::http::send(world.address, "GET", path, &headers, b"").await;
        assert_eq!(answer.status, 200, "five minutes are near enough: {at_ms}");
    }
}

async fn a_token_lives_an_hour_for_its_till_on_every_process_of_the_database() {
    let mut world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let neighbour = world.enrolled(2, "Acme", "High Street").await;
    let token = world.token(&till).await;
    let theirs = world.token(&neighbour).await;
    let path = "/v1/sync/audit";
    world.restart().await;
    let hour = protocol::signing::TOKEN_LIFE_MS;
    for (later_ms, shown, code, why) in [
        (0, token, "", "another process takes it too"),
        (0, None, "token_expired", "no token"),
        (0, theirs, "token_expired", "the neighbour's"),
        (hour - 1, token, "", "its last moment"),
        (hour, token, "token_expired", "an hour is over"),
    ] {
        let at_ms = world.clock.wall_ms() + later_ms;
        world.clock.0.fetch_add(later_ms, Ordering::SeqCst);
        let signed = till.authorization("GET", path, "", at_ms, b"", shown);
        let headers = [("authorization", signed)];
        let answer = common::http::send(world.address, "GET", path, &headers, b"").await;
        world.clock.0.fetch_sub(later_ms, Ordering::SeqCst);
        assert_eq!(answer.code(), code, "{why}");
    }
}

async fn a_push_of_a_run_without_ops_is_malformed() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(1);
    for from in [0, 1] {
        let mut request = till.push_request(&till.ops);
        request.runs[0].items.clear();
        (request.runs[0].from, request.runs[0].first_seq) = (from, from);
        let answer = world
            .push_under(&till, &world.key().to_string(), &request)
            .await;
        let said = (answer.status, answer.code());
        assert_eq!(said, (400, "malformed".to_owned()), "a run from {from}");
    }
    assert_eq!(world.count("SELECT count(*) FROM stream_head"), 0);
}

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

both_stores! {
    the_description_lists_every_route,
    every_route_says_what_any_of_them_may_answer,
    health_needs_no_credential,
    every_refusal_is_in_our_media_type,
    a_request_signed_by_another_key_is_refused,
    a_revoked_till_is_told_so,
    a_call_signed_for_another_time_is_told_the_time_and_nothing_else,
    a_token_lives_an_hour_for_its_till_on_every_process_of_the_database,
    a_push_of_a_run_without_ops_is_malformed,
    hello_says_which_segments_are_unknown,
}
