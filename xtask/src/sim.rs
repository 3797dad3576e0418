//! `cargo xtask sim`: many seeded worlds, in the profile in which they are fast.
//!
//! Everything after the command goes to the simulator as it is: `--seeds N --seed S --hours H | --days D
//! --without fault,fault --only fault,fault --threads T --keep-going`. A run of 20,000 seeds and more fails if a fault
//! was met fewer than a hundred times or a goal was never reached.

use anyhow::Result;

use crate::shell;

/// Builds the simulator and runs it.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut sim = shell::cargo();
    sim.args(["run", "--quiet", "--locked", "--profile", "fast"]);
    sim.args([
        "--package",
        "holdfast-simulator",
        "--bin",
        "holdfast-simulator",
        "--",
    ]);
    shell::run(sim.args(arguments))?.must_be_ok()?;
    Ok(())
}
