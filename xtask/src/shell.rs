//! Running other programs: always without standard input, always with their output shown as it comes.
//!
//! Promises that a program that is missing, or fails, is named with its whole command line. Counts the
//! tests that a program says it ran, so that the summary speaks of tests and not of commands.

use crate::place;
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};

/// How many tests a program reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
}

impl std::ops::AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// How a program ended: its status, and the tests it spoke of.
pub(crate) struct Ended {
    /// Whether it ended with status 0.
    pub(crate) ok: bool,
    /// The tests it reported on the way.
    pub(crate) tests: Counted,
    line: String,
}

impl Ended {
    /// For test runners: failed tests are an answer with a count, any other failure is an error.
    pub(crate) fn must_be_ok_or_counted(self) -> Result<Counted> {
        if self.tests.failed > 0 {
            return Ok(self.tests);
        }
        self.must_be_ok()
    }

    /// An error naming the command line unless it ended well.
    pub(crate) fn must_be_ok(self) -> Result<Counted> {
        if self.ok {
            return Ok(self.tests);
        }
        bail!("failed: {}", self.line)
    }
}

/// A program to be run from the repository's root, with nothing on its standard input.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(place::root()).stdin(Stdio::null());
    command
}

/// Cargo, as this command was started with it.
pub(crate) fn cargo() -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    // What `cargo run` tells this program about itself must not look like a change to the next build.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy().into_owned();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs it to its end, showing both its outputs line by line.
pub(crate) fn run(command: &mut Command) -> Result<Ended> {
    let line = command_line(command);
    println!("$ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start: {line}"))?;
    let errors = child
        .stderr
        .take()
        .map(|pipe| std::thread::spawn(move || show(pipe, |text| eprintln!("{text}"))));
    let mut tests = child
        .stdout
        .take()
        .map(|pipe| show(pipe, |text| println!("{text}")))
        .unwrap_or_default();
    if let Some(thread) = errors {
        tests += thread.join().unwrap_or_default();
    }
    let status = child.wait().with_context(|| format!("lost: {line}"))?;
    let ok = status.success();
    Ok(Ended { ok, tests, line })
}

/// Runs it silently; its standard output as text. An error carries what it said on standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start: {line}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("failed ({}): {line}\n{}", output.status, said.trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name can be started at all.
pub(crate) fn exists(name: &str) -> bool {
    program(name)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn show(pipe: impl Read, print: impl Fn(&str)) -> Counted {
    let mut tests = Counted::default();
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|read| read > 0)
    {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        print(text);
        tests += counted(text);
        bytes.clear();
    }
    let _ = std::io::stdout().flush();
    tests
}

/// The tests that one line of output reports: cargo test's, nextest's and vitest's closing lines.
fn counted(line: &str) -> Counted {
    let plain = without_colour(line);
    // Indented, it is the quoted output of a failed test, and was counted by its own runner.
    let closing = plain.starts_with("test result:")
        || plain.contains("tests run:")
        || plain.contains("test run:")
        || plain.trim_start().starts_with("Tests ");
    let mut tests = Counted::default();
    if !closing {
        return tests;
    }
    let words: Vec<&str> = plain
        .split([' ', ',', ';', '|', '(', ')'])
        .filter(|w| !w.is_empty())
        .collect();
    for pair in words.windows(2) {
        let [number, what] = pair else { continue };
        let Ok(number) = number.parse::<u64>() else {
            continue;
        };
        match *what {
            "passed" => tests.passed += number,
            "failed" | "timed" => tests.failed += number,
            _ => {}
        }
    }
    tests
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut escaped = false;
    for letter in line.chars() {
        match (escaped, letter) {
            (false, '\u{1b}') => escaped = true,
            (false, letter) => plain.push(letter),
            (true, letter) => escaped = !letter.is_ascii_alphabetic(),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Counted, counted};

    #[test]
    fn the_closing_lines_of_three_test_runners_are_understood() {
        let table = [
            (
                "test result: ok. 12 passed; 1 failed; 0 ignored; 0 measured",
                12,
                1,
            ),
            (
                "     Summary [   0.4s] 20 tests run: 18 passed (1 slow), 2 failed, 3 skipped",
                18,
                2,
            ),
            (
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | 41 passed (42)",
                41,
                1,
            ),
            (
                "    test result: FAILED. 0 passed; 1 failed; 0 ignored",
                0,
                0,
            ),
            ("running 12 tests", 0, 0),
            ("2 passed over the bridge", 0, 0),
        ];
        for (line, passed, failed) in table {
            assert_eq!(
                counted(line),
                Counted { passed, failed },
                "read from: {line}"
            );
        }
    }
}
