//! A fixed handful of worlds, small enough for every change.

#![allow(missing_docs, reason = "tests")]

use simulator::world::{Options, Tally, run};

fn six_hours() -> Options {
    Options {
        hours: 6,
        ..Options::default()
    }
}

#[test]
fn nothing_is_lost_or_doubled_in_a_handful_of_hostile_worlds() {
    let mut tally = Tally::default();
    for seed in 1..=60 {
        match run(seed, &six_hours()) {
            Ok(report) => tally.add(&report.tally),
            Err(failure) => panic!("{}: {}", failure.words, failure.again()),
        }
    }
    assert!(
        tally.faults.len() > 20,
        "the worlds were hostile: {tally:?}"
    );
}

#[test]
fn the_same_seed_is_the_same_history() {
    let hash = |seed| run(seed, &six_hours()).map(|report| (report.hash, report.events));
    for seed in [7, 41, 1_000_003] {
        let (one, two) = (hash(seed).ok(), hash(seed).ok());
        assert!(one.is_some(), "seed {seed} holds");
        assert_eq!(one, two, "seed {seed}, event by event");
    }
    assert_ne!(
        hash(1).ok(),
        hash(2).ok(),
        "another seed is another history"
    );
}
