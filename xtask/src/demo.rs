//! `cargo xtask demo`: from a clean clone to a till that sells.
//!
//! With a screen the window opens on a demo branch of its own; without one the same window is driven
//! off-screen through a whole sale, and what it showed and printed is left as files. Promises a fresh demo
//! branch each time and never touches another till's data.

mod branch;

use crate::options::Options;
use crate::shell::{self, Counted};
use crate::steps::Steps;
use crate::{check, place, setup};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// `cargo xtask demo`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let hidden = options.flag("off-screen") || !has_screen();
    let tills: u32 = options.value("tills", 1)?;
    if !(1..=4).contains(&tills) {
        bail!("--tills must be 1 to 4, got {tills}");
    }
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
        if tills > 1 {
            steps.step("two tills, off-screen", &["programs"], two_off_screen);
        } else {
            steps.step("one sale, off-screen", &["programs"], off_screen);
        }
    } else {
        steps.step("programs", &ground, programs);
        steps.step("the window", &["programs"], || match tills {
            1 => window(),
            many => branch::open(&emptied("branch")?, many),
        });
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
    emptied("till")?;
    Ok(folder())
}

/// A folder below the demo's, with nothing in it.
fn emptied(name: &str) -> Result<PathBuf> {
    let folder = folder().join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
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

/// Two tills edit one article without a network; a person decides in the second one's window.
fn two_off_screen() -> Result<Counted> {
    let mut tills = shell::cargo();
    tills.args(["test", "--locked", "--workspace", "--test", "e2e", "--"]);
    tills.args(["two_tills_edit", "--nocapture"]);
    let counted = shell::run(&mut tills)?.must_be_ok()?;
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    for name in ["settle-edit.png", "settle-edit-done.png"] {
        let from = place::root().join("target/e2e").join(name);
        std::fs::copy(&from, folder.join(name))
            .with_context(|| format!("there is no {}", from.display()))?;
        println!("   see {}", folder.join(name).display());
    }
    Ok(counted)
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
