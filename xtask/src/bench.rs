//! `cargo xtask bench`: figures, each beside a raw one of the same run.
//!
//! Owns only the build and its order; what is measured, and against what, stands in `tests/bench`, which gets
//! every word of the command line as it is. Promises optimised code (`fast`: release without its long link).

use crate::shell;
use crate::steps::clock;
use crate::{place, setup};
use anyhow::Result;
use std::time::Instant;

/// `cargo xtask bench`, with whatever `tests/bench` understands.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let began = Instant::now();
    setup::system_packages()?;
    setup::window_packages()?;
    shell::run(setup::npm().args(["run", "--silent", "build"]))?.must_be_ok()?;
    let mut build = shell::cargo();
    build.args([
        "build",
        "--locked",
        "--profile",
        "fast",
        "--workspace",
        "--bins",
    ]);
    shell::run(&mut build)?.must_be_ok()?;
    let mut bench = shell::program(place::program("bench", "fast"));
    shell::run(bench.args(words))?.must_be_ok()?;
    println!("\nbuilt and measured in {}", clock(began.elapsed()));
    Ok(())
}
