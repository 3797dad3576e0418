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

/// What a world is like, beside its seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Hostile hours of the world before it is healed.
    pub hours: u64,
    /// Faults that never happen.
    pub without: BTreeSet<Fault>,
}

impl Default for Options {
    /// Ten hours and every fault.
    fn default() -> Self {
        Self {
            hours: 10,
            without: BTreeSet::new(),
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
    /// Faults and goals.
    pub tally: Tally,
}

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The rest of what the world was made of.
    pub options: Options,
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
        if !self.options.without.is_empty() {
            let without = self.options.without.iter();
            let without: Vec<&str> = without.map(|one| one.as_str()).collect();
            words = format!("{words} --without {}", without.join(","));
        }
        words
    }
}

/// Runs one seed's world.
pub fn run(seed: u64, options: &Options) -> Result<Report, Failure> {
    run_and_tell(seed, options, false)
}

fn run_and_tell(seed: u64, options: &Options, tell: bool) -> Result<Report, Failure> {
    let mut random = SplitMix64::new(seed);
    let tills = u8::try_from(1 + random.up_to(2)).unwrap_or(1);
    let mut scene = Scene::new(random, tills, &options.without);
    scene.words = tell.then(Vec::new);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        scene.run_until(options.hours * 3_600_000);
        scene.heal_and_check();
    }));
    let history = scene.words.take().unwrap_or_default();
    let report = Report {
        hash: scene.digest(),
        events: scene.events,
        ops: u64::try_from(scene.ops).unwrap_or(u64::MAX),
        till_ms: scene.now * scene.machines.len() as u64,
        tally: scene.tally,
    };
    match ran {
        Ok(()) => Ok(report),
        Err(panic) => Err(Failure {
            seed,
            options: options.clone(),
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
    let (seed, mut options) = (failed.seed, failed.options.clone());
    for fault in Fault::ALL {
        let mut smaller = options.clone();
        smaller.without.insert(*fault);
        if run(seed, &smaller).is_err() {
            options = smaller;
        }
    }
    while options.hours > 1 {
        let mut smaller = options.clone();
        smaller.hours /= 2;
        if run(seed, &smaller).is_ok() {
            break;
        }
        options = smaller;
    }
    run_and_tell(seed, &options, true).err()
}
