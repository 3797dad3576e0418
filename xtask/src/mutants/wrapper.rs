//! This program as the compiler's wrapper: a link to it in a folder that bears a variant's name.
//!
//! Cargo takes the wrapper's path into the names of what it builds, so that no variant is ever mistaken for another
//! or for the right code, and only our own crates are built anew.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Result;

/// What the link is called.
const NAME: &str = "rustc-with-mutant";

/// The wrapper for a variant, for `RUSTC_WORKSPACE_WRAPPER`.
pub(super) fn link(bench: &Path, name: &str) -> Result<PathBuf> {
    let folder = bench.join("wrappers").join(name);
    let link = folder.join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX));
    std::fs::create_dir_all(&folder)?;
    let _ = std::fs::remove_file(&link);
    let own = std::env::current_exe()?;
    std::fs::hard_link(&own, &link).or_else(|_| std::fs::copy(&own, &link).map(|_| ()))?;
    Ok(link)
}

/// Where this program stands in for the compiler's wrapper: `<variant>/rustc-with-mutant rustc …`.
pub(crate) fn as_wrapper() -> Option<ExitCode> {
    let own = std::env::current_exe().ok()?;
    if own.file_stem()? != NAME {
        return None;
    }
    let name = own.parent()?.file_name()?.to_str()?.to_owned();
    let mut words = std::env::args_os().skip(1);
    let mut rustc = Command::new(words.next()?);
    rustc
        .args(words)
        .args(["--cfg", &format!("mutant=\"{name}\"")]);
    let status = rustc.status().ok().and_then(|status| status.code());
    Some(status.map_or(ExitCode::FAILURE, |code| {
        ExitCode::from(u8::try_from(code).unwrap_or(1))
    }))
}
