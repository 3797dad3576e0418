//! What is recorded: once each, in order, byte for byte, whatever the cloud thinks of it.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::World;
use protocol::Outcome;
use protocol::outcome::OutcomeCode;
use protocol::wire::{OpsPage, PushAnswer, RunStatus};

const TEA: u128 = 0x7ea;

fn outcomes(answer: &PushAnswer) -> Vec<Outcome> {
    answer
        .runs
        .iter()
        .flat_map(|run| &run.results)
        .map(|result| result.outcome)
        .collect()
}

async fn a_sale_is_recorded_once_and_read_back() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 5_000);
    till.sell(TEA);
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    assert_eq!(answer.runs[0].status, RunStatus::Ok);
    assert_eq!(outcomes(&answer), [Outcome::Accepted; 2]);
    let head = answer.runs[0].head.expect("a head");
    assert_eq!(
        (head.seq, head.chain),
        (2, till.ops[1].chain),
        "the head is the last op"
    );

    let sales = world.get(&till, "/v1/sales").await.json();
    assert_eq!(
        sales["rows"].as_array().map(Vec::len),
        Some(1),
        "one sale: {sales}"
    );
    assert_eq!(sales["rows"][0]["gross_minor"], 100);
    assert_eq!(sales["rows"][0]["seq"], 2);
    assert_eq!(sales["more"], false);
    let stock = world.get(&till, "/v1/stock").await.json();
    assert_eq!(
        stock["rows"][0]["name"], "Tea",
        "under the name it was sold by"
    );
    assert_eq!(
        stock["rows"][0]["quantity_milli"], 4_000,
        "five came, one went: {stock}"
    );

    let audit = world.audit(&till).await;
    assert_eq!(
        (
            &audit["ops"],
            &audit["sales"],
            &audit["lines"],
            &audit["net_minor"]
        ),
        (&2.into(), &1.into(), &1.into(), &100.into())
    );
    assert_eq!(audit["head_chain"], till.ops[1].chain.to_string());
}

async fn the_same_ops_again_are_duplicates_and_count_once() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..3 {
        till.sell(TEA);
    }
    let first = world.push(&till, &till.push_request(&till.ops)).await;
    let before = world.audit(&till).await;
    let again = world.push(&till, &till.push_request(&till.ops)).await;
    assert_eq!(outcomes(&first), [Outcome::Accepted; 3]);
    assert_eq!(outcomes(&again), [Outcome::Duplicate; 3], "another key");
    assert_eq!(again.runs[0].head, first.runs[0].head, "the head stands");
    assert_eq!(
        again.runs[0].status,
        RunStatus::Ok,
        "a duplicate is a success"
    );
    assert_eq!(
        world.audit(&till).await,
        before,
        "and nothing is counted twice"
    );
    let stock = world.get(&till, "/v1/stock").await.json();
    assert_eq!(stock["rows"][0]["quantity_milli"], -3_000);
}

async fn an_overlapping_batch_records_only_what_is_new() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..5 {
        till.restock(TEA, 1_000);
    }
    world.push(&till, &till.push_request(&till.ops[..3])).await;
    let answer = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert_eq!(
        outcomes(&answer),
        [
            Outcome::Duplicate,
            Outcome::Duplicate,
            Outcome::Accepted,
            Outcome::Accepted
        ],
        "old and new in one answer"
    );
    assert_eq!(world.audit(&till).await["ops"], 5);
}

async fn the_same_op_id_with_other_bytes_is_kept_and_raised() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let first = till.sell(TEA);
    let bytes = till.seal(first.op_id, common::body::moved(first.op_id, TEA, 1));
    let second = till.append(first.op_id, bytes);
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let results = &answer.runs[0].results;
    assert_eq!(results[0].outcome, Outcome::Accepted);
    assert_eq!(
        (results[1].outcome, results[1].code),
        (Outcome::Parked, Some(OutcomeCode::OpIdReused))
    );
    assert_eq!(world.audit(&till).await["ops"], 1, "one id, one fact");
    let kept = world.hand().bytes("SELECT op FROM op_variant");
    assert_eq!(
        kept, second.bytes,
        "the other bytes are kept, byte for byte"
    );

    let again = world.push(&till, &till.push_request(&till.ops)).await;
    assert_eq!(
        again.runs[0].results[1].code,
        Some(OutcomeCode::OpIdReused),
        "sticky"
    );
    assert_eq!(world.count("SELECT count(*) FROM op_variant"), 1);
}

async fn a_restart_keeps_everything() {
    let mut world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..20 {
        till.sell(TEA);
    }
    let (key, request) = (world.key().to_string(), till.push_request(&till.ops));
    let first = world.push_under(&till, &key, &request).await.json();
    let before = world.audit(&till).await;
    world.restart().await;
    assert_eq!(
        world.audit(&till).await,
        before,
        "what was answered is on disk"
    );
    let again = world.push_under(&till, &key, &request).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        again.json()["runs"],
        first["runs"],
        "nobody has forgotten an answer"
    );
    assert_eq!(
        again.json()["cloud_epoch"],
        first["cloud_epoch"],
        "the same database, the same epoch"
    );
}

async fn a_till_gets_its_own_ops_back_byte_for_byte() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..7 {
        till.sell(TEA);
    }
    world.push(&till, &till.push_request(&till.ops)).await;
    let path = format!("/v1/sync/ops?segment={}&from=3", till.segment);
    let page: OpsPage = serde_json::from_slice(&world.get(&till, &path).await.body).unwrap();
    assert!(!page.more);
    let got: Vec<_> = page
        .items
        .iter()
        .map(|i| (i.seq, i.chain, i.op.get().as_bytes()))
        .collect();
    let own: Vec<_> = till.ops[2..]
        .iter()
        .map(|op| (op.seq, op.chain, op.bytes.as_slice()))
        .collect();
    assert_eq!(got, own);
}

async fn pages_hold_every_row_once() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for product in 0..25 {
        till.restock(product, 1_000);
        till.sell(product);
    }
    world.push(&till, &till.push_request(&till.ops)).await;
    for (path, id) in [("/v1/sales", "sale_id"), ("/v1/stock", "product_id")] {
        let mut seen = std::collections::BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = world
                .get(&till, &format!("{path}?limit=4&after={after}"))
                .await
                .json();
            for row in page["rows"].as_array().expect("rows") {
                assert!(seen.insert(row[id].to_string()), "{path}: {row} came twice");
            }
            after = page["next"].as_str().expect("a place").to_owned();
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(seen.len(), 25, "{path}: every row came");
    }
}

both_stores! {
    a_sale_is_recorded_once_and_read_back,
    the_same_ops_again_are_duplicates_and_count_once,
    an_overlapping_batch_records_only_what_is_new,
    the_same_op_id_with_other_bytes_is_kept_and_raised,
    a_restart_keeps_everything,
    a_till_gets_its_own_ops_back_byte_for_byte,
    pages_hold_every_row_once,
}
