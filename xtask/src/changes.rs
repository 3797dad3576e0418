//! `cargo xtask mutants`: cargo-mutants changes our code one place at a time, and a test must fail each time.
//!
//! Over the crates that decide what becomes of a sale: domain, protocol, journal, sync. What it leaves out stands in
//! `.cargo/mutants.toml`, each with its reason. Promises that a change which no test sees ends with status 1 and is
//! named with its place. (Variants that were thought out beforehand are hunted by `cargo xtask sim --mutants`.)

use anyhow::{Result, bail};

use crate::options::Options;
use crate::{place, setup, shell};

/// The crates, cheapest first.
const PACKAGES: [&str; 4] = [
    "holdfast-journal",
    "holdfast-domain",
    "holdfast-protocol",
    "holdfast-sync",
];

/// `cargo xtask mutants [--package P] [--shard K/N]`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let wanted = options.value("package", String::new())?;
    let shard = options.value("shard", String::new())?;
    options.nothing_else()?;
    if !wanted.is_empty() && !PACKAGES.contains(&wanted.as_str()) {
        bail!("'{wanted}' is none of {PACKAGES:?}");
    }
    let program = setup::cargo_mutants()?;
    let mut unseen = Vec::new();
    for package in PACKAGES {
        if !wanted.is_empty() && wanted != package {
            continue;
        }
        let said = place::target().join("changes").join(package);
        std::fs::create_dir_all(&said)?;
        let mut mutants = shell::program(&program);
        mutants.args([
            "mutants",
            "--jobs",
            "1",
            "--no-shuffle",
            "--colors",
            "never",
        ]);
        mutants
            .args(["--package", package])
            .arg("--output")
            .arg(&said);
        // One place for what is built of other people's crates, whatever copy of ours is built.
        mutants.env("CARGO_TARGET_DIR", place::target().join("changes/built"));
        // A change costs a build and a run of the tests: no symbols, what was built before is gone on from, and a
        // property that a change breaks is broken within the first cases.
        mutants
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "1");
        mutants.env("PROPTEST_CASES", "48");
        if !shard.is_empty() {
            mutants.args(["--shard", &shard]);
        }
        if shell::run(&mut mutants)?.must_be_ok().is_err() {
            unseen.push(package);
        }
    }
    if !unseen.is_empty() {
        bail!(
            "a change that no test sees, or no answer at all, in: {}",
            unseen.join(", ")
        );
    }
    Ok(())
}
