//! A Python of our own below the build directory, for what strangers would use: a client written from the
//! protocol's text alone, and the fuzzer that reads the cloud's OpenAPI document.
//!
//! Promises the versions of `tests/stranger/requirements.txt` and nothing in the system's own Python. Made once;
//! made again when that file changes.

use crate::shell::{self, Counted};
use crate::{fingerprint, place};
use anyhow::{Context, Result};

/// `python3 -m venv` and its packages, unless they are those of the requirements already.
pub(crate) fn packages() -> Result<Counted> {
    let home = place::tools().join("python");
    let wanted = place::root().join("tests/stranger/requirements.txt");
    let text =
        std::fs::read(&wanted).with_context(|| format!("{} cannot be read", wanted.display()))?;
    let stamp = home.join(".installed-requirements");
    let mark = format!("{:016x}", fingerprint::of_bytes(&text));
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == mark) {
        println!("   the installed packages are those of the requirements");
        return Ok(Counted::default());
    }
    shell::run(
        shell::program("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )?
    .must_be_ok()?;
    let python = home.join("bin/python");
    let mut install = shell::program(python);
    install
        .args(["-m", "pip", "install", "--quiet", "--no-input"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(&wanted);
    let counted = shell::run(&mut install)?.must_be_ok()?;
    std::fs::write(&stamp, mark)
        .with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(counted)
}
