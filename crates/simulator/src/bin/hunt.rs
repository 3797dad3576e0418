//! `cargo xtask sim --mutants` runs this: worlds from seed 1 on, until one breaks.
//!
//! Says in one line what it found: `killed <seed> <words>`, status 1, or `survived <seeds>`, status 0. Of several
//! threads that find something at once the lowest seed is told, so that the answer is the same on every machine.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use simulator::world::{Options, remember_where, run};

fn main() -> ExitCode {
    let Some(wanted) = Wanted::read(std::env::args().skip(1)) else {
        say("use --seed S --seeds N --hours H --threads T, each with a number");
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(remember_where));
    if let Some((seed, words)) = wanted.first_broken() {
        say(&format!("killed {seed} {}", words.replace('\n', " ")));
        return ExitCode::FAILURE;
    }
    say(&format!("survived {}", wanted.seeds));
    ExitCode::SUCCESS
}

struct Wanted {
    seed: u64,
    seeds: u64,
    hours: u64,
    threads: u64,
}

impl Wanted {
    fn read(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut wanted = Self {
            seed: 1,
            seeds: 1,
            hours: 6,
            threads: 2,
        };
        while let Some(name) = words.next() {
            let number = words.next()?.parse().ok()?;
            match name.as_str() {
                "--seed" => wanted.seed = number,
                "--seeds" => wanted.seeds = number,
                "--hours" => wanted.hours = number.max(1),
                "--threads" => wanted.threads = number.clamp(1, 64),
                _ => return None,
            }
        }
        Some(wanted)
    }

    /// The lowest seed whose world breaks, and in which words.
    fn first_broken(&self) -> Option<(u64, String)> {
        let (next, end) = (
            AtomicU64::new(self.seed),
            AtomicU64::new(self.seed + self.seeds),
        );
        let broken = Mutex::new(BTreeMap::new());
        let options = Options {
            hours: self.hours,
            ..Options::default()
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end.load(Ordering::Relaxed) {
                            break;
                        }
                        if let Err(failure) = run(seed, &options) {
                            // No later seed matters any more; an earlier one under way still does.
                            end.fetch_min(seed, Ordering::Relaxed);
                            let mut broken = broken.lock().unwrap_or_else(PoisonError::into_inner);
                            broken.insert(seed, failure.words);
                        }
                    }
                });
            }
        });
        let broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
        broken.into_iter().next()
    }
}

fn say(words: &str) {
    // A closed pipe ends the talking, not the hunt.
    let _ = writeln!(std::io::stdout().lock(), "{words}");
}
