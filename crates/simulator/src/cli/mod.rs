//! What was asked for, and what is told.

mod sum;

use std::collections::BTreeSet;
use std::io::Write as _;

use simulator::world::{Failure, Fault, Options, shrink};

pub(crate) use sum::Sum;

/// A run of so many seeds must have met every fault and every goal.
const LONG_SEEDS: u64 = 20_000;
/// Lines of a failure's history that are told: its end.
const TOLD_LINES: usize = 80;

/// What was asked for.
pub(crate) struct Wanted {
    pub(crate) first: u64,
    pub(crate) seeds: u64,
    pub(crate) options: Options,
    pub(crate) threads: u64,
    /// Seeds after a failing one are run all the same.
    pub(crate) keep_going: bool,
}

impl Wanted {
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wanted = Self {
            first: 1,
            seeds: 100,
            options: Options::default(),
            threads: 2,
            keep_going: false,
        };
        while let Some(name) = arguments.next() {
            if name == "--keep-going" {
                wanted.keep_going = true;
                continue;
            }
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
                "--hours" => wanted.options.hours = number()?.max(1),
                "--days" => wanted.options.hours = number()?.max(1) * 24,
                "--threads" => wanted.threads = number()?.clamp(1, 64),
                "--without" => wanted.options.without = faults(&value)?,
                "--only" => wanted.options.only = Some(faults(&value)?),
                _ => {
                    return Err(format!(
                        "{name} is unknown: use --seeds, --seed, --hours, --days, --without, --only, --threads, --keep-going"
                    ));
                }
            }
        }
        Ok(wanted)
    }

    /// Whether so much was asked for that everything must have been met.
    pub(crate) fn is_long(&self) -> bool {
        let narrowed = self.options.only.is_some() || !self.options.without.is_empty();
        self.seeds >= LONG_SEEDS && !narrowed
    }
}

fn faults(words: &str) -> Result<BTreeSet<Fault>, String> {
    let words = words.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| Fault::from_word(word).ok_or_else(|| format!("there is no fault {word:?}")))
        .collect()
}

/// The smallest world that still fails, its history in words, and how to see it again.
pub(crate) fn tell_failure(failure: &Failure) {
    say(&format!(
        "seed {} fails: {}; shrinking…",
        failure.seed, failure.words
    ));
    let Some(smallest) = shrink(failure) else {
        say("the failure does not come again: the history is not the seed's alone");
        return;
    };
    for line in smallest.history.iter().rev().take(TOLD_LINES).rev() {
        say(line);
    }
    say(&format!("broken: {}", smallest.words));
    say(&format!("again: {}", smallest.again()));
}

pub(crate) fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe ends the talking, not the run.
    let _ = writeln!(out, "{words}");
}
