//! Programs of strangers: what the protocol's text and the OpenAPI document must be enough for.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a stranger's program said.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended well.
    pub done: bool,
    /// Standard output and error.
    pub words: String,
}

/// Runs a program of the strangers' Python with these arguments and variables.
pub fn stranger(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let here = home().join("tests/stranger");
    let python = home().join("target/tools/python/bin");
    let tool = python.join(program);
    assert!(
        tool.exists(),
        "{} is not there: run `cargo xtask test` once, it makes it",
        tool.display()
    );
    let output = Command::new(tool)
        .args(arguments)
        .envs(variables.iter().copied())
        .env("PYTHONPATH", &here)
        .current_dir(&here)
        .output()
        .expect("it runs");
    let words = [output.stdout, output.stderr].concat();
    Said {
        done: output.status.success(),
        words: String::from_utf8_lossy(&words).into_owned(),
    }
}

fn home() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("the repository's root")
        .to_owned()
}
