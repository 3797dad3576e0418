//! The right rules hold in every state within the bounds; each wrong rule is refuted.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use simulator::model::pulling::{Bound, Pulling, Versions};
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

/// Which properties a world breaks, and how many states it has.
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

#[test]
fn restored_and_cloned_tills_lose_and_double_nothing() {
    let budget = Budget {
        restores: 1,
        clones: 1,
        pushes: 2,
        ..FEW
    };
    let (broken, states) = broken(Variant::Right, budget);
    assert_eq!(broken, [""; 0], "in none of {states} states");
    assert!(
        states > 5_000,
        "the bounds leave something to check: {states}"
    );
}

#[test]
fn a_disk_that_lost_its_newest_sale_and_a_start_lose_nothing_more() {
    let budget = Budget {
        reboots: 1,
        tail_losses: 1,
        pushes: 3,
        ..FEW
    };
    let (broken, states) = broken(Variant::Right, budget);
    assert_eq!(broken, [""; 0], "in none of {states} states");
}

#[test]
fn a_machine_resumed_from_a_snapshot_loses_nothing() {
    let budget = Budget {
        live_reverts: 1,
        reboots: 1,
        pushes: 3,
        ..FEW
    };
    let (broken, states) = broken(Variant::Right, budget);
    assert_eq!(broken, [""; 0], "in none of {states} states");
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
    let (broken, states) = broken(Variant::Right, budget);
    assert_eq!(broken, [""; 0], "in none of {states} states");
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
    let table = [
        (Variant::WatermarkOnly, restored),
        (Variant::IntegerEpoch, restored),
        (Variant::DeleteOnAck, cloud),
        (Variant::AcceptGap, Budget { reboots: 1, ..FEW }),
        (Variant::NoQuarantine, live),
        (Variant::QuarantineFirst, live),
    ];
    for (variant, budget) in table {
        let model = Sending {
            variant,
            budget,
            tills: 1,
        };
        let checked = model.checker().threads(2).spawn_bfs().join();
        let found = checked.discoveries();
        let broken = found
            .keys()
            .filter(|name| !SOMETIMES.contains(name))
            .count();
        assert!(broken > 0, "{variant:?} goes unnoticed");
    }
}

#[test]
fn a_pull_misses_no_row_that_commits_late() {
    let right = Pulling {
        versions: Versions::UnderTheLock,
        bound: Bound::None,
        writes: 4,
    };
    right.checker().spawn_bfs().join().assert_properties();
    for (versions, bound) in [
        (Versions::AtTheBeginning, Bound::None),
        (Versions::UnderTheLock, Bound::FirstPage),
    ] {
        let wrong = Pulling {
            versions,
            bound,
            writes: 4,
        };
        let checked = wrong.checker().spawn_bfs().join();
        let found = checked.discovery("what is published is what the table held");
        assert!(
            found.is_some(),
            "{versions:?} with {bound:?} goes unnoticed"
        );
    }
}

#[test]
fn two_people_settle_one_conflict_once_and_both_are_told() {
    let right = Settling {
        second: Second::IsTold,
    };
    right.checker().spawn_bfs().join().assert_properties();
    let wrong = Settling {
        second: Second::Wins,
    };
    let checked = wrong.checker().spawn_bfs().join();
    assert!(
        checked.discovery("a conflict has one end").is_some(),
        "the last one winning goes unnoticed"
    );
}
