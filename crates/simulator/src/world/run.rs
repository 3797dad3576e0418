//! One seed, one history; and on a failure the smallest one that still fails.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

use sync::backoff::SplitMix64;

use super::fault::{Fault, Tally};
use super::scene::Scene;

thread_local! {
    /// Where this thread's last broken promise stands in the code.
    static BROKEN_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A panic hook that says nothing and remembers the place, for the report.
pub fn remember_where(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    BROKEN_AT.with_borrow_mut(|broken| *broken = place);
}

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Hostile hours of the world before it is healed.
    pub hours: u64,
    /// Faults that never happen.
    pub without: BTreeSet<Fault>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The plan.
    pub plan: Plan,
    /// The history's hash: the same plan gives the same one.
    pub hash: [u8; 32],
    /// Events that happened.
    pub events: u64,
    /// Ops that were recorded.
    pub ops: u64,
    /// Simulated milliseconds of all tills together.
    pub till_ms: u64,
    /// Faults and goals.
    pub tally: Tally,
    /// What broke, if something did.
    pub failure: Option<Failure>,
}

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which one, in words.
    pub words: String,
    /// What happened before it, if it was listened to.
    pub history: Vec<String>,
}

/// Runs one plan.
#[must_use]
pub fn run(plan: &Plan) -> Report {
    run_and_tell(plan, false)
}

fn run_and_tell(plan: &Plan, tell: bool) -> Report {
    let mut random = SplitMix64::new(plan.seed);
    let tills = u8::try_from(1 + random.up_to(2)).unwrap_or(1);
    let mut scene = Scene::new(random, tills, &plan.without);
    scene.words = tell.then(Vec::new);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        scene.run_until(plan.hours * 3_600_000);
        scene.heal_and_check();
    }));
    let failure = ran.err().map(|panic| Failure {
        words: format!(
            "{} ({})",
            words_of(panic.as_ref()),
            BROKEN_AT.with_borrow(String::clone)
        ),
        history: scene.words.take().unwrap_or_default(),
    });
    Report {
        plan: plan.clone(),
        hash: scene.digest(),
        events: scene.events,
        ops: u64::try_from(scene.ops).unwrap_or(u64::MAX),
        till_ms: scene.now * scene.machines.len() as u64,
        tally: scene.tally,
        failure,
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// The smallest plan that still fails, with its history: faults are left out one by one and the hostile time
/// is halved, as long as something breaks.
#[must_use]
pub fn shrink(failed: &Plan) -> Report {
    let mut plan = failed.clone();
    for fault in Fault::ALL {
        let mut smaller = plan.clone();
        smaller.without.insert(*fault);
        if run(&smaller).failure.is_some() {
            plan = smaller;
        }
    }
    while plan.hours > 1 {
        let mut smaller = plan.clone();
        smaller.hours /= 2;
        if run(&smaller).failure.is_none() {
            break;
        }
        plan = smaller;
    }
    run_and_tell(&plan, true)
}
