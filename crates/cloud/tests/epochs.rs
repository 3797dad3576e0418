//! A cloud that was put back to an older day, as its tills notice; and tills that say so too often.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::sync::atomic::Ordering;

use common::{Till, World};
use serde_json::{Value, json};

const TEA: u128 = 0x7ea;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// What a hello is told, from a till that says it was told head `seq` in this epoch.
async fn hello(world: &World, till: &Till, epoch: &Value, seq: u64) -> Value {
    let hello = json!({
        "proto": 1, "till": till.identity.till, "cloud_epoch_seen": epoch, "app": "test",
        "heads": [],
        "seen": [{ "segment": till.segment, "seq": seq, "chain": till.next.prev }],
    });
    let body = serde_json::to_vec(&hello).unwrap();
    let answer = world.post(till, "/v1/sync/hello", "", &body).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    answer.json()
}

async fn a_head_that_was_told_and_is_gone_begins_a_new_epoch() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let first = hello(&world, &till, &Value::Null, 9).await["cloud_epoch"].clone();
    let same = hello(&world, &till, &first, 1).await;
    assert_eq!(same["cloud_epoch"], first, "all that was told is here");
    let next = hello(&world, &till, &first, 2).await;
    assert_ne!(next["cloud_epoch"], first, "op 2 was told and is gone");
    let late = hello(&world, &till, &first, 2).await;
    assert_eq!(
        late["cloud_epoch"], next["cloud_epoch"],
        "what was told in an older epoch says nothing of this one"
    );
}

async fn tills_that_cry_wolf_begin_one_epoch_an_hour_and_each_one_a_day() {
    let world = World::start().await;
    let mut wolf = world.enrolled(1, "Acme", "High Street").await;
    let other = world.enrolled(2, "Bolt", "High Street").await;
    let first = hello(&world, &wolf, &Value::Null, 1).await["cloud_epoch"].clone();
    let second = hello(&world, &wolf, &first, 7).await["cloud_epoch"].clone();
    assert_ne!(second, first, "the first time it is believed");
    for till in [&wolf, &other, &wolf] {
        let told = hello(&world, till, &second, 7).await;
        assert_eq!(told["cloud_epoch"], second, "no other epoch that hour");
    }
    world.clock.0.fetch_add(HOUR_MS, Ordering::SeqCst);
    let told = hello(&world, &wolf, &second, 7).await;
    assert_eq!(told["cloud_epoch"], second, "the same till had its day's");
    let third = hello(&world, &other, &second, 7).await["cloud_epoch"].clone();
    assert_ne!(third, second, "another till is believed an hour later");

    wolf.sell(TEA);
    world.push(&wolf, &wolf.push_request(&wolf.ops)).await;
    let told = hello(&world, &wolf, &third, 7).await;
    assert_eq!(
        told["heads"][0]["seq"], 1,
        "what it sends is taken and told"
    );
    world.clock.0.fetch_add(24 * HOUR_MS, Ordering::SeqCst);
    let fourth = hello(&world, &wolf, &third, 7).await["cloud_epoch"].clone();
    assert_ne!(fourth, third, "the day after it is believed again");
}

both_stores! {
    a_head_that_was_told_and_is_gone_begins_a_new_epoch,
    tills_that_cry_wolf_begin_one_epoch_an_hour_and_each_one_a_day,
}
