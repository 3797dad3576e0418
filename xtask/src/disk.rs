//! `cargo xtask disk`: the scripted day of a till on a disk that loses what was not flushed, cut at
//! every point.
//!
//! Everything after the command goes to the program as it is: `--seed S --seeds N --threads T --reel
//! WORDS --only cuts|lies|faults`.

use anyhow::Result;

use crate::shell;

/// Builds the program and runs it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut disk = shell::cargo();
    disk.args(["run", "--quiet", "--locked", "--profile", "fast"]);
    disk.args([
        "--package",
        "holdfast-disksim",
        "--bin",
        "holdfast-disksim",
        "--",
    ]);
    shell::run(disk.args(arguments))?.must_be_ok()?;
    Ok(())
}
