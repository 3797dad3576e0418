//! Who is let in, and who is not.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::sync::atomic::Ordering;

use common::{Till, World};

async fn a_code_lets_one_till_in() {
    let world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    assert_eq!(code.len(), 10, "a code has ten characters: {code}");

    let first = world.enrol_with(&Till::new(1), &code).await;
    assert_eq!(first.status, 200, "the code is good once");
    assert_eq!(
        first.json()["tenant_name"],
        "Acme",
        "the till learns whose it is"
    );
    assert_eq!(first.json()["branch_name"], "High Street");

    let second = world.enrol_with(&Till::new(2), &code).await;
    assert_eq!(second.status, 403, "a used code lets nobody else in");
    assert_eq!(second.code(), "code_refused");
    assert_eq!(
        world.count("SELECT count(*) FROM till"),
        1,
        "and leaves no trace"
    );
}

async fn a_till_whose_welcome_got_lost_is_welcomed_again() {
    let world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    let till = Till::new(1);
    let first = world.enrol_with(&till, &code).await;
    let again = world.enrol_with(&till, &code).await;
    assert_eq!(
        again.status, 200,
        "the same till with the same code and key"
    );
    assert_eq!(again.json(), first.json(), "is told the same");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

async fn a_code_ends_after_a_quarter_of_an_hour() {
    let world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    world
        .clock
        .0
        .fetch_add(15 * 60 * 1000 - 1, Ordering::SeqCst);
    let in_time = world.code("Acme", "High Street").await;
    assert_eq!(
        world.enrol_with(&Till::new(1), &code).await.status,
        200,
        "one millisecond before its end a code is good"
    );
    world.clock.0.fetch_add(15 * 60 * 1000, Ordering::SeqCst);
    let late = world.enrol_with(&Till::new(2), &in_time).await;
    assert_eq!((late.status, late.code().as_str()), (403, "code_refused"));
}

async fn a_till_cannot_be_in_two_places_or_have_two_keys() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;

    let elsewhere = world.code("Acme", "Low Street").await;
    let answer = world.enrol_with(&till, &elsewhere).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "already_enrolled")
    );

    let mut other_key = Till::new(2);
    other_key.identity.till = till.identity.till;
    let here = world.code("Acme", "High Street").await;
    let answer = world.enrol_with(&other_key, &here).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "already_enrolled")
    );
    let rightful = world.enrol_with(&till, &here).await;
    assert_eq!(rightful.status, 200, "a refusal does not use the code up");
}

async fn a_forged_enrolment_is_refused_and_costs_no_code() {
    let world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    let till = Till::new(1);
    let mut forged = till.enrol_request(&code);
    forged.signature = Till::new(2).enrol_request(&code).signature;
    let body = serde_json::to_vec(&forged).unwrap();
    let answer = common::http::send(world.address, "POST", "/v1/enrol", &[], &body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "unauthorized")
    );
    assert_eq!(
        world.enrol_with(&till, &code).await.status,
        200,
        "the code is still good"
    );
}

#[tokio::test]
async fn codes_and_tokens_are_not_in_the_file() {
    let mut world = World::start().await;
    let code = world.code("Acme", "High Street").await;
    let token = world.read_token("Acme").await;
    world.restart().await;
    for name in ["cloud.db", "cloud.db-wal"] {
        let bytes = std::fs::read(world.dir.path().join(name)).unwrap_or_default();
        for secret in [code.as_bytes(), token.as_bytes()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{name} must hold hashes only");
        }
    }
}

async fn the_same_names_mean_the_same_tenant_and_branch() {
    let world = World::start().await;
    let one = world.enrolled(1, "Acme", "High Street").await;
    let two = world.enrolled(2, "Acme", "High Street").await;
    let three = world.enrolled(3, "Acme", "Low Street").await;
    let other = world.enrolled(4, "Bolt", "High Street").await;
    assert_eq!(
        one.identity.branch, two.identity.branch,
        "one shop, two tills"
    );
    assert_eq!(
        one.identity.tenant, three.identity.tenant,
        "one business, two shops"
    );
    assert_ne!(one.identity.branch, three.identity.branch);
    assert_ne!(
        one.identity.tenant, other.identity.tenant,
        "names of branches are a tenant's own"
    );
    assert_ne!(one.identity.branch, other.identity.branch);
}

both_stores! {
    a_code_lets_one_till_in,
    a_till_whose_welcome_got_lost_is_welcomed_again,
    a_code_ends_after_a_quarter_of_an_hour,
    a_till_cannot_be_in_two_places_or_have_two_keys,
    a_forged_enrolment_is_refused_and_costs_no_code,
    the_same_names_mean_the_same_tenant_and_branch,
}
