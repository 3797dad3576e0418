//! What the cloud thinks of an op never stops its neighbours and never drops it.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{Till, World};
use protocol::outcome::OutcomeCode;
use protocol::wire::RunStatus;
use protocol::{OpBody, Outcome, StoredOp};
use uuid::Uuid;

const TEA: u128 = 0x7ea;

/// A sale that is well-formed and that the database refuses: a sum beyond any money.
fn poison(till: &mut Till) -> StoredOp {
    let sale_id = till.mint();
    let OpBody::SaleRecordedV1(mut sale) = common::body::sale(sale_id, 0xbad) else {
        unreachable!("a sale is a sale")
    };
    sale.totals.net_minor = i64::MAX;
    till.record(OpBody::SaleRecordedV1(sale))
}

async fn one_poison_op_among_500_is_parked_and_499_are_applied() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for number in 0..500 {
        if number == 250 {
            poison(&mut till);
        } else {
            till.restock(TEA, 1_000);
        }
    }
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let results = &answer.runs[0].results;
    assert_eq!(
        answer.runs[0].status,
        RunStatus::Ok,
        "nothing stops the stream"
    );
    let parked: Vec<_> = results
        .iter()
        .filter(|r| r.outcome != Outcome::Accepted)
        .collect();
    assert_eq!(parked.len(), 1, "one alone: {parked:?}");
    assert_eq!(
        (parked[0].seq, parked[0].outcome, parked[0].code),
        (251, Outcome::Parked, Some(OutcomeCode::ApplyError))
    );
    assert_eq!(world.audit(&till).await["ops"], 500, "all are recorded");
    let stock = world.get(&till, "/v1/stock").await.json();
    assert_eq!(
        stock["rows"][0]["quantity_milli"], 499_000,
        "499 are applied"
    );
    assert_eq!(
        world.count("SELECT sum(delta_milli) FROM stock_ledger"),
        499_000
    );

    let again = world.push(&till, &till.push_request(&till.ops)).await;
    let result = &again.runs[0].results[250];
    assert_eq!(
        result.code,
        Some(OutcomeCode::ApplyError),
        "outcomes are sticky: {result:?}"
    );
}

async fn a_stock_beyond_any_number_is_parked_and_not_wrapped_round() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 1_000);
    till.restock(TEA, i64::MAX);
    till.restock(TEA, 1_000);
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let codes: Vec<_> = answer.runs[0]
        .results
        .iter()
        .map(|result| result.code)
        .collect();
    assert_eq!(codes, [None, Some(OutcomeCode::ApplyError), None]);
    let stock = world.get(&till, "/v1/stock").await.json();
    assert_eq!(stock["rows"][0]["quantity_milli"], 2_000);
}

async fn an_unknown_type_is_recorded_and_parked() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let op_id = till.mint();
    let known = till.seal(op_id, common::body::moved(op_id, TEA, 1));
    let text = String::from_utf8(known)
        .unwrap()
        .replace("stock_moved_v1", "stock_moved_v9");
    let unknown = till.append(op_id, text.into_bytes());
    till.restock(0xb, 1_000);
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let results = &answer.runs[0].results;
    assert_eq!(
        (results[0].outcome, results[0].code),
        (Outcome::Parked, Some(OutcomeCode::UnknownType))
    );
    assert_eq!(
        results[1].outcome,
        Outcome::Accepted,
        "the next one goes on"
    );
    // It is in the log under its own type.
    let bytes = world
        .hand()
        .bytes("SELECT op FROM op_log WHERE type = 'stock_moved_v9'");
    assert_eq!(
        bytes, unknown.bytes,
        "byte for byte, for the upgrade that knows it"
    );
}

async fn an_op_that_names_another_tenant_is_parked() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let own = till.identity;
    till.restock(TEA, 1);
    till.identity.tenant = own.genesis_tenant;
    till.identity.branch = own.genesis_branch;
    till.restock(TEA, 1);
    till.identity.tenant = Uuid::from_u128(0xbad);
    till.restock(TEA, 1);
    till.identity = own;
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let results = &answer.runs[0].results;
    assert_eq!(
        results[0].outcome,
        Outcome::Accepted,
        "the credential's identity"
    );
    assert_eq!(
        results[1].outcome,
        Outcome::Accepted,
        "what it called itself before it enrolled"
    );
    assert_eq!(
        (results[2].outcome, results[2].code),
        (Outcome::Parked, Some(OutcomeCode::WrongIdentity))
    );
    let rows = world.get(&till, "/v1/stock").await.json();
    let rows = rows["rows"].as_array().unwrap().clone();
    assert_eq!(
        rows.len(),
        1,
        "both count for the branch of the credential: {rows:?}"
    );
    assert_eq!(rows[0]["branch"], own.branch.to_string());
    assert_eq!(rows[0]["quantity_milli"], 2);
}

async fn the_last_piece_sold_twice_is_a_conflict_and_still_a_sale() {
    let world = World::start().await;
    let mut one = world.enrolled(1, "Acme", "High Street").await;
    let mut two = world.enrolled(2, "Acme", "High Street").await;
    one.restock(TEA, 1_000);
    one.sell(TEA);
    two.sell(TEA);
    world.push(&one, &one.push_request(&one.ops)).await;
    let answer = world.push(&two, &two.push_request(&two.ops)).await;
    let result = &answer.runs[0].results[0];
    assert_eq!(
        (result.outcome, result.code),
        (Outcome::Conflict, Some(OutcomeCode::NegativeStock))
    );
    assert!(result.conflict.is_some(), "it can be looked up");
    let sales = world.get(&two, "/v1/sales").await.json();
    assert_eq!(
        sales["rows"].as_array().map(Vec::len),
        Some(2),
        "both sales are facts"
    );

    two.sell(TEA);
    let more = world.push(&two, &two.push_request(&two.ops[1..])).await;
    assert_eq!(
        more.runs[0].results[0].conflict, result.conflict,
        "one open conflict for each product of a branch"
    );
    assert_eq!(world.count("SELECT count(*) FROM conflict"), 1);
    assert_eq!(
        world.count("SELECT version FROM conflict"),
        2,
        "updated in place"
    );
}

async fn the_same_sale_under_two_op_ids_is_raised() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.restock(TEA, 9_000);
    let sale_id = till.mint();
    till.record(common::body::sale(sale_id, TEA));
    till.record(common::body::sale(sale_id, TEA));
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let result = &answer.runs[0].results[2];
    assert_eq!(
        (result.outcome, result.code),
        (Outcome::Conflict, Some(OutcomeCode::SaleIdReused))
    );
}

async fn what_waits_for_a_parked_op_is_parked_as_well() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let poison = poison(&mut till);
    let op_id = till.mint();
    let draft = protocol::OpDraft {
        op_id,
        actor: protocol::Actor::till(),
        shift: None,
        business_date: "2026-11-20".into(),
        after: vec![poison.op_id],
        base: Vec::new(),
        body: common::body::moved(op_id, 0xb, 1_000),
    };
    let bytes = draft.seal(&till.sealing()).unwrap();
    till.append(op_id, bytes);
    till.restock(0xc, 1_000);
    let answer = world.push(&till, &till.push_request(&till.ops)).await;
    let codes: Vec<_> = answer.runs[0]
        .results
        .iter()
        .map(|result| result.code)
        .collect();
    assert_eq!(
        codes,
        [
            Some(OutcomeCode::ApplyError),
            Some(OutcomeCode::DependsOnParked),
            None
        ],
        "what comes after it waits, what does not goes on"
    );
}

async fn a_run_whose_parent_is_lost_is_set_aside() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    till.restart(0x42);
    till.sell(TEA);
    let mut request = till.push_request(&till.ops[1..]);
    request.runs[0].orphan = true;
    let answer = world.push(&till, &request).await;
    assert_ne!(
        answer.runs[0].status,
        RunStatus::Ok,
        "it is no part of the stream"
    );
    // Its bytes are kept.
    let hand = world.hand();
    let lost = hand.id(Uuid::from_bytes([0x42; 16]));
    let aside = format!("SELECT reason FROM op_quarantine WHERE segment = {lost}");
    assert_eq!(hand.word(&aside), "hole");
}

async fn more_given_back_than_sold_is_flagged_across_batches() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let sale_id = till.mint();
    till.record(common::body::sale(sale_id, TEA));
    world.push(&till, &till.push_request(&till.ops)).await;
    let first = till.mint();
    till.record(common::body::refund(first, sale_id, TEA, 1));
    let answer = world.push(&till, &till.push_request(&till.ops[1..])).await;
    let result = &answer.runs[0].results[0];
    assert_eq!(
        result.outcome,
        Outcome::Accepted,
        "one was sold, one came back: {result:?}"
    );

    let second = till.mint();
    till.record(common::body::refund(second, sale_id, TEA, 1));
    let answer = world.push(&till, &till.push_request(&till.ops[2..])).await;
    let result = &answer.runs[0].results[0];
    assert_eq!(
        (result.outcome, result.code),
        (Outcome::Conflict, Some(OutcomeCode::OverRefund)),
        "the money is gone all the same: a fact, flagged"
    );
    let audit = world.audit(&till).await;
    assert_eq!((&audit["sales"], &audit["refunds"]), (&1.into(), &2.into()));
    assert_eq!(audit["net_minor"], -100, "sales less refunds");
    let rows = world.get(&till, "/v1/sales").await.json()["rows"].clone();
    assert_eq!(rows[1]["of_sale"], sale_id.to_string());
    assert_eq!(rows[2]["outcome"], "conflict");
}

async fn a_product_made_twice_stays_as_it_was_first() {
    let world = World::start().await;
    let mut one = world.enrolled(1, "Acme", "High Street").await;
    let mut two = world.enrolled(2, "Acme", "Low Street").await;
    one.record(common::body::product(TEA, "Green tea"));
    one.restock(TEA, 1_000);
    two.record(common::body::product(TEA, "Black tea"));
    world.push(&one, &one.push_request(&one.ops)).await;
    let answer = world.push(&two, &two.push_request(&two.ops)).await;
    let result = &answer.runs[0].results[0];
    assert_eq!(
        (result.outcome, result.code),
        (Outcome::Conflict, Some(OutcomeCode::EditConflict))
    );
    let stock = world.get(&one, "/v1/stock").await.json();
    assert_eq!(stock["rows"][0]["name"], "Green tea");
}

both_stores! {
    one_poison_op_among_500_is_parked_and_499_are_applied,
    a_stock_beyond_any_number_is_parked_and_not_wrapped_round,
    an_unknown_type_is_recorded_and_parked,
    an_op_that_names_another_tenant_is_parked,
    the_last_piece_sold_twice_is_a_conflict_and_still_a_sale,
    the_same_sale_under_two_op_ids_is_raised,
    what_waits_for_a_parked_op_is_parked_as_well,
    a_run_whose_parent_is_lost_is_set_aside,
    more_given_back_than_sold_is_flagged_across_batches,
    a_product_made_twice_stays_as_it_was_first,
}
