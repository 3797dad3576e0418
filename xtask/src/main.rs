//! `cargo xtask …`: the project's own commands, from a clean clone to a proof.
//!
//! Owns the order in which things are set up, built and checked. Promises that each command installs what
//! it needs or says in one line what a person must install, never reads from standard input, and ends
//! with status 0 only when everything it names was done. Never contains a rule of the till: it only runs
//! the programs that do.

#![allow(
    clippy::print_stdout,
    reason = "a command line speaks on standard output"
)]

mod bench;
mod changes;
mod check;
mod demo;
mod dice;
mod disk;
mod fingerprint;
mod fuzz;
mod invoices;
mod kill;
mod lock;
mod mutants;
mod options;
mod place;
mod python;
mod setup;
mod shell;
mod sim;
mod steps;
mod torture;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test                             everything that must hold: set up, build, lint, test
cargo xtask demo  [--tills N] [--off-screen] build it and open the till on a demo branch; or N tills on one cloud
cargo xtask kill  [--runs N] [--seed S] [--csv FILE | --made-up] [--profile dev|fast] [--as-built]
                                             kill -9 at random moments of a replay, then prove the books
cargo xtask torture [--minutes M] [--seed S] [--round R] [--database sqlite|postgres] [--fail-over N] [--small] [--deaf]
                    [--profile dev|fast] [--as-built] [--programs FOLDER]
                                             everything that befalls a shop, with real programs; then the books
cargo xtask bench [NAME…] [--quick]          measure, each figure beside a raw one of the same run
cargo xtask sim   [--seeds N] [--seed S] [--hours H | --days D] [--without FAULT,…] [--only FAULT,…]
                  [--threads T] [--keep-going]
                                             many hostile worlds from seeds; a failure is shrunk and told
cargo xtask fuzz  [--minutes M | --seconds S] [--target T] [--jobs J] | --seeds
                                             stranger's bytes at every door; or write the first corpus again
cargo xtask sim   --mutants [--seeds N] [--only NAME,…]
                                             code that is wrong on purpose, and who sees it
cargo xtask mutants [--package P] [--shard K/N]
                                             change one place at a time; a test must fail each time
cargo xtask disk  [--seed S] [--seeds N] [--threads T] [--reel WORDS]
                                             a till's day on a disk that forgets, cut at every write and flush
cargo xtask lock  [--anew]                   write down the migrations that have landed
cargo xtask setup                            only install what the others need";

fn main() -> ExitCode {
    if let Some(ended) = mutants::as_wrapper() {
        return ended;
    }
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let words: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        // Their words are the programs' own.
        "bench" => bench::run(&words),
        "sim" if words.iter().any(|word| word == "--mutants") => mutants::run(&words),
        "sim" => sim::run(&words),
        "disk" => disk::run(&words),
        name => options::Options::read(words.into_iter()).and_then(|options| run(name, &options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, options: &options::Options) -> anyhow::Result<()> {
    match command {
        "test" => check::run(options),
        "demo" => demo::run(options),
        "mutants" => changes::run(options),
        "fuzz" => fuzz::run(options),
        "kill" => kill::run(options),
        "torture" => torture::run(options),
        "lock" => lock::run(options),
        "setup" => setup::run(options),
        other => anyhow::bail!("no such command: '{other}'\n\n{USAGE}"),
    }
}
