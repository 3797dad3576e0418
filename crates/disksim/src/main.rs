//! `holdfast-disksim [--seed S] [--seeds N] [--threads T] [--reel WORDS] [--only cuts|lies|faults]`:
//! the scripted day of a till, cut at every write, flush and name; flushes that were lies and damaged
//! files; every call of a running disk hit by each fault. Figures at the end.

#![allow(
    clippy::print_stdout,
    reason = "a command line speaks on standard output"
)]

use std::process::ExitCode;
use std::time::Instant;

use disksim::{
    Broken, Effort, HITS, Reel, Tally, crash_everywhere, day, files_damaged, hit_every_call,
    nothing_after_a_failed_flush, synced_tail_lost, trace_hash,
};

struct Options {
    effort: Effort,
    threads: usize,
    reel: String,
    /// `cuts`, `lies` or `faults`; empty: all three.
    only: String,
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
        only: String::new(),
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|e| format!("{word}: {e}"));
        match word.as_str() {
            "--seed" => options.effort.seed = number()?,
            "--seeds" => options.effort.seeds = number()?,
            "--threads" => options.threads = usize::try_from(number()?).unwrap_or(1),
            "--reel" => options.reel = value,
            "--only" => options.only = value,
            _ => return Err(format!("unknown: {word}")),
        }
    }
    Ok(options)
}

fn run(reels: &[Reel], options: &Options) -> ExitCode {
    println!("trace {}", trace_hash(reels));
    let mut all = Tally::default();
    let begun = Instant::now();
    let wants = |part: &str| options.only.is_empty() || options.only == part;
    let wanted = |reel: &&Reel| reel.name.contains(&options.reel) && wants("cuts");
    for reel in reels.iter().filter(wanted) {
        let tally = crash_everywhere(reel, &options.effort, options.threads);
        tell(reel.name, &tally, begun);
        all.add(tally);
    }
    tell("all", &all, begun);
    let mut broken = all.broken.len();
    if wants("lies") {
        broken += lies(reels, options.effort.seed);
    }
    if wants("faults") {
        broken += faults(reels);
    }
    if broken == 0 {
        return ExitCode::SUCCESS;
    }
    println!("again: cargo xtask disk --seed {}", options.effort.seed);
    ExitCode::FAILURE
}

/// Flushes that were lies, files damaged: at the end of each act.
fn lies(reels: &[Reel], seed: u64) -> usize {
    let mut broken = 0;
    for reel in reels.iter().filter(|reel| !reel.damaged) {
        for (what, lied) in [
            ("flushes that were lies", synced_tail_lost(reel)),
            ("damaged files", files_damaged(reel, seed)),
        ] {
            println!(
                "{}: {what}: {} starts, {} mended, {} facts gone from both media, {} broken",
                reel.name,
                lied.started,
                lied.mended,
                lied.gone_from_both,
                lied.broken.len()
            );
            show(&lied.broken);
            broken += lied.broken.len();
        }
    }
    broken
}

/// Every call of each kind hit once.
fn faults(reels: &[Reel]) -> usize {
    let Some(reel) = reels.last() else { return 0 };
    let mut broken = 0;
    for hits in HITS {
        let begun = Instant::now();
        let hit = hit_every_call(&reel.end, *hits, 1, 1);
        println!(
            "{:?} at every {:?}{}: {} runs, {} calls hit, {} acts refused, {} acknowledged after it, {} \
             starts, {} broken; {} s",
            hits.1,
            hits.0,
            if hits.2 { " from there on" } else { "" },
            hit.runs,
            hit.calls,
            hit.refused,
            hit.acknowledged,
            hit.started,
            hit.broken.len(),
            begun.elapsed().as_secs()
        );
        show(&hit.broken);
        broken += hit.broken.len();
    }
    match nothing_after_a_failed_flush(&reel.end) {
        Ok(tried) => println!("after a failed flush nothing is sold: {tried} tried"),
        Err(words) => {
            println!("{words}");
            broken += 1;
        }
    }
    broken
}

fn show(broken: &[(String, Broken)]) {
    for (place, broken) in broken.iter().take(10) {
        println!("  {place}: {broken:?}");
    }
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
    show(&tally.broken);
}
