//! `cargo xtask bench`: figures, each beside a raw one of the same run.
//!
//! Owns only the build and the command line; what is measured, and against what, stands in `tests/bench`.
//! Promises optimised code (`fast`: release without its long link) and no other build beside it.

use crate::options::Options;
use crate::steps::clock;
use crate::{place, setup, shell};
use anyhow::Result;
use std::time::Instant;

/// The programs that are measured, and the one that measures: package and program.
const PROGRAMS: [(&str, &str); 4] = [
    ("holdfast", "holdfast"),
    ("holdfast-cloud", "holdfast-cloud"),
    ("holdfast-ctl", "holdfastctl"),
    ("holdfast-bench", "bench"),
];

/// Options that want a value; they are handed on.
const VALUES: [&str; 9] = [
    "sales",
    "samples",
    "scans",
    "window-scans",
    "starts",
    "waiting",
    "folder",
    "catalogue",
    "json",
];

/// `cargo xtask bench`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let arguments = arguments(options)?;
    let began = Instant::now();
    setup::system_packages()?;
    setup::window_packages()?;
    shell::run(setup::npm().args(["run", "--silent", "build"]))?.must_be_ok()?;
    let mut build = shell::cargo();
    build.args(["build", "--locked", "--profile", "fast"]);
    for (package, program) in PROGRAMS {
        build.args(["--package", package, "--bin", program]);
    }
    shell::run(&mut build)?.must_be_ok()?;
    let mut bench = shell::program(place::program("bench", "fast"));
    shell::run(bench.args(arguments))?.must_be_ok()?;
    println!("\nbuilt and measured in {}", clock(began.elapsed()));
    Ok(())
}

/// What the bench program is told. `--quick` comes first, so that a size given beside it stands.
fn arguments(options: &Options) -> Result<Vec<String>> {
    let mut arguments = Vec::new();
    let mut names = options.words().to_vec();
    for flag in ["quick", "keep"] {
        if options.flag(flag) {
            arguments.push(format!("--{flag}"));
            // A bench named right after a flag was read as the flag's value.
            names.extend(options.value::<String>(flag, String::new()).ok());
        }
    }
    for name in VALUES {
        let value: String = options.value(name, String::new())?;
        if !value.is_empty() {
            arguments.extend([format!("--{name}"), value]);
        }
    }
    options.nothing_else()?;
    arguments.extend(names);
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use crate::options::Options;

    fn told(line: &str) -> Vec<String> {
        let options = Options::read(line.split_whitespace().map(str::to_owned));
        arguments(&options.expect("a well-formed line")).expect("options that bench knows")
    }

    #[test]
    fn a_size_given_beside_quick_stands() {
        assert_eq!(
            told("commit --sales 0,500 --quick"),
            ["--quick", "--sales", "0,500", "commit"],
            "the later one counts, so the size comes later"
        );
        assert_eq!(
            told("--quick scan drain"),
            ["--quick", "drain", "scan"],
            "a name after a flag is a name"
        );
    }
}
