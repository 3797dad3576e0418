//! The engine's rules one by one: waits, refusals, sizes, disagreements.

mod common;

use common::ModelTill;
use common::link::{Dead, Fate, Link, Steady};
use common::world::{World, api};
use protocol::error::ApiCode;
use protocol::wire::RunStatus;
use sync::till::{Event, SyncKind};
use sync::{PathState, QueueState, queue_state};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

fn till_with(ops: usize) -> ModelTill {
    let mut till = ModelTill::new(1);
    for _ in 0..ops {
        till.sell(common::bodies::product(1), 1);
    }
    till
}

fn started(till: ModelTill, link: impl Link + 'static) -> World {
    let mut world = World::new(till, link, 11);
    world.now(Event::Started);
    world
}

#[test]
fn retry_after_is_obeyed_and_nothing_but_a_person_shortens_it() {
    struct Patient(bool);
    impl Link for Patient {
        fn fate(&mut self, _now: u64, _ops: usize) -> Fate {
            if std::mem::replace(&mut self.0, false) {
                return Fate::Patience(40_000);
            }
            Fate::Delivered(10)
        }
    }
    for person in [false, true] {
        let mut world = started(till_with(1), Patient(true));
        for second in 1..30 {
            world.at(second * 1_000, Event::NetworkUp);
        }
        if person {
            world.at(20_000, Event::SyncNow);
        }
        world.run_until_drained(HOUR).expect("drained");
        let second = world.hellos[1];
        if person {
            assert_eq!(second, 20_000, "a person's word goes at once");
        } else {
            let allowed = 40_010..=50_010;
            assert!(allowed.contains(&second), "{second}: 40 s and a quarter");
        }
    }
}

#[test]
fn the_networks_coming_up_starts_an_attempt_at_most_every_five_seconds() {
    let mut world = started(till_with(1), Dead);
    for tick in 0..6_000 {
        world.at(tick * 100, Event::NetworkUp);
    }
    world.run_until(600_000);
    assert!(
        world.hellos.len() <= 125,
        "{} attempts in 600 s of flapping",
        world.hellos.len()
    );
    let close = world.hellos.windows(2).filter(|w| w[1] - w[0] < 5_000);
    assert_eq!(
        close.count(),
        0,
        "a dead line takes 5 s to be noticed anyway"
    );
}

#[test]
fn five_failures_open_the_circuit_and_the_first_batch_after_it_is_small() {
    let mut world = started(till_with(400), Dead);
    while world.view().failures < 5 {
        world.run_until(world.now + 1_000);
    }
    assert!(world.view().circuit_open, "open after the fifth");
    world.link = Box::new(Steady);
    world.run_until_drained(world.now + HOUR).expect("drained");
    assert_eq!(world.pushes[0].1, 50, "a probe of 50 ops");
    assert_eq!(world.pushes[1].1, 350, "then full size");
    assert!(!world.view().circuit_open, "closed by progress");
}

#[test]
fn a_batch_that_is_too_large_is_halved_and_nothing_is_skipped() {
    let mut world = World::new(till_with(100), Steady, 11);
    world.refuses_push = Some(Box::new(|batch| {
        (batch.ops() > 3).then(|| api(ApiCode::TooLarge))
    }));
    world.now(Event::Started);
    world.run_until_drained(10 * MINUTE).expect("drained");
    let largest = world.pushes.iter().map(|push| push.1).max();
    assert_eq!(largest, Some(100), "it began with all");
    world.assert_all_arrived();
}

#[test]
fn one_op_that_is_too_large_is_shown_and_blocks_without_hammering() {
    let mut world = World::new(till_with(3), Steady, 11);
    world.refuses_push = Some(Box::new(|batch| {
        let too_large = batch.request.runs.iter().any(|run| {
            let mut seqs = run.items.iter().map(|item| item.seq);
            seqs.any(|seq| seq == 2)
        });
        too_large.then(|| api(ApiCode::TooLarge))
    }));
    world.now(Event::Started);
    world.run_until(HOUR);
    let segment = world.till.segments[0].id;
    let view = world.view();
    assert_eq!(world.cloud.log.len(), 1, "what comes before it is through");
    assert_eq!(view.too_large, Some((segment, 2)), "it is named");
    assert_eq!(view.path_of(segment, 2), PathState::TooLarge);
    let state = |seq| queue_state(false, None, false, view.path_of(segment, seq));
    assert_eq!(state(2), QueueState::DeadLetter, "shown as what it is");
    assert_eq!(state(3), QueueState::RetryableError, "waits behind it");
    assert!(world.pushes.len() < 100, "{} pushes", world.pushes.len());
    world.refuses_push = None;
    world.now(Event::SyncNow);
    world
        .run_until_drained(world.now + MINUTE)
        .expect("drained");
    world.assert_all_arrived();
}

#[test]
fn a_line_that_carries_hello_and_no_large_batch_still_drains() {
    struct Narrow;
    impl Link for Narrow {
        fn fate(&mut self, _now: u64, ops: usize) -> Fate {
            if ops > 20 {
                return Fate::RequestLost(60_000);
            }
            Fate::Delivered(100)
        }
    }
    let mut world = started(till_with(500), Narrow);
    let done = world.run_until_drained(HOUR);
    assert!(done.is_some(), "{:?}", world.pushes);
    world.assert_all_arrived();
}

#[test]
fn a_refused_till_rests_its_path_keeps_its_ops_and_goes_on_when_it_may() {
    for code in [
        ApiCode::Unauthorized,
        ApiCode::Revoked,
        ApiCode::Forbidden,
        ApiCode::UpgradeRequired,
    ] {
        let mut world = World::new(till_with(5), Steady, 11);
        world.refuses = Some(api(code));
        world.now(Event::Started);
        world.run_until(HOUR);
        let view = world.view();
        assert_eq!(view.kind, SyncKind::Refused, "{code:?}");
        assert!(world.hellos.len() <= 61, "{code:?}: a probe a minute");
        assert_eq!(world.till.ops().count(), 5, "{code:?}: ops stay");
        world.refuses = None;
        world.now(Event::Resumed);
        let done = world.run_until_drained(world.now + 1_000);
        assert!(done.is_some(), "{code:?}: a new credential goes at once");
    }
}

#[test]
fn a_reused_key_is_a_new_key_and_never_a_standstill() {
    let mut world = World::new(till_with(5), Steady, 11);
    world.refuses_push = Some(Box::new(|batch| {
        (batch.key.as_u128() < 10).then(|| api(ApiCode::IdempotencyKeyReused))
    }));
    world.now(Event::Started);
    world.run_until_drained(HOUR).expect("drained");
    assert_ne!(world.pushes[0].2, world.pushes[1].2, "a new key");
}

#[test]
fn an_answer_that_does_not_fit_the_question_moves_nothing() {
    let mut world = World::new(till_with(5), Steady, 11);
    world.bend = Some(Box::new(|answer| {
        for head in answer.runs.iter_mut().filter_map(|run| run.head.as_mut()) {
            head.chain.0[0] ^= 1;
        }
    }));
    world.now(Event::Started);
    world.run_until(5_000);
    assert!(world.outcomes.is_empty(), "nothing of it is stored");
    assert!(
        world.view().last_words.is_some() || world.drained(),
        "said in words"
    );
    world.bend = None;
    world.run_until_drained(HOUR).expect("drained");
    world.run_until(world.now + 5 * MINUTE);
    assert_eq!(world.view().kind, SyncKind::Resting, "hello told the truth");
}

#[test]
fn a_restored_backup_fetches_its_own_tail_and_sells_on() {
    for heals in [true, false] {
        let mut old = till_with(10);
        let backup = old.clone();
        old.sell(common::bodies::product(1), 1);
        let mut cloud = common::ModelCloud::default();
        cloud.push(&old.all(), &old.till_key());
        let mut restored = backup.twin();
        restored.restart();
        restored.sell(common::bodies::product(2), 1);
        let mut world = World::new(restored, Steady, 11);
        world.cloud = cloud;
        world.heals = heals;
        world.now(Event::Started);
        world.run_until_drained(MINUTE).expect("drained");
        assert_eq!(world.heal_calls, 1, "asked once");
        assert_eq!(world.cloud.sales.len(), 12, "both last sales are there");
        let own = world.till.ops().count();
        assert_eq!(own, if heals { 12 } else { 11 }, "the tail came back");
    }
}

#[test]
fn a_fork_goes_on_in_a_fresh_segment() {
    let mut one = till_with(10);
    let mut two = one.twin();
    one.sell(common::bodies::product(1), 1);
    two.sell(common::bodies::product(2), 1);
    two.sell(common::bodies::product(2), 1);
    let mut cloud = common::ModelCloud::default();
    cloud.push(&one.all(), &one.till_key());
    let mut world = World::new(two, Steady, 11);
    world.cloud = cloud;
    world.now(Event::Started);
    world.run_until_drained(MINUTE).expect("drained");
    assert_eq!(
        world.cloud.sales.len(),
        13,
        "all sales of both copies, once"
    );
}

#[test]
fn a_fork_that_needs_a_person_says_so_and_waits_without_spinning() {
    let mut one = till_with(3);
    let mut two = one.twin();
    one.sell(common::bodies::product(1), 1);
    two.sell(common::bodies::product(2), 1);
    let mut cloud = common::ModelCloud::default();
    cloud.push(&one.all(), &one.till_key());
    let mut world = World::new(two, Steady, 11);
    world.cloud = cloud;
    world.heals = false;
    world.now(Event::Started);
    world.run_until(HOUR);
    assert_eq!(world.view().kind, SyncKind::NeedsPerson);
    assert_eq!(world.view().last_words.as_deref(), Some("call support"));
    assert_eq!(world.heal_calls, 1, "the vault is asked once");
    assert!(world.hellos.len() <= 62, "{} hellos", world.hellos.len());
    world.heals = true;
    world.now(Event::SyncNow);
    world
        .run_until_drained(world.now + MINUTE)
        .expect("a person helped");
}

#[test]
fn a_cloud_that_always_says_fork_is_not_hammered() {
    let mut world = World::new(till_with(3), Steady, 11);
    world.bend = Some(Box::new(|answer| {
        for run in &mut answer.runs {
            let chain = run
                .head
                .map_or(protocol::ChainHash([0; 32]), |head| head.chain);
            run.status = RunStatus::Fork { at: 1, chain };
            run.results.clear();
            run.head = None;
        }
    }));
    world.heals = false;
    world.now(Event::Started);
    world.run_until(HOUR);
    assert!(world.pushes.len() < 200, "{} pushes", world.pushes.len());
}

#[test]
fn a_cloud_restored_from_an_old_backup_gets_everything_again() {
    let mut world = started(till_with(20), Steady);
    world.run_until(MINUTE);
    let old = world.cloud.clone();
    for _ in 0..30 {
        world.sell();
        world.run_until(world.now + 1_000);
    }
    assert!(world.drained(), "all there");
    world.cloud = old;
    world.now(Event::SyncNow);
    world
        .run_until_drained(world.now + MINUTE)
        .expect("drained");
    world.assert_all_arrived();
}

#[test]
fn an_op_vaulted_at_any_moment_is_sent() {
    for moment in 0..400 {
        let mut world = started(till_with(3), Steady);
        world.run_until(moment);
        world.sell();
        let done = world.run_until_drained(MINUTE / 2);
        assert!(done.is_some(), "vaulted {moment} ms after the start");
    }
}

#[test]
fn a_call_that_is_never_answered_is_given_up() {
    struct Silent(bool);
    impl Link for Silent {
        fn fate(&mut self, _now: u64, _ops: usize) -> Fate {
            if std::mem::replace(&mut self.0, false) {
                return Fate::RequestLost(10 * HOUR);
            }
            Fate::Delivered(10)
        }
    }
    let mut world = started(till_with(1), Silent(true));
    world.run_until_drained(2 * MINUTE).expect("drained");
    world.run_until(11 * HOUR);
    assert_eq!(
        world.view().kind,
        SyncKind::Resting,
        "the late one is dropped"
    );
}

#[test]
fn a_paused_engine_sends_nothing_and_keeps_everything() {
    let mut world = started(till_with(1), Steady);
    world.run_until(MINUTE);
    world.now(Event::Paused);
    for _ in 0..5 {
        world.sell();
    }
    world.now(Event::NetworkUp);
    world.now(Event::SyncNow);
    world.run_until(HOUR);
    assert_eq!(world.cloud.log.len(), 1, "paused is paused");
    world.now(Event::Resumed);
    world.run_until_drained(world.now + 1_000).expect("drained");
    world.assert_all_arrived();
}
