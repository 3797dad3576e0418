//! `cargo xtask sim` runs this: many seeds, a report, and on a failure the smallest history.

mod cli;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use cli::{Sum, Wanted, say};
use simulator::world::{Failure, remember_where, run};

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
    let (sum, failed) = all(&wanted);
    sum.tell(&wanted);
    if let Some(failure) = failed {
        cli::tell_failure(&failure);
        return ExitCode::FAILURE;
    }
    if wanted.is_long() && !sum.is_complete() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Every seed, on a few threads; ends at the first failure.
fn all(wanted: &Wanted) -> (Sum, Option<Failure>) {
    let (sum, failed) = (Mutex::new(Sum::begin()), Mutex::new(None));
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..wanted.threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= wanted.seeds {
                        break;
                    }
                    let report = match run(wanted.first + at, &wanted.options) {
                        Ok(report) => report,
                        Err(failure) => {
                            stop.store(!wanted.keep_going, Ordering::Relaxed);
                            say(&format!("seed {} fails: {}", failure.seed, failure.words));
                            let report = failure.report.as_ref().clone();
                            if let Ok(mut failed) = failed.lock() {
                                failed.get_or_insert(failure);
                            }
                            report
                        }
                    };
                    if let Ok(mut sum) = sum.lock() {
                        sum.add(&report);
                        sum.progress(wanted.seeds, begun.elapsed());
                    }
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap_or_else(|_| Sum::begin());
    (sum, failed.into_inner().unwrap_or_default())
}
