//! `cargo xtask bench`: figures, each beside a raw one of the same run.
//!
//! Owns only the order and the build; what is measured, and against what, stands in the bench program of
//! the suite. Promises optimised code (`fast`: release without its long link) and no other build beside it.

use crate::options::Options;
use crate::shell;
use crate::steps::clock;
use anyhow::Result;
use std::time::Instant;

/// What can be asked for, in the order in which it is measured.
const BENCHES: [&str; 4] = ["commit", "scan", "start", "drain"];

/// `cargo xtask bench`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let quick = options.flag("quick");
    options.nothing_else()?;
    let chosen: Vec<&str> = match options.words() {
        [] => BENCHES.to_vec(),
        words => words.iter().map(String::as_str).collect(),
    };
    let began = Instant::now();
    let mut build = shell::cargo();
    build.args([
        "build",
        "--locked",
        "--profile",
        "fast",
        "--package",
        "holdfast-suite",
        "--bin",
        "bench",
    ]);
    build.args(["--package", "holdfast-cloud", "--bin", "holdfast-cloud"]);
    shell::run(&mut build)?.must_be_ok()?;
    for name in chosen {
        let mut bench = shell::program(crate::place::program("bench", "fast"));
        bench.arg(name).args(quick.then_some("--quick"));
        shell::run(&mut bench)?.must_be_ok()?;
    }
    println!("\nmeasured in {}", clock(began.elapsed()));
    Ok(())
}
