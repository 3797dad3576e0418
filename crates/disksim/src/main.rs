//! `holdfast-disksim [--seed S] [--seeds N] [--threads T] [--reel WORDS]`: the scripted day of a till,
//! cut at every write, flush and name, with every image; figures at the end.

#![allow(
    clippy::print_stdout,
    reason = "a command line speaks on standard output"
)]

use std::process::ExitCode;
use std::time::Instant;

use disksim::{Effort, Reel, Tally, crash_everywhere, day, trace_hash};

struct Options {
    effort: Effort,
    threads: usize,
    reel: String,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(words) => {
            println!("{words}");
            return ExitCode::FAILURE;
        }
    };
    match day() {
        Ok(reels) => run(&reels, &options),
        Err(error) => {
            println!("the day could not be recorded: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        effort: Effort {
            seed: 1,
            seeds: 2,
            every: 1,
        },
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        reel: String::new(),
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|e| format!("{word}: {e}"));
        match word.as_str() {
            "--seed" => options.effort.seed = number()?,
            "--seeds" => options.effort.seeds = number()?,
            "--threads" => options.threads = usize::try_from(number()?).unwrap_or(1),
            "--reel" => options.reel = value,
            _ => return Err(format!("unknown: {word}")),
        }
    }
    Ok(options)
}

fn run(reels: &[Reel], options: &Options) -> ExitCode {
    println!("trace {}", trace_hash(reels));
    let mut all = Tally::default();
    let begun = Instant::now();
    for reel in reels
        .iter()
        .filter(|reel| reel.name.contains(&options.reel))
    {
        let tally = crash_everywhere(reel, &options.effort, options.threads);
        tell(reel.name, &tally, begun);
        all.add(tally);
    }
    tell("all", &all, begun);
    if all.broken.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("again: cargo xtask disk --seed {}", options.effort.seed);
    ExitCode::FAILURE
}

fn tell(name: &str, tally: &Tally, begun: Instant) {
    println!(
        "{name}: {} writes, {} flushes, {} names; {} crash points, {} starts ({} more points leave what \
         another left), {} with what was under way, {} mended from the journal, {} from the vault; \
         {} lost, {} twice, {} not opened, {} otherwise broken; {} s",
        tally.writes,
        tally.syncs,
        tally.names,
        tally.points,
        tally.started,
        tally.equal,
        tally.found_under_way,
        tally.from_journal,
        tally.from_vault,
        tally.lost(),
        tally.twice(),
        tally.not_opened(),
        tally.broken.len() as u64 - tally.lost() - tally.twice() - tally.not_opened(),
        begun.elapsed().as_secs(),
    );
    for (place, broken) in tally.broken.iter().take(10) {
        println!("  {place}: {broken:?}");
    }
}
