//! The right rules hold in every state within the bounds; each wrong rule is refuted.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use simulator::model::pulling::{Bound, Publishing, Pulling, Versions};
use simulator::model::sending::{Budget, SOMETIMES, Sending, Variant};
use simulator::model::settling::{Second, Settling};
use stateright::{Checker, Model};

const FEW: Budget = Budget {
    sells: 3,
    reboots: 0,
    tail_losses: 0,
    restores: 0,
    live_reverts: 0,
    clones: 0,
    cloud_restores: 0,
    cloud_backups: 0,
    host_wipes: 0,
    compactions: 0,
    pushes: 3,
};

/// Which promises of sending are broken somewhere within the bounds, and among how many states.
fn broken(variant: Variant, budget: Budget) -> (Vec<&'static str>, usize) {
    let model = Sending {
        variant,
        budget,
        tills: 1,
    };
    let checked = model.checker().threads(2).spawn_bfs().join();
    let found = checked.discoveries();
    let names = found.keys().filter(|name| !SOMETIMES.contains(name));
    (names.copied().collect(), checked.unique_state_count())
}

/// Nothing is broken, and there was something to look at: the states are counted, so that a bound which shrinks
/// to nothing by mistake does not pass for a proof.
#[track_caller]
fn holds(budget: Budget, at_least: usize) {
    let (broken, states) = broken(Variant::Right, budget);
    assert_eq!(broken, [""; 0], "in none of {states} states");
    assert!(
        states >= at_least,
        "the bounds leave something to check: {states}"
    );
}

#[test]
fn restored_and_cloned_tills_lose_and_double_nothing() {
    let budget = Budget {
        restores: 1,
        clones: 1,
        pushes: 2,
        ..FEW
    };
    holds(budget, 5_000);
}

#[test]
fn a_disk_that_lost_its_newest_sale_and_a_start_lose_nothing_more() {
    let budget = Budget {
        reboots: 1,
        tail_losses: 1,
        ..FEW
    };
    holds(budget, 1_000);
}

#[test]
fn a_machine_resumed_from_a_snapshot_loses_nothing() {
    let budget = Budget {
        live_reverts: 1,
        reboots: 1,
        ..FEW
    };
    holds(budget, 1_000);
}

#[test]
fn a_host_whose_disk_is_lost_and_a_till_that_starts_again_lose_nothing() {
    let budget = Budget {
        host_wipes: 1,
        reboots: 1,
        tail_losses: 1,
        ..FEW
    };
    holds(budget, 1_000);
}

#[test]
fn a_restored_cloud_is_healed_by_its_tills_even_after_compaction() {
    let budget = Budget {
        reboots: 1,
        cloud_restores: 1,
        cloud_backups: 1,
        compactions: 1,
        ..FEW
    };
    holds(budget, 1_000);
}

#[test]
fn every_wrong_rule_of_sending_is_refuted() {
    let restored = Budget {
        restores: 1,
        clones: 1,
        ..FEW
    };
    let cloud = Budget {
        cloud_restores: 1,
        cloud_backups: 1,
        ..FEW
    };
    let live = Budget {
        sells: 4,
        live_reverts: 1,
        reboots: 1,
        ..FEW
    };
    for (variant, budget) in [
        (Variant::WatermarkOnly, restored),
        (Variant::IntegerEpoch, restored),
        (Variant::DeleteOnAck, cloud),
        (Variant::AcceptGap, Budget { reboots: 1, ..FEW }),
        (Variant::NoQuarantine, live),
        (Variant::QuarantineFirst, live),
    ] {
        let (broken, states) = broken(variant, budget);
        assert!(
            !broken.is_empty(),
            "{variant:?} goes unnoticed in {states} states"
        );
    }
}

#[test]
fn a_pull_misses_no_row_that_commits_late() {
    let right = Pulling {
        versions: Versions::UnderTheLock,
        bound: Bound::None,
        publishing: Publishing::Whole,
        writes: 4,
    };
    right.checker().spawn_bfs().join().assert_properties();
    let early = Versions::AtTheBeginning;
    let wrong = [
        Pulling {
            versions: early,
            ..right
        },
        Pulling {
            bound: Bound::FirstPage,
            ..right
        },
        Pulling {
            publishing: Publishing::EachPage,
            ..right
        },
    ];
    for wrong in wrong {
        let checked = wrong.checker().spawn_bfs().join();
        let found = checked.discovery("what is published is what the table held");
        assert!(found.is_some(), "{wrong:?} goes unnoticed");
    }
}

#[test]
fn two_people_settle_one_conflict_once_and_both_are_told() {
    let case = |second| Settling { second }.checker().spawn_bfs().join();
    case(Second::IsTold).assert_properties();
    for (wrong, broken) in [
        (Second::Wins, "a conflict has one end"),
        (
            Second::IsToldBlindly,
            "nobody decides on what they did not see",
        ),
        (Second::IsToldAnew, "nobody's decision is swallowed"),
    ] {
        let found = case(wrong).discovery(broken);
        assert!(found.is_some(), "{wrong:?} goes unnoticed");
    }
}
