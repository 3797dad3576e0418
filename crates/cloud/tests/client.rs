//! The till's real client against the real cloud: both ends sign, pack and name things alike.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{Till, World};
use protocol::cloud::{CallFailure, CloudApi};
use protocol::error::ApiCode;
use protocol::stream::Head;
use protocol::wire::{HelloRequest, PROTO};
use transport::{HttpCloud, HttpCloudConfig};

const TEA: u128 = 0x7ea;

fn client(world: &World, till: &Till) -> HttpCloud {
    let config = HttpCloudConfig {
        url: format!("http://{}", world.address),
        till: till.identity.till,
        key: till.key.clone(),
        clock: world.clock.clone(),
        app: "test".into(),
    };
    HttpCloud::new(config).expect("a good address")
}

async fn a_session_of_the_real_client_runs_from_enrolment_to_proof() {
    let world = World::start().await;
    let mut till = Till::new(1);
    let cloud = client(&world, &till);
    let code = world.code("Acme", "High Street").await;
    let welcome = cloud
        .enrol(&till.enrol_request(&code))
        .await
        .expect("it is let in");
    till.identity.tenant = welcome.tenant;
    till.identity.branch = welcome.branch;
    for _ in 0..50 {
        till.sell(TEA);
    }

    let last = till.ops.last().expect("it sold").clone();
    let hello = HelloRequest {
        proto: PROTO,
        till: till.identity.till,
        cloud_epoch_seen: None,
        heads: vec![Head {
            segment: last.segment,
            seq: last.seq,
            chain: last.chain,
        }],
        app: "test".into(),
        backlog: None,
        proof_ok: None,
        seen: Vec::new(),
    };
    let before = cloud.hello(&hello).await.expect("an answer");
    assert_eq!(
        (before.heads.len(), before.unknown.len()),
        (0, 1),
        "nothing is there yet"
    );
    assert_eq!(before.cloud_epoch, welcome.cloud_epoch);

    let pushed = cloud
        .push(world.key(), &till.push_request(&till.ops))
        .await
        .expect("recorded");
    let after = cloud.hello(&hello).await.expect("an answer");
    assert_eq!(after.heads[0].seq, 50, "hello says what push said");
    assert_eq!(Some(after.heads[0]), pushed.runs[0].head);
    assert!(after.unknown.is_empty());

    let counts = cloud.audit().await.expect("counts");
    assert_eq!((counts.sales, counts.head_chain), (50, Some(last.chain)));
    let page = cloud.ops(last.segment, 50).await.expect("its own op back");
    assert_eq!(page.items[0].op.get().as_bytes(), last.bytes);
}

async fn a_refusal_reaches_the_client_as_the_clouds_own_word() {
    let world = World::start().await;
    let till = Till::new(1);
    let refused = client(&world, &till).audit().await;
    assert!(
        matches!(
            &refused,
            Err(CallFailure::Refused { error, .. }) if error.code == ApiCode::Unauthorized
        ),
        "a till that nobody knows: {refused:?}"
    );
}

both_stores! {
    a_session_of_the_real_client_runs_from_enrolment_to_proof,
    a_refusal_reaches_the_client_as_the_clouds_own_word,
}
