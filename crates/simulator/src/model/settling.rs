//! Two people decide one conflict, on tills that may be far away and late.
//!
//! A decision is an op that names the conflict's version as its author saw it. The first one ends the
//! conflict and has its effect; the second is recorded, told so, and has none. Wrong variants let the one that
//! arrives last win, do not look at the version, or judge a repeated op anew.

use stateright::{Model, Property};

/// How the cloud takes a second decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// It is told `ALREADY_RESOLVED` and has no effect.
    IsTold,
    /// It overwrites the first.
    Wins,
    /// The same, but a decision is taken whatever version its author saw.
    IsToldBlindly,
    /// The same, but an op that arrives again is judged again.
    IsToldAnew,
}

/// Two people, one conflict, which may change once before anybody decides.
#[derive(Clone, Debug)]
pub struct Settling {
    /// The rule.
    pub second: Second,
}

/// What a decision was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// It ended the conflict.
    Settled,
    /// Somebody else had.
    AlreadyResolved,
    /// The conflict is not what was decided on.
    Changed,
}

/// A person with a till.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Person {
    /// The version on their screen.
    seen: Option<u8>,
    /// The version they decided on; the op is in the vault.
    decided_on: Option<u8>,
    told: Option<Told>,
}

/// The state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    version: u8,
    open: bool,
    may_change: bool,
    effects: u8,
    people: [Person; 2],
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The conflict changes: another sale below zero.
    Change,
    /// A person's till pulls.
    Look(usize),
    /// A person decides on what they see.
    Decide(usize),
    /// The op arrives, for the first or the tenth time.
    Arrive(usize),
}

impl Model for Settling {
    type State = Case;
    type Action = Step;

    fn init_states(&self) -> Vec<Case> {
        vec![Case {
            version: 1,
            open: true,
            may_change: true,
            effects: 0,
            people: [Person::default(); 2],
        }]
    }

    fn actions(&self, case: &Case, steps: &mut Vec<Step>) {
        if case.open && case.may_change {
            steps.push(Step::Change);
        }
        for (at, person) in case.people.iter().enumerate() {
            if case.open {
                steps.push(Step::Look(at));
            }
            if person.seen.is_some() && person.decided_on.is_none() {
                steps.push(Step::Decide(at));
            }
            if person.decided_on.is_some() {
                steps.push(Step::Arrive(at));
            }
        }
    }

    fn next_state(&self, before: &Case, step: Step) -> Option<Case> {
        let mut case = before.clone();
        match step {
            Step::Change => {
                case.version += 1;
                case.may_change = false;
            }
            Step::Look(at) => case.people[at].seen = Some(case.version),
            Step::Decide(at) => case.people[at].decided_on = case.people[at].seen,
            Step::Arrive(at) => self.take(&mut case, at),
        }
        (case != *before).then_some(case)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("a conflict has one end", |_, case: &Case| case.effects <= 1),
            Property::always("nobody's decision is swallowed", |_, case: &Case| {
                let settled = |person: &&Person| person.told == Some(Told::Settled);
                let ends = case.people.iter().filter(settled).count();
                case.open == (ends == 0) && ends <= 1
            }),
            Property::always(
                "nobody decides on what they did not see",
                |_, case: &Case| {
                    let knew = |person: &Person| {
                        person.told != Some(Told::Settled)
                            || person.decided_on == Some(case.version)
                    };
                    case.people.iter().all(knew)
                },
            ),
            Property::sometimes("two people decided at once", |_, case: &Case| {
                case.people.iter().all(|person| person.told.is_some())
            }),
        ]
    }
}

impl Settling {
    /// Outcomes are sticky: an op that was told something is told the same again.
    fn take(&self, case: &mut Case, at: usize) {
        let person = case.people[at];
        if person.told.is_some() && self.second != Second::IsToldAnew {
            return;
        }
        let told = if !case.open && self.second != Second::Wins {
            Told::AlreadyResolved
        } else if person.decided_on != Some(case.version) && self.looks_at_versions() {
            Told::Changed
        } else {
            case.open = false;
            case.effects += 1;
            Told::Settled
        };
        case.people[at].told = Some(told);
    }

    const fn looks_at_versions(&self) -> bool {
        match self.second {
            Second::IsTold | Second::IsToldAnew => true,
            Second::Wins | Second::IsToldBlindly => false,
        }
    }
}
