//! Drawing a plan from a seed: a swarm, so that each round knows only some of the faults, and those well.
//!
//! Promises the same plan for the same seed. The moments in it are wall time: a replay repeats the plan, not
//! the microsecond.

use super::plan::{Deed, Elsewhere, Means, Medium, Moment, Plan, TillPlan};
use crate::dice::Dice;

/// Which of a till's past may come back, at most one kind in a round: what was copied twice over tells nothing
/// about either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    /// Nothing was copied.
    Gone,
    /// Old backups are put back.
    Backups,
    /// Its disk is copied to a second machine, and both go on.
    Clones,
}

/// Seconds by which a clock is wrong: from a moment to years, either way.
const WRONG_S: [i64; 10] = [
    2,
    61,
    3_600,
    90_000,
    700_000,
    40_000_000,
    400_000_000,
    -5,
    -4_000,
    -80_000_000,
];

impl Plan {
    /// The plan of a round.
    pub(crate) fn draw(seed: u64, means: Means) -> Self {
        let mut dice = Dice::new(seed);
        let postgres = means.postgres && (!means.sqlite || dice.below(3) == 0);
        // What befalls this round at all: about half of what there is.
        let mut befalls = |one_in: u64| dice.below(one_in) == 0;
        let swarm = Swarm {
            clocks: befalls(2) && means.faketime,
            pauses: befalls(2),
            cloud_kills: !befalls(4),
            cloud_clock: befalls(4) && means.faketime,
            line_kills: befalls(2),
            roll_back: befalls(5),
            lossy_cloud: befalls(2) && means.lossy && !postgres,
        };
        let per_mille = match dice.below(4) {
            0 => 0,
            1 => 5,
            2 => 15,
            _ => 30,
        };
        let tills = (0..2 + dice.below(2)).map(|_| TillPlan::draw(&mut dice, means, &swarm));
        let tills = tills.collect();
        let cloud = if swarm.lossy_cloud {
            Medium::Lossy
        } else {
            Medium::Plain
        };
        Self {
            postgres,
            cloud,
            line_seed: dice.next(),
            per_mille,
            tills,
            elsewhere: elsewhere(&mut dice, &swarm, per_mille),
        }
    }
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that is there or not"
)]
struct Swarm {
    clocks: bool,
    pauses: bool,
    cloud_kills: bool,
    cloud_clock: bool,
    line_kills: bool,
    roll_back: bool,
    lossy_cloud: bool,
}

impl TillPlan {
    fn draw(dice: &mut Dice, means: Means, swarm: &Swarm) -> Self {
        let medium = match dice.below(5) {
            0 | 1 if means.lossy => Medium::Lossy,
            2 if means.small => Medium::Small,
            _ => Medium::Plain,
        };
        // A cloud that forgets and a till that forgets may forget the same sale: nobody promised that one.
        let past = match dice.below(4) {
            0 if !swarm.roll_back => Past::Backups,
            1 => Past::Clones,
            _ => Past::Gone,
        };
        let lives = 14 + dice.below(12);
        let mut deeds: Vec<(u64, Deed)> = (0..lives)
            .map(|_| (dice.next(), one(dice, medium, swarm)))
            .collect();
        let mut slip_in = |deed, from, to| {
            let at = from + dice.below(to - from);
            deeds.insert(usize::try_from(at).unwrap_or(0), (dice.next(), deed));
        };
        match past {
            Past::Gone => {}
            Past::Clones => slip_in(Deed::Clone, 3, 8),
            Past::Backups => {
                slip_in(Deed::OldTill, 10, 13);
                slip_in(Deed::OldVault, 7, 9);
                slip_in(Deed::Backup, 2, 6);
            }
        }
        Self { medium, deeds }
    }
}

fn one(dice: &mut Dice, medium: Medium, swarm: &Swarm) -> Deed {
    let (sending, every_ms) = (dice.below(4) > 0, [0, 0, 3, 20][place(dice, 4)]);
    let at = moment(dice);
    match (dice.below(10), medium) {
        (0..=3, Medium::Lossy) => Deed::Cut {
            sending,
            at,
            seed: dice.next(),
        },
        (0..=2, Medium::Small) => Deed::Full {
            after: 1 + dice.below(8),
            leave_mb: [0, 1, 14, 40][place(dice, 4)],
        },
        (4, _) if swarm.pauses => Deed::Pause {
            at,
            pause_ms: [40, 300, 1_500, 3_000][place(dice, 4)],
            then_us: dice.below(60_000),
        },
        (5, _) if swarm.clocks => Deed::Clock {
            offset_s: WRONG_S[place(dice, 10)],
            jump_s: WRONG_S[place(dice, 10)],
            at,
        },
        (6, _) => Deed::KillSending {
            then_us: dice.below(900_000),
        },
        _ => Deed::Kill {
            sending,
            every_ms,
            at,
        },
    }
}

/// Some die while they start (the vault is opened, the media are compared), most between two flushes.
fn moment(dice: &mut Dice) -> Moment {
    let after = match dice.below(4) {
        0 => 0,
        _ => 1 + dice.below(14),
    };
    let then_us = match (after, dice.below(4)) {
        (0, _) => dice.below(400_000),
        // Long enough for what was rung to be on its way.
        (_, 0) => dice.below(700_000),
        _ => dice.below(30_000),
    };
    Moment { after, then_us }
}

fn elsewhere(dice: &mut Dice, swarm: &Swarm, per_mille: u64) -> Vec<(u64, Elsewhere)> {
    let mut all = Vec::new();
    for _ in 0..60 {
        let wait_ms = 150 + dice.below(1_500);
        let what = match dice.below(8) {
            0 | 1 if swarm.lossy_cloud => Elsewhere::CutCloud { seed: dice.next() },
            0..=2 if swarm.cloud_kills => Elsewhere::KillCloud {
                down_ms: [0, 0, 200, 1_500][place(dice, 4)],
            },
            3 if swarm.pauses => Elsewhere::StopCloud {
                ms: 50 + dice.below(2_500),
            },
            4 | 5 if swarm.line_kills => Elsewhere::KillLine {
                down_ms: [0, 100, 800][place(dice, 3)],
                seed: dice.next(),
                per_mille,
            },
            6 if swarm.pauses => Elsewhere::StopLine {
                ms: 50 + dice.below(2_000),
            },
            7 if swarm.cloud_clock => Elsewhere::CloudClock {
                offset_s: WRONG_S[place(dice, 10)],
            },
            _ => continue,
        };
        all.push((wait_ms, what));
    }
    if swarm.roll_back {
        all.insert(all.len().min(2), (600, Elsewhere::CopyCloud));
        let said = dice.below(2) == 0;
        all.insert(all.len().min(10), (1_500, Elsewhere::RollBack { said }));
    }
    all
}

fn place(dice: &mut Dice, of: u64) -> usize {
    usize::try_from(dice.below(of)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEANS: Means = Means {
        sqlite: true,
        postgres: true,
        lossy: true,
        small: true,
        faketime: true,
    };

    #[test]
    fn one_seed_is_one_plan() {
        let told = |seed| format!("{:?}", Plan::draw(seed, MEANS));
        assert_eq!(told(7), told(7), "the same seed");
        assert_ne!(told(7), told(8), "another one");
    }

    #[test]
    fn a_cloud_that_forgets_never_meets_a_till_that_does() {
        for seed in 0..500 {
            let plan = Plan::draw(seed, MEANS);
            let back = |till: &TillPlan| format!("{till:?}").contains("OldTill");
            let put_back = plan.tills.iter().any(back);
            assert!(!(plan.rolls_back() && put_back), "seed {seed}");
        }
    }

    #[test]
    fn nothing_is_rolled_back_to_before_it_was_copied() {
        for seed in 0..500 {
            let plan = Plan::draw(seed, MEANS);
            let at = |wanted: fn(&Elsewhere) -> bool| {
                plan.elsewhere.iter().position(|(_, what)| wanted(what))
            };
            let copied = at(|what| matches!(what, Elsewhere::CopyCloud));
            let back = at(|what| matches!(what, Elsewhere::RollBack { .. }));
            assert!(copied.is_some() || back.is_none(), "seed {seed}: a copy");
            assert!(copied <= back, "seed {seed}: and earlier");
        }
    }

    #[test]
    fn a_machine_without_the_means_draws_none_of_them() {
        let means = Means {
            postgres: false,
            lossy: false,
            small: false,
            faketime: false,
            ..MEANS
        };
        for seed in 0..200 {
            let told = format!("{:?}", Plan::draw(seed, means));
            for absent in ["postgres: true", "Lossy", "Small", "Clock"] {
                assert!(!told.contains(absent), "seed {seed}: {absent}");
            }
        }
    }
}
