//! The till's engine between a model vault and a model cloud: everything arrives, once, in order.

mod common;

use common::ModelTill;
use common::link::{Bad, Dead, Flapping, Link, RepliesLost, Steady};
use common::world::World;
use proptest::prelude::*;
use sync::backoff::SplitMix64;
use sync::till::{Event, SyncKind};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

fn till_with(ops: usize) -> ModelTill {
    let mut till = ModelTill::new(1);
    for _ in 0..ops {
        till.sell(common::bodies::product(1), 1);
    }
    till
}

fn started(till: ModelTill, link: impl Link + 'static, seed: u64) -> World {
    let mut world = World::new(till, link, seed);
    world.now(Event::Started);
    world
}

#[test]
fn a_backlog_drains_in_full_batches_and_then_the_engine_rests() {
    let mut world = started(till_with(1_200), Steady, 1);
    assert!(world.run_until_drained(MINUTE).is_some(), "drained");
    world.run_until(world.now + 1_000);
    let sizes: Vec<usize> = world.pushes.iter().map(|push| push.1).collect();
    assert_eq!(sizes, [500, 500, 200], "full batches");
    assert_eq!(world.hellos.len(), 1, "one hello for the session");
    assert_eq!(world.view().kind, SyncKind::Resting);
    world.assert_all_arrived();
}

#[test]
fn a_sale_goes_at_once_when_the_engine_rests() {
    let mut world = started(till_with(0), Steady, 1);
    world.run_until(MINUTE);
    world.sell();
    assert!(
        world.run_until_drained(world.now + 200).is_some(),
        "no wait before the first attempt"
    );
}

#[test]
fn a_reply_lost_any_number_of_times_is_one_sale_with_one_answer() {
    for lost in [0, 1, 2, 7, 40] {
        let mut world = started(till_with(1), RepliesLost(lost), 3);
        world.run_until(8 * HOUR);
        assert_eq!(world.cloud.sales.len(), 1, "{lost} replies lost: one sale");
        assert!(world.drained(), "{lost} replies lost: it is over");
        assert_eq!(
            world.view().kind,
            SyncKind::Resting,
            "hello tells that it arrived"
        );
        assert!(world.pushes.len() <= 2, "a lost reply needs no second push");
    }
}

#[test]
fn the_same_batch_goes_again_under_its_key_while_the_heads_stand() {
    struct RequestsLost(u32);
    impl Link for RequestsLost {
        fn fate(&mut self, _now: u64, ops: usize) -> common::link::Fate {
            if ops == 0 || self.0 == 0 {
                return common::link::Fate::Delivered(10);
            }
            self.0 -= 1;
            common::link::Fate::RequestLost(100)
        }
    }
    let mut world = started(till_with(4), RequestsLost(1), 3);
    world.run_until_drained(HOUR).expect("drained");
    assert_eq!(world.pushes.len(), 2, "lost once");
    assert_eq!(world.pushes[0].2, world.pushes[1].2, "the same key");
    assert_eq!(world.hellos.len(), 2, "and hello in between");
}

#[test]
fn a_flapping_link_drains_within_a_minute_of_a_steady_one() {
    for announced in [true, false] {
        for seed in 0..3 {
            let steady_from = 30 * MINUTE;
            let mut world = started(till_with(1_500), Flapping { steady_from }, seed);
            if announced {
                for up in (0..=steady_from).step_by(10_000) {
                    world.at(up, Event::NetworkUp);
                }
            }
            for sold in 1..90 {
                world.run_until(sold * 20_000);
                world.sell();
            }
            world.run_until(steady_from);
            let left = world.till.ops().count() - world.cloud.log.len();
            assert!(
                !announced || left < 1_500,
                "something goes through in three seconds"
            );
            // Unannounced, a minute may pass before the next look; the line carries 100 ops a second.
            let carrying = if announced { 0 } else { left as u64 * 10 };
            let done = world.run_until_drained(steady_from + MINUTE + carrying);
            assert!(
                done.is_some(),
                "seed {seed}, announced {announced}: {left} ops left when the line was steady"
            );
            world.assert_all_arrived();
        }
    }
}

#[test]
fn a_flapping_link_drains_a_shop_day_while_it_flaps() {
    for seed in 0..4 {
        let mut world = started(
            till_with(400),
            Flapping {
                steady_from: u64::MAX,
            },
            seed,
        );
        for up in (0..=30 * MINUTE).step_by(10_000) {
            world.at(up, Event::NetworkUp);
        }
        let done = world.run_until_drained(30 * MINUTE);
        assert!(
            done.is_some(),
            "seed {seed}: three seconds in ten are enough"
        );
        world.assert_all_arrived();
    }
}

#[test]
fn a_dead_line_costs_bounded_work_and_never_ends_the_trying() {
    let mut world = started(till_with(10), Dead, 5);
    world.run_until(24 * HOUR);
    let attempts = world.hellos.len();
    assert!(attempts < 4_000, "{attempts} attempts a day are bounded");
    let last = *world.hellos.last().unwrap();
    assert!(last > 24 * HOUR - 2 * MINUTE, "and it still tries");
    assert!(world.pushes.is_empty(), "hello is the probe");
    world.link = Box::new(Steady);
    let done = world.run_until_drained(world.now + 90_000);
    assert!(done.is_some(), "a day later everything arrives by itself");
}

#[test]
fn one_seed_and_one_list_of_events_replay_one_history() {
    let run = |seed| {
        let random = SplitMix64::new(77);
        let bad = Bad {
            random,
            works_percent: 40,
        };
        let mut world = started(till_with(60), bad, seed);
        world.run_until(HOUR);
        world.trace
    };
    assert_eq!(run(9), run(9), "byte for byte");
    assert_ne!(run(9), run(10), "and the seed is what spreads tills apart");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn everything_arrives_once_and_in_order_over_any_line(
        seed in any::<u64>(),
        works_percent in 10..90_u64,
        backlog in 0..120_usize,
        acts in prop::collection::vec((0..4_u8, 0..90_000_u64), 0..40),
    ) {
        let random = SplitMix64::new(seed ^ 1);
        let mut world = started(till_with(backlog), Bad { random, works_percent }, seed);
        for (act, pause) in acts {
            world.run_until(world.now + pause);
            match act {
                0 => world.sell(),
                1 => world.till.restart(),
                2 => world.now(Event::NetworkUp),
                _ => world.now(Event::SyncNow),
            }
        }
        let done = world.run_until_drained(world.now + 48 * HOUR);
        prop_assert!(done.is_some(), "{:?} {} pushes", world.view(), world.pushes.len());
        world.assert_all_arrived();
        for (op_id, answers) in &world.outcomes {
            prop_assert!(
                answers.iter().all(|answer| answer == &answers[0]),
                "op {} always got the same answer", op_id
            );
        }
    }
}
