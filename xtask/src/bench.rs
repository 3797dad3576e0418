//! `cargo xtask bench`: figures, each beside a raw one of the same run.
//!
//! Owns only the build; what is measured, and against what, stands in `tests/bench`, which gets every word of
//! the command line as it was typed. Promises optimised code (`fast`: release without its long link) and no
//! other build beside it.

use crate::steps::clock;
use crate::{place, setup, shell};
use anyhow::Result;
use std::time::Instant;

/// The programs that are measured, and the one that measures: package and program.
const PROGRAMS: [(&str, &str); 4] = [
    ("holdfast", "holdfast"),
    ("holdfast-cloud", "holdfast-cloud"),
    ("holdfast-ctl", "holdfastctl"),
    ("holdfast-bench", "bench"),
];

/// `cargo xtask bench`, with whatever words `tests/bench` understands.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let began = Instant::now();
    setup::system_packages()?;
    setup::window_packages()?;
    shell::run(setup::npm().args(["run", "--silent", "build"]))?.must_be_ok()?;
    let mut build = shell::cargo();
    build.args(["build", "--locked", "--profile", "fast"]);
    for (package, program) in PROGRAMS {
        build.args(["--package", package, "--bin", program]);
    }
    shell::run(&mut build)?.must_be_ok()?;
    let mut bench = shell::program(place::program("bench", "fast"));
    shell::run(bench.args(words))?.must_be_ok()?;
    println!("\nbuilt and measured in {}", clock(began.elapsed()));
    Ok(())
}
