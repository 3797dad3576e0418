//! `cargo xtask fuzz`: stranger's bytes at every door, a while each, and what came of it.
//!
//! Owns the build of libFuzzer's programs and their runs; what they assert stands in `crates/fuzzed`. Promises that a
//! run goes on from the corpus of the run before, that an input which broke a promise is kept and made small, and that
//! each line of the summary is what the fuzzer itself counted. A corpus that grows lies below the build directory;
//! only `--seeds` writes into the repository.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::options::Options;
use crate::steps::clock;
use crate::{place, setup, shell};

/// What the issue of a release asks for, each target.
const MINUTES: u64 = 30;
/// An input that takes longer holds up a shop.
const TIME_OUT_SECONDS: u64 = 20;
/// No door may cost more memory than a small till has.
const MEMORY_MB: u64 = 2_048;

/// `cargo xtask fuzz [--minutes M | --seconds S] [--target T] [--jobs J] [--seeds]`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let seconds = options.value("minutes", MINUTES)? * 60;
    let seconds = options.value("seconds", seconds)?;
    let wanted = options.value("target", String::new())?;
    let jobs = options.value("jobs", 1_usize)?.max(1);
    let seeds = options.flag("seeds");
    options.nothing_else()?;
    let names = names(&wanted)?;
    if seeds {
        return write_seeds();
    }
    setup::system_packages()?;
    setup::escpos_reader()?;
    let programs = build()?;
    let queue = Mutex::new(names.clone());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(name) = take(&queue) {
                    let outcome = fuzz(&programs, &name, seconds);
                    let line = match &outcome {
                        Ok(ran) => ran.line(),
                        Err(error) => format!("{name}: {error:#}"),
                    };
                    println!("{line}");
                    done.lock().expect("no thread panics").push((name, outcome));
                }
            });
        }
    });
    summary(done.into_inner().expect("no thread panics"), names.len())
}

fn take(queue: &Mutex<Vec<String>>) -> Option<String> {
    let mut queue = queue.lock().expect("no thread panics");
    (!queue.is_empty()).then(|| queue.remove(0))
}

/// The targets as the fuzzer's own folder has them, or the one that is wanted.
fn names(wanted: &str) -> Result<Vec<String>> {
    let folder = place::root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    if wanted.is_empty() {
        return Ok(names);
    }
    if names.iter().any(|name| name == wanted) {
        return Ok(vec![wanted.to_owned()]);
    }
    bail!(
        "--target {wanted} is none of them; there are: {}",
        names.join(", ")
    )
}

/// Makes the committed corpus again.
fn write_seeds() -> Result<()> {
    let corpus = place::root().join("fuzz/corpus");
    let mut seeds = shell::cargo();
    seeds.args(["run", "--quiet", "--locked", "--package", "holdfast-fuzzed"]);
    seeds.args(["--bin", "seeds", "--"]).arg(&corpus);
    shell::run(&mut seeds)?.must_be_ok()?;
    Ok(())
}

/// Builds every target with the fuzzer's counters in it; the folder with the programs.
fn build() -> Result<PathBuf> {
    let tool = setup::cargo_fuzz()?;
    let host = shell::read(shell::program("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say for which host it builds")?;
    // The same versions as are shipped: cargo adds the fuzzer's own two to a copy of the list.
    let lists = ["Cargo.lock", "fuzz/Cargo.lock"].map(|list| place::root().join(list));
    fs::copy(&lists[0], &lists[1])
        .with_context(|| format!("{} cannot be written", lists[1].display()))?;
    let target = place::target().join("fuzz");
    let mut build = shell::program(tool);
    // The counters are switched on by options that the stable compiler has and does not show.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir", "fuzz"]);
    build.args(["--target", host, "--target-dir"]).arg(&target);
    shell::run(&mut build)?.must_be_ok()?;
    Ok(target.join(host).join("release"))
}

/// What a run of one target came to, as the fuzzer counted it.
struct Ran {
    name: String,
    executions: u64,
    edges: u64,
    corpus: u64,
    findings: Vec<PathBuf>,
    took: Duration,
}

impl Ran {
    fn line(&self) -> String {
        format!(
            "{:<14} {:>11} executions  {:>6} edges  {:>5} inputs  {} findings  {}",
            self.name,
            self.executions,
            self.edges,
            self.corpus,
            self.findings.len(),
            clock(self.took),
        )
    }
}

fn fuzz(programs: &Path, name: &str, seconds: u64) -> Result<Ran> {
    let work = place::target().join("fuzz");
    let (corpus, artifacts) = (
        work.join("corpus").join(name),
        work.join("artifacts").join(name),
    );
    let log = work.join(format!("{name}.log"));
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let before = files(&artifacts);
    let mut program = of(programs, name);
    program.arg(&corpus);
    let committed = ["corpus", "findings"].map(|kind| place::root().join("fuzz").join(kind));
    for folder in committed.map(|folder| folder.join(name)) {
        if folder.is_dir() {
            program.arg(folder);
        }
    }
    program
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-print_final_stats=1");
    let began = Instant::now();
    let ended = program
        .stderr(File::create(&log).with_context(|| format!("{}", log.display()))?)
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("{name} cannot be started"))?;
    let took = began.elapsed();
    let said = fs::read(&log).with_context(|| format!("{} cannot be read", log.display()))?;
    let said = String::from_utf8_lossy(&said);
    let mut findings = files(&artifacts);
    findings.retain(|path| !before.contains(path));
    if !ended.success() && findings.is_empty() {
        bail!(
            "ended with {ended} and left no input; see {}",
            log.display()
        );
    }
    for finding in &findings {
        make_small(programs, name, finding);
    }
    Ok(Ran {
        name: name.to_owned(),
        executions: number_after(&said, "stat::number_of_executed_units:"),
        edges: number_after(&said, " cov: "),
        corpus: files(&corpus).len() as u64,
        findings,
        took,
    })
}

/// One program with the limits under which an input is a finding.
fn of(programs: &Path, name: &str) -> Command {
    let mut program = shell::program(programs.join(name));
    program
        .arg(format!("-timeout={TIME_OUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB}"));
    // Databases of a moment: nobody waits for a disk.
    if Path::new("/dev/shm").is_dir() {
        program.env("TMPDIR", "/dev/shm");
    }
    program
}

/// Tries for half a minute to make an input smaller that still breaks the promise.
fn make_small(programs: &Path, name: &str, finding: &Path) {
    let small = finding.with_extension("small");
    let tried = of(programs, name)
        .args(["-minimize_crash=1", "-max_total_time=30"])
        .arg(format!("-exact_artifact_path={}", small.display()))
        .arg(finding)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let shown = if tried.is_ok() && small.is_file() {
        &small
    } else {
        finding
    };
    println!(
        "{name}: FINDING, kept in {}; see it again with: {} {}",
        shown.display(),
        programs.join(name).display(),
        shown.display()
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The number behind the last place where the words stand; 0 if they stand nowhere.
fn number_after(said: &str, words: &str) -> u64 {
    let rest = said.rsplit_once(words).map_or("", |(_, rest)| rest);
    let digits: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(0)
}

fn summary(done: Vec<(String, Result<Ran>)>, wanted: usize) -> Result<()> {
    println!("\n== fuzzed");
    let (mut executions, mut bad) = (0, wanted - done.len());
    for (name, outcome) in done {
        match outcome {
            Ok(ran) => {
                println!("{}", ran.line());
                executions += ran.executions;
                bad += usize::from(!ran.findings.is_empty());
            }
            Err(error) => {
                println!("{name:<14} {error:#}");
                bad += 1;
            }
        }
    }
    println!("{executions} executions; {bad} of {wanted} targets with a finding");
    if bad > 0 {
        bail!(
            "keep each input below fuzz/findings/<target>, named by what it was, and mend what it broke"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::number_after;

    #[test]
    fn the_fuzzers_last_word_counts() {
        let said = "#2\tINITED cov: 12 ft: 3\n#9\tDONE   cov: 345 ft: 9\nstat::number_of_executed_units: 987\n";
        assert_eq!(number_after(said, " cov: "), 345, "the last line with it");
        assert_eq!(
            number_after(said, "stat::number_of_executed_units:"),
            987,
            "blanks before a number are passed over"
        );
        assert_eq!(number_after(said, "peak:"), 0, "nothing was said of it");
    }
}
