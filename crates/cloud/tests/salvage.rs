//! The end of a till's credential, and its ops that come in all the same.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::sync::atomic::Ordering;

use common::{Till, World};
use protocol::wire::PushRequest;
use serde_json::{Value, json};

const TEA: u128 = 0x7ea;

/// The file as a till writes it: zstd, one request a line.
fn file(requests: &[PushRequest]) -> Vec<u8> {
    let mut lines = Vec::new();
    for request in requests {
        lines.extend(serde_json::to_vec(request).unwrap());
        lines.push(b'\n');
    }
    zstd::bulk::compress(&lines, 3).unwrap()
}

async fn revoke(world: &World, token: &str, till: &Till) {
    let path = format!("/v1/admin/tills/{}/revoke", till.identity.till);
    let answer = world.office(token, "POST", &path, &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    assert!(answer.json()["revoked_at_ms"].is_i64(), "{}", answer.json());
}

async fn a_revoked_till_comes_back_with_a_fresh_code_and_goes_on_where_it_was() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let first = world.code("Acme", "High Street").await;
    let till = Till::new(1);
    assert_eq!(world.enrol_with(&till, &first).await.status, 200);
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops[..1])).await;
    revoke(&world, &token, &till).await;

    let used = world.enrol_with(&till, &first).await;
    let said = (used.status, used.code());
    assert_eq!(said, (403, "code_refused".to_owned()), "a used code");
    let elsewhere = world.code("Acme", "Low Street").await;
    let refused = world.enrol_with(&till, &elsewhere).await;
    assert_eq!(refused.status, 409, "its place is the same");
    let mut stranger = Till::new(2);
    stranger.identity.till = till.identity.till;
    let fresh = world.code("Acme", "High Street").await;
    let refused = world.enrol_with(&stranger, &fresh).await;
    assert_eq!(refused.status, 409, "its key is the same");
    assert_eq!(world.token(&till).await, None, "it is still revoked");

    assert_eq!(world.enrol_with(&till, &fresh).await.status, 200);
    world.push(&till, &till.push_request(&till.ops)).await;
    assert_eq!(
        world.count("SELECT count(*) FROM sale"),
        2,
        "the sales of both days, each once"
    );
    let rows = world.get_with_token(&token, "/v1/admin/tills").await.json();
    assert_eq!(rows["rows"][0]["revoked_at_ms"], Value::Null, "{rows}");
}

async fn a_revoked_till_hears_it_and_its_sales_come_in_by_salvage_once() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..3 {
        till.sell(TEA);
    }
    world.push(&till, &till.push_request(&till.ops[..1])).await;
    revoke(&world, &token, &till).await;
    revoke(&world, &token, &till).await;
    let refused = world
        .push_under(
            &till,
            &world.key().to_string(),
            &till.push_request(&till.ops),
        )
        .await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "revoked"));
    assert_eq!(world.token(&till).await, None, "and no token either");

    let lines = [
        till.push_request(&till.ops[..2]),
        till.push_request(&till.ops[2..]),
    ];
    let path = "/v1/admin/salvage";
    for (ops, known) in [(3, 1), (3, 1)] {
        let answer = world
            .office_bytes(&token, "", "POST", path, &file(&lines))
            .await;
        let report = answer.json();
        assert_eq!(answer.status, 200, "{report}");
        assert_eq!(
            (&report["lines"], &report["ops"], &report["duplicates"]),
            (&json!(2), &json!(ops), &json!(known)),
            "the same file is the same batches: {report}"
        );
        assert_eq!(report["stopped"], json!([]));
        assert_eq!(
            world.count("SELECT count(*) FROM sale"),
            3,
            "each sale once"
        );
    }
    let logged = "SELECT count(*) FROM office_log WHERE token_id IS NOT NULL AND act = ";
    assert_eq!(
        world.count(&format!("{logged}'salvage'")),
        2,
        "who approved is kept"
    );
    assert_eq!(world.count(&format!("{logged}'revoke'")), 1, "revoked once");
}

async fn salvage_waives_the_revocation_and_nothing_else() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    let mut stranger = world.enrolled(2, "Bolt", "High Street").await;
    till.sell(TEA);
    stranger.sell(TEA);
    revoke(&world, &token, &till).await;

    let mut forged = till.push_request(&till.ops);
    forged.runs[0].sig = stranger.sign_head(&till.segment, 1, &till.ops[0].chain);
    let mut altered = till.push_request(&till.ops);
    altered.runs[0].items[0].op = protocol::op::raw(b"{\"v\":1}".to_vec()).unwrap();
    let foreign = stranger.push_request(&stranger.ops);
    let lines = [forged, altered, foreign];
    let answer = world
        .office_bytes(&token, "", "POST", "/v1/admin/salvage", &file(&lines))
        .await;
    let report = answer.json();
    let reasons: Vec<String> = report["stopped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stop| stop.to_string())
        .collect();
    assert_eq!(reasons.len(), 3, "{report}");
    for (reason, word) in reasons
        .iter()
        .zip(["bad_sig", "bad_chain", "not one of this business"])
    {
        assert!(reason.contains(word), "{reason} says {word}");
    }
    assert_eq!(
        world.count("SELECT count(*) FROM op_log"),
        0,
        "nothing was recorded"
    );

    let odd = world
        .office_bytes(&token, "", "POST", "/v1/admin/salvage", b"no zstd")
        .await;
    assert_eq!((odd.status, odd.code().as_str()), (400, "malformed"));
}

async fn a_salvage_of_nonsense_costs_no_more_than_a_salvage() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let path = "/v1/admin/salvage";
    let nonsense = zstd::bulk::compress("x\n".repeat(1_500).as_bytes(), 3).unwrap();
    let answer = world
        .office_bytes(&token, "", "POST", path, &nonsense)
        .await;
    let report = answer.json();
    assert_eq!(
        report["stopped"].as_array().map(Vec::len),
        Some(1_000),
        "a thousand are listed"
    );
    assert_eq!(
        (&report["lines"], &report["stopped_unlisted"]),
        (&json!(1_500), &json!(500)),
        "and all are counted"
    );
    // A window of 64 MiB would have to be held to unpack a few bytes.
    let mut wide = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    wide.window_log(26).unwrap();
    std::io::Write::write_all(&mut wide, b"{}\n").unwrap();
    let wide = wide.finish().unwrap();
    let answer = world.office_bytes(&token, "", "POST", path, &wide).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "malformed"),
        "its memory is bounded"
    );
}

async fn a_code_asked_for_twice_under_one_key_is_one_code_for_one_till() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let rows = world
        .get_with_token(&token, "/v1/admin/branches")
        .await
        .json();
    let wanted = json!({ "branch": rows["rows"][0]["branch"] });
    let path = "/v1/admin/enrol-codes";
    let key = world.key().to_string();
    let first = world
        .office_under(&token, &key, "POST", path, &wanted)
        .await
        .json();
    let again = world
        .office_under(&token, &key, "POST", path, &wanted)
        .await
        .json();
    assert_eq!(
        first["code"], again["code"],
        "the first answer may have got lost"
    );
    let other = world.office(&token, "POST", path, &wanted).await.json();
    assert_ne!(first["code"], other["code"], "another key is another code");
    let bare = world.office_under(&token, "", "POST", path, &wanted).await;
    assert_eq!(bare.status, 400, "{}", bare.json());

    let code = first["code"].as_str().unwrap();
    assert_eq!(world.enrol_with(&Till::new(1), code).await.status, 200);
    let used = world.enrol_with(&Till::new(2), code).await;
    assert_eq!(
        (used.status, used.code().as_str()),
        (403, "code_refused"),
        "single use"
    );
    let late = other["code"].as_str().unwrap();
    world.clock.0.fetch_add(15 * 60 * 1000, Ordering::SeqCst);
    let over = world.enrol_with(&Till::new(3), late).await;
    assert_eq!(
        (over.status, over.code().as_str()),
        (403, "code_refused"),
        "15 minutes"
    );
    let nowhere = json!({ "branch": uuid::Uuid::from_u128(1) });
    let answer = world.office(&token, "POST", path, &nowhere).await;
    assert_eq!(answer.status, 404);
}

async fn head_office_sees_each_till_with_its_head() {
    let world = World::start().await;
    let token = world.admin_token_of("Acme").await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let rows = world.get_with_token(&token, "/v1/admin/tills").await.json();
    let row = &rows["rows"][0];
    assert_eq!(row["till"], till.identity.till.to_string());
    assert_eq!(row["head_seq"], 1);
    assert_eq!(row["head_chain"], till.ops[0].chain.to_string());
    assert_eq!(row["branch_name"], "High Street");
    let read = world.read_token("Acme").await;
    let same = world.get_with_token(&read, "/v1/tills").await.json();
    assert_eq!(
        same["rows"], rows["rows"],
        "a read token sees the same list"
    );
}

both_stores! {
    a_revoked_till_comes_back_with_a_fresh_code_and_goes_on_where_it_was,
    a_revoked_till_hears_it_and_its_sales_come_in_by_salvage_once,
    salvage_waives_the_revocation_and_nothing_else,
    a_salvage_of_nonsense_costs_no_more_than_a_salvage,
    a_code_asked_for_twice_under_one_key_is_one_code_for_one_till,
    head_office_sees_each_till_with_its_head,
}
