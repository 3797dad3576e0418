//! `cargo xtask sim` runs this: many seeds, a report, and on a failure the smallest history.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use simulator::world::{Failure, Fault, Goal, Options, Report, Tally, remember_where, run, shrink};

/// What was asked for.
struct Wanted {
    first: u64,
    seeds: u64,
    hours: u64,
    without: BTreeSet<Fault>,
    threads: u64,
}

/// What all runs came to.
#[derive(Default)]
struct Sum {
    runs: u64,
    events: u64,
    ops: u64,
    till_ms: u64,
    tally: Tally,
}

fn main() -> ExitCode {
    let wanted = match Wanted::read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(words) => {
            say(&words);
            return ExitCode::from(2);
        }
    };
    // A broken promise is caught and told with its seed; the panic's own words would only be noise.
    std::panic::set_hook(Box::new(remember_where));
    let begun = Instant::now();
    let (sum, failed) = all(&wanted);
    tell(&sum, begun.elapsed().as_secs());
    match failed {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            tell_failure(&failure);
            ExitCode::FAILURE
        }
    }
}

impl Wanted {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wanted = Self {
            first: 1,
            seeds: 100,
            hours: 10,
            without: BTreeSet::new(),
            threads: 2,
        };
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| format!("{name} wants a value"))?;
            let number = || {
                value
                    .parse::<u64>()
                    .map_err(|_| format!("{name} wants a number, got {value:?}"))
            };
            match name.as_str() {
                "--seed" => wanted.first = number()?,
                "--seeds" => wanted.seeds = number()?,
                "--hours" => wanted.hours = number()?.max(1),
                "--days" => wanted.hours = number()?.max(1) * 24,
                "--threads" => wanted.threads = number()?.clamp(1, 64),
                "--without" => {
                    for word in value.split(',') {
                        let fault = Fault::from_word(word)
                            .ok_or_else(|| format!("there is no fault {word:?}"))?;
                        wanted.without.insert(fault);
                    }
                }
                _ => {
                    return Err(format!(
                        "{name} is unknown: use --seeds, --seed, --hours, --days, --without, --threads"
                    ));
                }
            }
        }
        Ok(wanted)
    }

    fn options(&self) -> Options {
        Options {
            hours: self.hours,
            without: self.without.clone(),
        }
    }
}

/// Every seed, on a few threads; ends at the first failure.
fn all(wanted: &Wanted) -> (Sum, Option<Failure>) {
    let options = wanted.options();
    let (sum, failed) = (Mutex::new(Sum::default()), Mutex::new(None));
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..wanted.threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= wanted.seeds {
                        break;
                    }
                    let report = match run(wanted.first + at, &options) {
                        Ok(report) => report,
                        Err(failure) => {
                            stop.store(true, Ordering::Relaxed);
                            let report = failure.report.as_ref().clone();
                            if let Ok(mut failed) = failed.lock() {
                                failed.get_or_insert(failure);
                            }
                            report
                        }
                    };
                    if let Ok(mut sum) = sum.lock() {
                        sum.add(&report);
                        sum.progress(wanted.seeds);
                    }
                }
            });
        }
    });
    (
        sum.into_inner().unwrap_or_default(),
        failed.into_inner().unwrap_or_default(),
    )
}

impl Sum {
    fn add(&mut self, report: &Report) {
        self.runs += 1;
        self.events += report.events;
        self.ops += report.ops;
        self.till_ms += report.till_ms;
        self.tally.add(&report.tally);
    }

    fn progress(&self, of: u64) {
        if self.runs.is_multiple_of((of / 20).max(1)) {
            say(&format!("{} of {of} seeds", self.runs));
        }
    }
}

fn tell(sum: &Sum, seconds: u64) {
    let hours = sum.till_ms / 3_600_000;
    say(&format!(
        "{} seeds, {} events, {} ops, {hours} till-hours ({} till-days) in {seconds} s",
        sum.runs,
        sum.events,
        sum.ops,
        hours / 24
    ));
    for fault in Fault::ALL {
        let times = sum.tally.faults.get(fault).copied().unwrap_or(0);
        say(&format!("  {times:>10}  {fault}"));
    }
    say("sometimes:");
    for goal in Goal::ALL {
        let times = sum.tally.goals.get(goal).copied().unwrap_or(0);
        say(&format!("  {times:>10}  {goal}"));
    }
}

fn tell_failure(failure: &Failure) {
    say(&format!(
        "seed {} fails: {}; shrinking…",
        failure.seed, failure.words
    ));
    let Some(smallest) = shrink(failure) else {
        say("the failure does not come again: the history is not the seed's alone");
        return;
    };
    for line in smallest.history.iter().rev().take(80).rev() {
        say(line);
    }
    say(&format!("broken: {}", smallest.words));
    say(&format!("again: {}", smallest.again()));
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe ends the talking, not the run.
    let _ = writeln!(out, "{words}");
}
