//! A fixed handful of worlds, small enough for every change.

#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;

use simulator::world::{Plan, Tally, run};

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        hours: 6,
        without: BTreeSet::new(),
    }
}

#[test]
fn nothing_is_lost_or_doubled_in_a_handful_of_hostile_worlds() {
    let mut tally = Tally::default();
    for seed in 1..=60 {
        let report = run(&plan(seed));
        tally.add(&report.tally);
        let broken = report.failure.map(|failure| failure.words);
        assert_eq!(
            broken, None,
            "cargo xtask sim --seeds 1 --seed {seed} --hours 6"
        );
    }
    assert!(
        tally.faults.len() > 20,
        "the worlds were hostile: {tally:?}"
    );
}

#[test]
fn the_same_seed_is_the_same_history() {
    for seed in [7, 41, 1_000_003] {
        let (one, two) = (run(&plan(seed)), run(&plan(seed)));
        assert_eq!(one.hash, two.hash, "seed {seed}, event by event");
        assert_eq!(one.events, two.events, "seed {seed}");
    }
    assert_ne!(
        run(&plan(1)).hash,
        run(&plan(2)).hash,
        "another seed is another history"
    );
}
