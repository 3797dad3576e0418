//! The built command line, run as a script would run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// Whether the exit status was 0.
    pub done: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub words: String,
}

impl Answer {
    /// Standard output as the one JSON value that `--json` promises.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("one JSON value: {self:?}"))
    }

    /// The refusal on standard error as JSON.
    pub fn refusal(&self) -> Value {
        assert!(!self.done, "it must be refused: {self:?}");
        let last = self.words.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|_| panic!("a JSON refusal: {self:?}"))
    }
}

/// A program that was built beside this test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("target/<profile>");
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is not built: run `cargo build -p holdfast-ctl -p holdfast-cloud` first",
        program.display()
    );
    program
}

/// Runs `holdfastctl` on a data folder with `--json`.
pub fn ctl(dir: &Path, arguments: &[&str]) -> Answer {
    let output = Command::new(program("holdfastctl"))
        .arg("--data")
        .arg(dir)
        .arg("--json")
        .args(arguments)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("RUST_LOG")
        .output()
        .expect("the program runs");
    Answer {
        done: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
