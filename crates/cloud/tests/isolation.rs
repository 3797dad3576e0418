//! Two tenants on one cloud: neither sees, counts or changes anything of the other.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::World;

const TEA: u128 = 0x7ea;

async fn no_reading_route_shows_another_tenant() {
    let world = World::start().await;
    let mut acme = world.enrolled(1, "Acme", "High Street").await;
    let mut bolt = world.enrolled(2, "Bolt", "High Street").await;
    acme.restock(TEA, 7_000);
    acme.sell(TEA);
    bolt.restock(TEA, 3_000);
    world.push(&acme, &acme.push_request(&acme.ops)).await;
    world.push(&bolt, &bolt.push_request(&bolt.ops)).await;
    let bolt_token = world.read_token("Bolt").await;

    let acme_branch = acme.identity.branch;
    let of_acme = [
        acme.identity.till.to_string(),
        acme.identity.branch.to_string(),
        acme.identity.tenant.to_string(),
        acme.segment.to_string(),
    ];
    for path in [
        "/v1/sales".to_owned(),
        format!("/v1/sales?branch={acme_branch}"),
        "/v1/stock".to_owned(),
        format!("/v1/stock?branch={acme_branch}"),
        format!("/v1/sync/ops?segment={}&from=1", acme.segment),
        "/v1/sync/audit".to_owned(),
    ] {
        let by_till = world.get(&bolt, &path).await;
        assert_eq!(by_till.status, 200, "{path}");
        let by_token = world.get_with_token(&bolt_token, &path).await;
        for answer in [by_till, by_token] {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            for id in &of_acme {
                assert!(!text.contains(id), "{path} shows {id}: {text}");
            }
            assert!(
                !text.contains("7000") && !text.contains("6000"),
                "{path}: {text}"
            );
        }
    }
    let hello = serde_json::json!({
        "proto": 1, "till": bolt.identity.till, "cloud_epoch_seen": null, "app": "test",
        "heads": [{ "segment": acme.segment, "seq": 1, "chain": acme.ops[0].chain }],
    });
    let body = serde_json::to_vec(&hello).unwrap();
    let answer = world.post(&bolt, "/v1/sync/hello", "", &body).await.json();
    assert_eq!(
        answer["unknown"],
        serde_json::json!([acme.segment]),
        "another tenant's segment is an unknown one"
    );
}

async fn the_same_ids_in_two_tenants_do_not_meet() {
    let world = World::start().await;
    let mut acme = world.enrolled(1, "Acme", "High Street").await;
    let mut bolt = world.enrolled(2, "Bolt", "High Street").await;
    bolt.segment = acme.segment;
    bolt.next.segment = acme.segment;
    let op_id = acme.mint();
    let in_acme = acme.seal(op_id, common::body::moved(op_id, TEA, 1_000));
    acme.append(op_id, in_acme);
    let in_bolt = bolt.seal(op_id, common::body::moved(op_id, TEA, 5_000));
    bolt.append(op_id, in_bolt);
    for till in [&acme, &bolt] {
        let answer = world.push(till, &till.push_request(&till.ops)).await;
        let result = &answer.runs[0].results[0];
        assert_eq!(result.outcome, protocol::Outcome::Accepted, "{answer:?}");
    }
    assert_eq!(
        world.get(&acme, "/v1/stock").await.json()["rows"][0]["quantity_milli"],
        1_000
    );
    assert_eq!(
        world.get(&bolt, "/v1/stock").await.json()["rows"][0]["quantity_milli"],
        5_000
    );
}

async fn a_till_reads_its_own_branch_and_a_token_its_whole_tenant() {
    let world = World::start().await;
    let mut high = world.enrolled(1, "Acme", "High Street").await;
    let mut low = world.enrolled(2, "Acme", "Low Street").await;
    high.sell(TEA);
    low.sell(TEA);
    world.push(&high, &high.push_request(&high.ops)).await;
    world.push(&low, &low.push_request(&low.ops)).await;
    let own = world.get(&high, "/v1/sales").await.json();
    assert_eq!(own["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["rows"][0]["branch"], high.identity.branch.to_string());

    let token = world.read_token("Acme").await;
    let all = world.get_with_token(&token, "/v1/sales").await.json();
    assert_eq!(
        all["rows"].as_array().map(Vec::len),
        Some(2),
        "head office sees both shops"
    );
    let path = format!("/v1/stock?branch={}", low.identity.branch);
    let one = world.get_with_token(&token, &path).await.json();
    assert_eq!(
        one["rows"].as_array().map(Vec::len),
        Some(1),
        "or one of them"
    );
}

async fn a_read_token_reads_and_does_nothing_else() {
    let world = World::start().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let token = world.read_token("Acme").await;
    for path in [
        "/v1/sync/audit",
        "/v1/sync/ops?segment=00000000000000000000000000000000&from=1",
    ] {
        assert_eq!(
            world.get_with_token(&token, path).await.status,
            401,
            "{path}"
        );
    }
    let headers = [("authorization", format!("Bearer {token}"))];
    let body = serde_json::to_vec(&till.push_of(Vec::new())).unwrap();
    let answer = common::http::send(world.address, "POST", "/v1/sync/push", &headers, &body).await;
    assert_eq!(answer.status, 401, "it cannot push");
    assert_eq!(
        world.get_with_token("hfr_wrong", "/v1/sales").await.status,
        401
    );
}

both_stores! {
    no_reading_route_shows_another_tenant,
    the_same_ids_in_two_tenants_do_not_meet,
    a_till_reads_its_own_branch_and_a_token_its_whole_tenant,
    a_read_token_reads_and_does_nothing_else,
}
