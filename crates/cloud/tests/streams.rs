//! Streams: gapless, chained, signed; what contradicts them is set aside whole.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{Till, World};
use protocol::wire::{OpsPage, PushAnswer, RunStatus};
use protocol::{Outcome, StoredOp};

const TEA: u128 = 0x7ea;

fn outcomes(answer: &PushAnswer) -> Vec<Outcome> {
    answer
        .runs
        .iter()
        .flat_map(|run| &run.results)
        .map(|result| result.outcome)
        .collect()
}

async fn a_gap_is_told_and_nothing_behind_it_is_recorded() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    for _ in 0..4 {
        till.sell(TEA);
    }
    world.push(&till, &till.push_request(&till.ops[..1])).await;
    let answer = world.push(&till, &till.push_request(&till.ops[2..])).await;
    assert_eq!(answer.runs[0].status, RunStatus::Gap { expected: 2 });
    assert!(
        answer.runs[0].results.is_empty(),
        "nothing behind a gap is recorded"
    );
    assert_eq!(world.audit(&till).await["ops"], 1);
    let healed = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert_eq!(
        healed.runs[0].status,
        RunStatus::Ok,
        "from the head on it goes"
    );
}

async fn a_fork_is_set_aside_whole_and_refused_nowhere() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    let fork = till.next;
    till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;

    // The same till, resumed from a snapshot: other ops at places that are taken.
    till.next = fork;
    till.ops.truncate(1);
    till.sell(0xb);
    till.sell(0xc);
    let answer = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert!(
        matches!(answer.runs[0].status, RunStatus::Fork { at: 2, .. }),
        "{:?}",
        answer.runs[0].status
    );
    assert_eq!(
        world.count("SELECT count(*) FROM op_quarantine"),
        2,
        "the whole rest of the run is kept, not its first op alone"
    );
    assert_eq!(
        world.audit(&till).await["ops"],
        2,
        "the stream is what it was"
    );
    assert_eq!(
        world.count("SELECT count(*) FROM conflict WHERE kind = 'STREAM_FORK' AND status = 'open'"),
        1,
        "a person is told once"
    );

    // The till heals itself: a fresh segment after the last common op, the same ops in it.
    let common: StoredOp = till.ops[0].clone();
    let beyond = till.ops.split_off(1);
    assert_eq!(till.ops, [common]);
    till.next.seq = 2;
    till.next.prev = till.ops[0].chain;
    till.restart(0x77);
    for op in beyond {
        till.append(op.op_id, op.bytes);
    }
    let healed = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert_eq!(healed.runs[0].status, RunStatus::Ok);
    assert!(!outcomes(&healed).contains(&Outcome::Parked), "{healed:?}");
    assert_eq!(
        world.audit(&till).await["ops"],
        4,
        "every fact is recorded once"
    );
    assert_eq!(
        world.count("SELECT count(*) FROM op_quarantine WHERE settled_at_ms IS NULL"),
        0,
        "what arrived in order is no longer set aside"
    );
}

async fn an_op_under_a_second_segment_counts_once_and_keeps_the_chain() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    let twice = till.sell(TEA);
    world.push(&till, &till.push_request(&till.ops)).await;
    let before = world.audit(&till).await;
    till.restart(0x42);
    till.append(twice.op_id, twice.bytes.clone());
    let answer = world.push(&till, &till.push_request(&till.ops[2..])).await;
    assert_eq!(outcomes(&answer), [Outcome::Duplicate]);
    let after = world.audit(&till).await;
    assert_eq!(after["ops"], before["ops"], "the fact is counted once");
    assert_eq!(after["head_seq"], 3, "its second position is recorded");

    let path = format!("/v1/sync/ops?segment={}&from=1", till.segment);
    let page: OpsPage = serde_json::from_slice(&world.get(&till, &path).await.body).unwrap();
    assert_eq!(
        page.items[0].op.get().as_bytes(),
        twice.bytes,
        "and gives its bytes back"
    );
}

async fn a_new_segment_needs_its_parent() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    let first_run = till.run(&till.ops);
    till.restart(0x42);
    till.sell(TEA);
    let early = world.push(&till, &till.push_request(&till.ops[1..])).await;
    assert_eq!(
        early.runs[0].status,
        RunStatus::NeedParent {
            parent: first_run.segment
        }
    );
    let both = till.push_of(vec![first_run, till.run(&till.ops[1..])]);
    let answer = world.push(&till, &both).await;
    assert_eq!(
        outcomes(&answer),
        [Outcome::Accepted; 2],
        "parent and child in one batch"
    );
    assert!(answer.runs.iter().all(|run| run.status == RunStatus::Ok));
    assert_eq!(world.audit(&till).await["head_seq"], 2);
}

async fn damaged_bytes_and_foreign_signatures_are_not_recorded() {
    let world = World::start().await;
    let mut till = world.enrolled(1, "Acme", "High Street").await;
    till.sell(TEA);
    till.sell(TEA);
    let mut damaged = till.ops.clone();
    damaged[1].chain.0[0] ^= 1;
    let mut request = till.push_request(&damaged);
    let answer = world.push(&till, &request).await;
    assert_eq!(answer.runs[0].status, RunStatus::BadChain { at: 2 });

    request = till.push_request(&till.ops);
    request.runs[0].sig = Till::new(2).run(&till.ops).sig;
    let answer = world.push(&till, &request).await;
    assert_eq!(answer.runs[0].status, RunStatus::BadSig);
}

both_stores! {
    a_gap_is_told_and_nothing_behind_it_is_recorded,
    a_fork_is_set_aside_whole_and_refused_nowhere,
    an_op_under_a_second_segment_counts_once_and_keeps_the_chain,
    a_new_segment_needs_its_parent,
    damaged_bytes_and_foreign_signatures_are_not_recorded,
}
