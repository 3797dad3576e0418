//! `cargo xtask demo`: from a clean clone to a till that sells.
//!
//! With a screen the window opens on a demo branch of its own; without one the same window is driven
//! off-screen through a whole sale, and what it showed and printed is left as files. Promises a fresh demo
//! branch each time and never touches another till's data.

use crate::options::Options;
use crate::shell::{self, Counted};
use crate::steps::Steps;
use crate::{check, place, setup};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// `cargo xtask demo`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let hidden = options.flag("off-screen") || !has_screen();
    options.nothing_else()?;
    let mut steps = Steps::begin();
    steps.step("system packages", &[], setup::system_packages);
    steps.step("window: packages", &[], setup::window_packages);
    steps.step("window: build", &["window: packages"], || {
        shell::run(setup::npm().args(["run", "--silent", "build"]))?.must_be_ok()
    });
    let ground = ["system packages", "window: build"];
    if hidden {
        steps.step("programs", &ground, check::build);
        steps.step("one sale, off-screen", &["programs"], off_screen);
    } else {
        steps.step("programs", &ground, programs);
        steps.step("the window", &["programs"], window);
    }
    steps.finish()
}

fn has_screen() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

fn folder() -> PathBuf {
    place::root().join("target/demo")
}

fn fresh_folder() -> Result<PathBuf> {
    let folder = folder();
    let till = folder.join("till");
    if till.exists() {
        std::fs::remove_dir_all(&till)
            .with_context(|| format!("{} cannot be emptied", till.display()))?;
    }
    std::fs::create_dir_all(&till).with_context(|| format!("{} cannot be made", till.display()))?;
    Ok(folder)
}

fn programs() -> Result<Counted> {
    let mut build = shell::cargo();
    shell::run(build.args(["build", "--locked", "--workspace", "--bins"]))?.must_be_ok()
}

fn window() -> Result<Counted> {
    let folder = fresh_folder()?;
    println!(
        "   the demo branch lies in {}; close the window to end",
        folder.join("till").display()
    );
    let mut window = shell::program(place::program("holdfast", "dev"));
    shell::run(window.env("HOLDFAST_DATA", folder.join("till")))?.must_be_ok()
}

fn off_screen() -> Result<Counted> {
    let folder = fresh_folder()?;
    let mut sale = shell::cargo();
    sale.args([
        "test",
        "--locked",
        "--workspace",
        "--test",
        "e2e",
        "--",
        "demo",
        "--nocapture",
    ]);
    let counted = shell::run(&mut sale)?.must_be_ok()?;
    for name in ["window.png", "receipt.png", "receipt.txt"] {
        let file = folder.join(name);
        println!(
            "   {} {}",
            if file.is_file() { "see" } else { "there is no" },
            file.display()
        );
    }
    Ok(counted)
}
