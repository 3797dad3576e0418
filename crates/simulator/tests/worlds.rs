//! A fixed handful of worlds, small enough for every change.

#![allow(missing_docs, reason = "tests")]

use std::collections::BTreeSet;

use simulator::world::{Fault, Options, Report, Tally, run};

/// Seeds that broke something once, with what it was.
const REGRESSIONS: &str = include_str!("../regressions/seeds.txt");

fn hours(hours: u64) -> Options {
    Options {
        hours,
        ..Options::default()
    }
}

fn only(faults: &[Fault], hours: u64) -> Options {
    Options {
        hours,
        only: Some(faults.iter().copied().collect()),
        ..Options::default()
    }
}

fn holds(seed: u64, options: &Options) -> Report {
    match run(seed, options) {
        Ok(report) => report,
        Err(failure) => panic!("{}: {}", failure.words, failure.again()),
    }
}

#[test]
fn nothing_is_lost_or_doubled_in_a_handful_of_hostile_worlds() {
    let mut tally = Tally::default();
    for seed in 1..=60 {
        tally.add(&holds(seed, &hours(6)).tally);
    }
    let never: BTreeSet<Fault> = tally.rare(1).collect();
    assert!(
        never.len() < Fault::ALL.len() / 4,
        "the worlds were hostile: {never:?} never happened"
    );
}

#[test]
fn the_same_seed_is_the_same_history() {
    for seed in [7, 41, 1_000_003] {
        let (one, two) = (holds(seed, &hours(4)), holds(seed, &hours(4)));
        assert_eq!(one.hash, two.hash, "seed {seed}, event by event");
        assert_eq!(one.events, two.events, "seed {seed}");
    }
    let (one, two) = (holds(1, &hours(2)), holds(2, &hours(2)));
    assert_ne!(one.hash, two.hash, "another seed is another history");
}

/// What a fault needs to meet anything at all.
fn beside(fault: Fault) -> &'static [Fault] {
    if fault == Fault::TooLarge413 {
        // A till that is never behind sends one op at a time.
        return &[Fault::Backlog];
    }
    &[]
}

/// A fault that changes nothing would be a toy, and its count a lie.
#[test]
fn every_fault_has_an_effect() {
    let toys: Vec<String> = Fault::ALL.iter().filter_map(|fault| toy(*fault)).collect();
    assert!(toys.is_empty(), "{toys:?}");
}

/// Why a fault is a toy, if it is one.
fn toy(fault: Fault) -> Option<String> {
    let beside = beside(fault);
    let both: Vec<Fault> = beside.iter().copied().chain([fault]).collect();
    let mut met = false;
    for seed in 1..=40 {
        let world = holds(seed, &only(&both, 2));
        if world.tally.times(fault) == 0 {
            continue;
        }
        met = true;
        if world.hash != holds(seed, &only(beside, 2)).hash {
            return None;
        }
    }
    let why = if met {
        "changes nothing"
    } else {
        "does not happen"
    };
    Some(format!("{fault} {why} in forty worlds"))
}

/// Lines, clocks and the cloud's weather decide when an op arrives, never whether or which.
#[test]
fn what_is_recorded_does_not_depend_on_lines_clocks_or_weather() {
    let lines = [
        Fault::DropRequest,
        Fault::DropReply,
        Fault::TruncateReply,
        Fault::ResetAfterSend,
        Fault::Duplicate,
        Fault::LateDuplicate,
        Fault::Reorder,
        Fault::Delay,
        Fault::Clog,
        Fault::Partition,
        Fault::Portal,
        Fault::Busy429,
        Fault::TooLarge413,
    ];
    let clocks = [
        Fault::ClockJump,
        Fault::ClockNudge,
        Fault::ClockBackADay,
        Fault::ClockFrozen,
        Fault::ClockDrift,
    ];
    let weather = [
        Fault::CloudDown,
        Fault::CloudError,
        Fault::CrashAfterCommit,
        Fault::StatementTimeout,
        Fault::PoolExhausted,
        Fault::SerializationFailure,
        Fault::FailOver,
        Fault::CloudRestore,
        Fault::SilentRewind,
        Fault::TombstonesForgotten,
    ];
    for seed in 1..=4 {
        let calm = holds(seed, &only(&[], 6));
        for faults in [lines.as_slice(), &clocks, &weather] {
            let world = holds(seed, &only(faults, 6));
            assert_ne!(world.hash, calm.hash, "seed {seed}: another history");
            assert_eq!(
                world.content, calm.content,
                "seed {seed}: the same ops, whatever {faults:?} did"
            );
        }
    }
}

#[test]
fn what_was_broken_once_stays_mended() {
    let lines = REGRESSIONS.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(seed)), Some(Ok(of_hours))) = (words.next(), words.next()) else {
            panic!("a line begins with seed and hours: {line}")
        };
        holds(seed, &hours(of_hours));
    }
}
