//! One seed, one history; and on a failure the smallest one that still fails.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

use super::names::{Fault, Tally};
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

/// What a world is like, beside its seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Hostile hours of the world before it is healed.
    pub hours: u64,
    /// Faults that never happen.
    pub without: BTreeSet<Fault>,
    /// The only faults that happen, often; none: a swarm drawn from the seed.
    pub only: Option<BTreeSet<Fault>>,
}

impl Default for Options {
    /// Ten hours and every fault.
    fn default() -> Self {
        Self {
            hours: 10,
            without: BTreeSet::new(),
            only: None,
        }
    }
}

/// What came of a world.
#[derive(Debug, Clone)]
pub struct Report {
    /// The history's hash: the same seed and options give the same one.
    pub hash: [u8; 32],
    /// Events that happened.
    pub events: u64,
    /// Ops that were recorded.
    pub ops: u64,
    /// Simulated milliseconds of all tills together.
    pub till_ms: u64,
    /// Which ops the cloud holds in the end, whatever became of them: the same for any order of arrival.
    pub content: u128,
    /// Faults and goals.
    pub tally: Tally,
}

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The rest of what the world was made of.
    pub options: Box<Options>,
    /// Which promise, in words.
    pub words: String,
    /// What happened before it, if it was listened to.
    pub history: Vec<String>,
    /// What there was until then.
    pub report: Box<Report>,
}

impl Failure {
    /// The command that plays it again.
    #[must_use]
    pub fn again(&self) -> String {
        let mut words = format!(
            "cargo xtask sim --seeds 1 --seed {} --hours {}",
            self.seed, self.options.hours
        );
        if let Some(only) = &self.options.only {
            words = format!("{words} --only {}", listed(only));
        }
        if !self.options.without.is_empty() {
            words = format!("{words} --without {}", listed(&self.options.without));
        }
        words
    }
}

fn listed(faults: &BTreeSet<Fault>) -> String {
    let words: Vec<&str> = faults.iter().map(|one| one.as_str()).collect();
    words.join(",")
}

/// Runs one seed's world.
pub fn run(seed: u64, options: &Options) -> Result<Report, Failure> {
    run_and_tell(seed, options, false)
}

fn run_and_tell(seed: u64, options: &Options, tell: bool) -> Result<Report, Failure> {
    let mut scene = Scene::new(seed, options, tell);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        scene.run_until(options.hours * 3_600_000);
        scene.heal_and_check();
    }));
    let history = scene.words.take().unwrap_or_default();
    let report = Report {
        hash: scene.digest(),
        events: scene.events,
        ops: scene.ops,
        till_ms: scene.now * scene.machines.len() as u64,
        content: scene.content(),
        tally: scene.tally,
    };
    match ran {
        Ok(()) => Ok(report),
        Err(panic) => Err(Failure {
            seed,
            options: Box::new(options.clone()),
            words: format!(
                "{} ({})",
                words_of(panic.as_ref()),
                BROKEN_AT.with_borrow(String::clone)
            ),
            history,
            report: Box::new(report),
        }),
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// The smallest world that still fails, with its history: faults are left out one by one and the hostile time
/// is halved, as long as something breaks. `None`: it does not fail again.
#[must_use]
pub fn shrink(failed: &Failure) -> Option<Failure> {
    let (seed, mut options) = (failed.seed, Options::clone(&failed.options));
    let mut shorter = options.clone();
    while shorter.hours > 1 {
        shorter.hours /= 2;
        if run(seed, &shorter).is_ok() {
            break;
        }
        options = shorter.clone();
    }
    for fault in Fault::ALL {
        if options.without.contains(fault) || failed.report.tally.times(*fault) == 0 {
            continue;
        }
        let mut smaller = options.clone();
        smaller.without.insert(*fault);
        if run(seed, &smaller).is_err() {
            options = smaller;
        }
    }
    run_and_tell(seed, &options, true).err()
}
