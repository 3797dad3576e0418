//! Where things lie: the repository, the build directory, the programs that were built.
//!
//! Promises paths that work from any working directory and under any `CARGO_TARGET_DIR`. Never creates
//! anything.

use std::path::PathBuf;

/// The repository's root: the directory above this crate's.
pub(crate) fn root() -> PathBuf {
    // Asked when it runs: a build directory shared by two clones must not answer for the other one.
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = PathBuf::from(here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Cargo's build directory, as cargo itself decides it.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(chosen) if !chosen.is_empty() => root().join(chosen),
        _ => root().join("target"),
    }
}

/// Tools that the checks need and the workspace does not: built once, always in this place, so that tests
/// find them without being told.
pub(crate) fn tools() -> PathBuf {
    root().join("target/tools")
}

/// The folder in which our programs lie, built under a profile (`dev` lies in `debug`) or copied there.
pub(crate) struct Programs(PathBuf);

impl Programs {
    /// As built under a profile.
    pub(crate) fn of_profile(profile: &str) -> Self {
        let folder = if profile == "dev" { "debug" } else { profile };
        Self(target().join(folder))
    }

    /// As somebody copied them, so that no later build disturbs a long run.
    pub(crate) fn copied_to(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// One of them.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// One of our programs, as built under a profile.
pub(crate) fn program(name: &str, profile: &str) -> PathBuf {
    Programs::of_profile(profile).path(name)
}
