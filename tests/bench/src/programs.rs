//! Our own programs, built beside this one, run as anybody would run them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The path of a program of ours.
pub(crate) fn beside(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The same, or a sentence that says how to build it.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let path = beside(name);
    ensure!(
        path.exists(),
        "{} is not built: run this through cargo xtask bench",
        path.display()
    );
    Ok(path)
}

/// Runs `holdfastctl` on a till's folder; its JSON answer.
pub(crate) fn ctl(data: &Path, arguments: &[&str]) -> Result<Value> {
    let output = Command::new(built("holdfastctl")?)
        .args(arguments)
        .args(["--json", "--data"])
        .arg(data)
        .output()
        .context("holdfastctl cannot be started")?;
    ensure!(
        output.status.success(),
        "holdfastctl {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Gives a new till keys that this program knows, in the key file that a till without a key store has.
pub(crate) fn give_keys(data: &Path) -> Result<[u8; 32]> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::create_dir_all(data)?;
    let keys = serde_json::json!({ "vault": "05".repeat(32), "signing": "06".repeat(32) });
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(data.join("till.key"))
        .context("the key file of the measured till cannot be made")?;
    file.write_all(keys.to_string().as_bytes())?;
    Ok([5; 32])
}
