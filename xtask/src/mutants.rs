//! `cargo xtask sim --mutants`: code that is wrong on purpose, and who sees it.
//!
//! Each variant of the [`list`] is built by itself and then hunted: by worlds from seed 1 on until one breaks, or by
//! the test that the list names. Promises that nothing counts as killed because it does not compile or because a
//! test fails anyway: the very seed and the very test are first seen to pass on the right code. Ends with status 1 if
//! one survives.

mod list;
mod wrapper;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub(crate) use self::wrapper::as_wrapper;

use self::list::{Killer, MUTANTS, Mutant};
use crate::steps::clock;
use crate::{place, shell};

/// Worlds after which a variant counts as survived.
const SEEDS: u64 = 10_000;

/// What was asked for.
struct Wanted {
    seeds: u64,
    hours: u64,
    threads: u64,
    only: Vec<String>,
}

/// How one variant ended.
enum Verdict {
    Killed { by: String, seeds: Option<u64> },
    Survived(String),
}

/// `cargo xtask sim --mutants [--seeds N] [--hours H] [--threads T] [--only name,name]`.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let wanted = Wanted::read(words)?;
    let chosen = wanted.chosen()?;
    let bench = Bench::set_up()?;
    let mut table = Vec::new();
    bench.see_right_code_pass(&chosen)?;
    for mutant in chosen {
        let began = Instant::now();
        let verdict = bench.hunt(mutant, &wanted);
        bench.forget_own_crates()?;
        let verdict = verdict.with_context(|| mutant.name.to_owned())?;
        let line = line_of(mutant, &verdict, began.elapsed());
        println!("{line}");
        table.push((line, matches!(verdict, Verdict::Killed { .. })));
    }
    println!("\n{:<24} {:>7} {:>9}  killed by", "mutant", "seeds", "time");
    for (line, _) in &table {
        println!("{line}");
    }
    let killed = table.iter().filter(|(_, killed)| *killed).count();
    println!("{killed} of {} killed", table.len());
    if killed < table.len() {
        bail!(
            "a variant that is wrong on purpose survives: write the test or the checker that sees it"
        );
    }
    Ok(())
}

impl Wanted {
    fn read(words: &[String]) -> Result<Self> {
        let mut wanted = Self {
            seeds: SEEDS,
            hours: 6,
            threads: 2,
            only: Vec::new(),
        };
        let mut words = words.iter().filter(|word| *word != "--mutants");
        while let Some(name) = words.next() {
            let value = words
                .next()
                .with_context(|| format!("{name} wants a value"));
            match name.as_str() {
                "--seeds" => wanted.seeds = value?.parse()?,
                "--hours" => wanted.hours = value?.parse()?,
                "--threads" => wanted.threads = value?.parse()?,
                "--only" => wanted.only = value?.split(',').map(str::to_owned).collect(),
                other => bail!(
                    "{other} is unknown with --mutants: use --seeds, --hours, --threads, --only"
                ),
            }
        }
        Ok(wanted)
    }

    fn chosen(&self) -> Result<Vec<&'static Mutant>> {
        if self.only.is_empty() {
            return Ok(MUTANTS.iter().collect());
        }
        let named = |name: &String| {
            let found = MUTANTS.iter().find(|mutant| mutant.name == name);
            found.with_context(|| format!("there is no mutant '{name}'"))
        };
        self.only.iter().map(named).collect()
    }
}

/// Where variants are built and hunted.
struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn set_up() -> Result<Self> {
        let folder = place::target().join("mutants");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Cargo, building the variant, or the right code.
    fn cargo(&self, mutant: Option<&Mutant>) -> Result<Command> {
        let mut cargo = shell::cargo();
        cargo.env("CARGO_TARGET_DIR", &self.folder);
        if let Some(mutant) = mutant {
            cargo.env(
                "RUSTC_WORKSPACE_WRAPPER",
                wrapper::link(&self.folder, mutant.name)?,
            );
        }
        Ok(cargo)
    }

    /// Builds the hunter and keeps it under a name of its own.
    fn hunter(&self, mutant: Option<&Mutant>) -> Result<PathBuf> {
        let mut build = self.cargo(mutant)?;
        build.args(["build", "--quiet", "--locked", "--profile", "mutants"]);
        build.args(["--package", "holdfast-simulator", "--bin", "hunt"]);
        shell::read(&mut build)?;
        let name = mutant.map_or("right", |mutant| mutant.name);
        let suffix = std::env::consts::EXE_SUFFIX;
        let built = self.folder.join("mutants").join(format!("hunt{suffix}"));
        let kept = self.folder.join(format!("hunt-{name}{suffix}"));
        std::fs::copy(&built, &kept).context("the hunter was not built")?;
        Ok(kept)
    }

    /// Every test that is to kill a variant passes on the right code; the hunter of right code lies ready.
    fn see_right_code_pass(&self, chosen: &[&Mutant]) -> Result<()> {
        if chosen
            .iter()
            .any(|one| matches!(one.killer, Killer::Worlds))
        {
            self.hunter(None)?;
        }
        let mut tests: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for mutant in chosen {
            if let Killer::Test(package, target, name) = mutant.killer {
                let names = tests.entry((package, target)).or_default();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for ((package, target), names) in tests {
            println!("{package} {target}: the right code first");
            let ran = shell::run(
                self.test(None, package, target)?
                    .args(["--", "--exact"])
                    .args(&names),
            )?;
            let passed = ran.tests.passed;
            ran.must_be_ok()?;
            if passed != names.len() as u64 {
                bail!("of {names:?} in {package} {target} {passed} ran: are they called so?");
            }
        }
        self.forget_own_crates()
    }

    fn test(&self, mutant: Option<&Mutant>, package: &str, target: &str) -> Result<Command> {
        let mut test = self.cargo(mutant)?;
        test.args(["test", "--quiet", "--locked", "--profile", "mutants"]);
        test.args(["--package", package]);
        match target {
            "lib" => test.arg("--lib"),
            file => test.args(["--test", file]),
        };
        Ok(test)
    }

    fn hunt(&self, mutant: &Mutant, wanted: &Wanted) -> Result<Verdict> {
        match mutant.killer {
            Killer::Worlds => self.hunt_in_worlds(mutant, wanted),
            Killer::Test(package, target, name) => {
                let mut build = self.test(Some(mutant), package, target)?;
                shell::read(build.arg("--no-run")).context("the variant does not compile")?;
                let mut test = self.test(Some(mutant), package, target)?;
                let output = test
                    .args(["--", "--exact", name])
                    .output()
                    .context("the test cannot be started")?;
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                if said.contains("0 passed; 1 failed") {
                    let (by, seeds) = (format!("{package}: {name}"), None);
                    return Ok(Verdict::Killed { by, seeds });
                }
                Ok(Verdict::Survived(format!("{package}: {name} passes")))
            }
        }
    }

    fn hunt_in_worlds(&self, mutant: &Mutant, wanted: &Wanted) -> Result<Verdict> {
        let hunter = self.hunter(Some(mutant))?;
        let told = hunts(&hunter, 1, wanted.seeds, wanted);
        std::fs::remove_file(&hunter)?;
        let Some((seed, words)) = told? else {
            return Ok(Verdict::Survived(format!("{} worlds", wanted.seeds)));
        };
        let right = self
            .folder
            .join(format!("hunt-right{}", std::env::consts::EXE_SUFFIX));
        if let Some((_, words)) = hunts(&right, seed, 1, wanted)? {
            bail!("seed {seed} fails on the right code too: {words}");
        }
        let (by, seeds) = (words, Some(seed));
        Ok(Verdict::Killed { by, seeds })
    }

    /// What was built of our own crates is of no use to the next variant.
    fn forget_own_crates(&self) -> Result<()> {
        let mut clean = self.cargo(None)?;
        clean.args(["clean", "--quiet", "--locked", "--profile", "mutants"]);
        for name in own_packages()? {
            clean.args(["--package", &name]);
        }
        shell::read(&mut clean).map(|_| ())
    }
}

/// The names of the packages that a variant may be part of.
fn own_packages() -> Result<Vec<String>> {
    let mut names = Vec::new();
    let rooms = std::fs::read_dir(place::root().join("crates"))?.collect::<Result<Vec<_>, _>>()?;
    let rooms = rooms.into_iter().map(|room| room.path());
    for room in rooms.chain([place::root().join("tests/suite")]) {
        let manifest = std::fs::read_to_string(room.join("Cargo.toml")).unwrap_or_default();
        let name = manifest
            .lines()
            .find_map(|line| line.strip_prefix("name = "));
        names.extend(name.map(|name| name.trim_matches('"').to_owned()));
    }
    Ok(names)
}

/// Runs a hunter over worlds: the seed that breaks and in which words, or nothing.
fn hunts(hunter: &Path, seed: u64, seeds: u64, wanted: &Wanted) -> Result<Option<(u64, String)>> {
    let mut hunt = shell::program(hunter);
    hunt.args(["--seed", &seed.to_string(), "--seeds", &seeds.to_string()]);
    hunt.args(["--hours", &wanted.hours.to_string()]);
    hunt.args(["--threads", &wanted.threads.to_string()]);
    let output = hunt
        .stderr(Stdio::null())
        .output()
        .context("the hunter cannot be started")?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && said.starts_with("survived") {
        return Ok(None);
    }
    let told = said
        .strip_prefix("killed ")
        .and_then(|rest| rest.split_once(' '));
    let Some((seed, words)) = told else {
        bail!(
            "the hunter said neither killed nor survived ({}): {said}",
            output.status
        );
    };
    Ok(Some((seed.parse()?, checker_first(words))))
}

/// What the world said ends with the checker's place in brackets; a table is read from the left.
fn checker_first(words: &str) -> String {
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    let told = words
        .strip_suffix(')')
        .and_then(|words| words.rsplit_once(" ("));
    told.map_or_else(|| words.clone(), |(what, place)| format!("{place}: {what}"))
}

fn line_of(mutant: &Mutant, verdict: &Verdict, took: Duration) -> String {
    let (seeds, by) = match verdict {
        Verdict::Killed { by, seeds } => (
            seeds.map_or_else(String::new, |n| n.to_string()),
            by.clone(),
        ),
        Verdict::Survived(what) => (
            String::new(),
            format!("NOBODY ({what}): {}, {}", mutant.lives, mutant.wrong),
        ),
    };
    let by: String = by.chars().take(150).collect();
    format!("{:<24} {seeds:>7} {:>9}  {by}", mutant.name, clock(took))
}
