//! `cargo xtask test`: everything that must hold, in the order in which a failure is cheapest to learn.
//!
//! Promises one package selection (`--workspace`) and one set of features for every build, so that nothing
//! is built twice; and that a test which rewrites a committed file is noticed. Never loosens a check
//! because a tool is missing: then the step fails and says what is missing.

use crate::options::Options;
use crate::setup;
use crate::shell::{self, Counted};
use crate::steps::Steps;
use crate::{fingerprint, place, python, torture};
use anyhow::{Result, bail};

/// `cargo xtask test`.
pub(crate) fn run(options: &Options) -> Result<()> {
    options.nothing_else()?;
    let mut steps = Steps::begin();
    window(&mut steps);
    rust(&mut steps);
    tests(&mut steps);
    steps.step(
        "torture: packages",
        &["system packages"],
        setup::torture_packages,
    );
    steps.step(
        "torture: a minute of it",
        &["rust: build", "torture: packages"],
        torture::small,
    );
    steps.finish()
}

fn window(steps: &mut Steps) {
    steps.step("system packages", &[], setup::system_packages);
    steps.step("window: packages", &[], setup::window_packages);
    let scripts = [
        ("window: build", "build"),
        ("window: types", "check"),
        ("window: lint", "lint"),
        ("window: format", "format:check"),
        ("window: tests", "test"),
    ];
    for (name, script) in scripts {
        steps.step(name, &["window: packages"], || {
            shell::run(setup::npm().args(["run", "--silent", script]))?.must_be_ok_or_counted()
        });
    }
}

fn rust(steps: &mut Steps) {
    steps.step("rust: format", &[], || {
        shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?.must_be_ok()
    });
    steps.step("rust: dependencies", &[], || {
        let mut deny = shell::program(setup::cargo_deny()?);
        shell::run(deny.args(["check", "bans", "licenses", "sources"]))?.must_be_ok()
    });
    steps.step("rust: lints", &["system packages"], || {
        let mut clippy = shell::cargo();
        clippy.args([
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--keep-going",
            "--",
            "-D",
            "warnings",
        ]);
        shell::run(&mut clippy)?.must_be_ok()
    });
    steps.step("receipt reader", &[], setup::escpos_reader);
    steps.step(
        "a stranger's Python",
        &["system packages"],
        python::packages,
    );
    steps.step("rust: build", &["system packages", "window: build"], build);
}

/// Programs and tests in one go: a build of the programs alone would compile the shell a second time, without
/// the features that its tests ask for.
pub(crate) fn build() -> Result<Counted> {
    let mut build = shell::cargo();
    build.args(["build", "--locked", "--workspace", "--all-targets"]);
    shell::run(&mut build)?.must_be_ok()
}

fn tests(steps: &mut Steps) {
    let ground = ["rust: build", "receipt reader", "a stranger's Python"];
    if shell::exists("cargo-nextest") {
        steps.step("rust: tests", &ground, || {
            leaving_bindings_alone(|| nextest("not binary(=e2e)"))
        });
        steps.step("rust: the real window", &ground, || nextest("binary(=e2e)"));
        steps.step("rust: examples in text", &ground, || cargo_test(&["--doc"]));
    } else {
        steps.step("rust: tests", &ground, || {
            leaving_bindings_alone(|| cargo_test(&[]))
        });
    }
}

fn nextest(filter: &str) -> Result<Counted> {
    let mut command = shell::cargo();
    command.args([
        "nextest",
        "run",
        "--locked",
        "--workspace",
        "--no-fail-fast",
        "--hide-progress-bar",
    ]);
    shell::run(command.args(["-E", filter]))?.must_be_ok_or_counted()
}

fn cargo_test(more: &[&str]) -> Result<Counted> {
    let mut command = shell::cargo();
    command.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    shell::run(command.args(more))?.must_be_ok_or_counted()
}

/// The window's bindings are written by a test from the Rust types. If that changed a committed file, the
/// window was built against something else.
fn leaving_bindings_alone(tests: impl FnOnce() -> Result<Counted>) -> Result<Counted> {
    let bindings = place::root().join("ui/src/bindings");
    let before = fingerprint::of_tree(&bindings);
    let counted = tests()?;
    if counted.failed == 0 && fingerprint::of_tree(&bindings) != before {
        bail!(
            "ui/src/bindings was out of date and has been rewritten: look at it, commit it, run again"
        );
    }
    Ok(counted)
}
