//! What those who watch see: last contacts, versions, figures; and programs that are too old.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use cloud::server::{AppVersion, Cloud, Manners, Ports};
use common::{Answer, Till, World, entropy, http};
use protocol::ports::Clock;
use serde_json::{Value, json};

const TEA: u128 = 0x7ea;

fn hello(till: &Till, app: &str, backlog: u64) -> Vec<u8> {
    let hello = json!({
        "proto": 1, "till": till.identity.till, "cloud_epoch_seen": null, "heads": [],
        "app": app, "backlog": backlog, "proof_ok": true,
    });
    serde_json::to_vec(&hello).unwrap()
}

async fn only_till(world: &World) -> Value {
    let token = world.read_token("Acme").await;
    let rows = world.get_with_token(&token, "/v1/tills").await.json();
    rows["rows"][0].clone()
}

async fn a_tills_last_word_is_seen_and_the_same_word_is_written_once_a_minute() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    assert_eq!(only_till(&world).await["seen_at_ms"], Value::Null, "never");
    let first_ms = world.clock.wall_ms();
    for (later_ms, backlog, seen_ms) in [
        (0, 7, first_ms),
        (30_000, 7, first_ms),
        (1_000, 8, first_ms + 31_000),
        (60_000, 8, first_ms + 91_000),
    ] {
        world.clock.0.fetch_add(later_ms, Ordering::SeqCst);
        let body = hello(&till, "1.4.2", backlog);
        let answer = world.post(&till, "/v1/sync/hello", "", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let row = only_till(&world).await;
        assert_eq!(
            (
                &row["seen_at_ms"],
                &row["backlog"],
                &row["app"],
                &row["proof_ok"]
            ),
            (
                &json!(seen_ms),
                &json!(backlog),
                &json!("1.4.2"),
                &json!(true)
            ),
            "{row}"
        );
    }
}

/// A second process on the world's database that takes programs from 1.4.0 on.
async fn choosy(world: &World) -> SocketAddr {
    let ports = Ports {
        clock: world.clock.clone(),
        entropy: entropy(),
    };
    let store = world.another().await;
    let manners = Manners {
        min_app: AppVersion::read("1.4.0"),
        ..Manners::default()
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let cloud = Cloud::bind_with(listen, store, ports, manners)
        .await
        .unwrap();
    let address = cloud.address();
    tokio::spawn(cloud.serve_until(std::future::pending()));
    address
}

async fn call(world: &World, to: SocketAddr, till: &Till, path: &str, body: &[u8]) -> Answer {
    let (key, token) = (world.key().to_string(), world.token(till).await);
    let at = world.clock.wall_ms();
    let signed = till.authorization("POST", path, &key, at, body, token);
    let headers = [("authorization", signed), ("idempotency-key", key)];
    http::send(to, "POST", path, &headers, body).await
}

async fn a_program_that_is_too_old_is_asked_to_update_and_loses_nothing() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    let strict = choosy(&world).await;
    let push = serde_json::to_vec(&till.push_request(&till.ops)).unwrap();
    for (app, status) in [
        ("1.3.9", 426),
        ("1.4.0", 200),
        ("1.3.9", 426),
        ("1.10.0", 200),
    ] {
        let said = call(
            &world,
            strict,
            &till,
            "/v1/sync/hello",
            &hello(&till, app, 1),
        )
        .await;
        assert_eq!(said.status, status, "hello of {app}: {}", said.json());
        let pushed = call(&world, strict, &till, "/v1/sync/push", &push).await;
        assert_eq!(pushed.status, status, "push of {app}: {}", pushed.json());
        if status == 426 {
            assert_eq!(pushed.code(), "upgrade_required");
            assert_eq!(
                only_till(&world).await["app"],
                app,
                "it is seen all the same"
            );
        } else {
            assert_eq!(said.json()["min_app"], "1.4.0");
        }
    }
    assert_eq!(
        world.count("SELECT count(*) FROM sale"),
        1,
        "the sale came in, once"
    );
}

async fn guessing_codes_is_slowed_down_and_a_right_code_costs_nothing() {
    let world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    for guess in 0..10 {
        let answer = world
            .enrol_with(&Till::new(9), &format!("22222222{guess:02}"))
            .await;
        assert_eq!(answer.status, 403, "guess {guess}");
    }
    let answer = world.enrol_with(&Till::new(1), &code).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "busy"),
        "not even a right one"
    );
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(wait, 15 * 60, "and it is said for how long");
    world.clock.0.fetch_add(15 * 60 * 1000, Ordering::SeqCst);
    let fresh = world.code("Acme", "High Street").await;
    for _ in 0..12 {
        let answer = world.enrol_with(&Till::new(1), &fresh).await;
        assert_eq!(
            answer.status,
            200,
            "asking again is no guess: {}",
            answer.json()
        );
    }
}

async fn the_figures_tell_what_happened_and_no_names() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme Secret", "Hidden Street").await;
    till.restock(TEA, 1_000);
    till.sell(TEA);
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let body = hello(&till, "1.4.2", 7);
    world.post(&till, "/v1/sync/hello", "", &body).await;
    world.clock.0.fetch_add(90_000, Ordering::SeqCst);
    world.get_bare("/nowhere/hfr_abc").await;
    let answer = world.get_bare("/metrics").await;
    assert_eq!(answer.status, 200);
    let page = String::from_utf8(answer.body).unwrap();
    let id = till.identity.till;
    for line in [
        "holdfast_ops_total{outcome=\"accepted\"} 2".to_owned(),
        "holdfast_ops_total{outcome=\"conflict\"} 1".to_owned(),
        "holdfast_pushes_total 1".to_owned(),
        "holdfast_pushes_inside 0".to_owned(),
        format!("holdfast_till_backlog{{till=\"{id}\"}} 7"),
        format!("holdfast_till_contact_age_seconds{{till=\"{id}\"}} 90"),
        "route=\"/v1/sync/push\",status=\"200\"} 1".to_owned(),
        "route=\"unknown\",status=\"404\"} 1".to_owned(),
    ] {
        assert!(page.contains(&line), "{line} is in\n{page}");
    }
    for word in [
        "Secret",
        "Hidden",
        "hfr_",
        &till.identity.tenant.to_string(),
    ] {
        assert!(!page.contains(word), "{word} is in\n{page}");
    }
}

both_stores! {
    a_tills_last_word_is_seen_and_the_same_word_is_written_once_a_minute,
    a_program_that_is_too_old_is_asked_to_update_and_loses_nothing,
    guessing_codes_is_slowed_down_and_a_right_code_costs_nothing,
    the_figures_tell_what_happened_and_no_names,
}
