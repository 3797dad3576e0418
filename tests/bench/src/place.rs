//! Where things lie: the repository, the window's program, its pictures.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The window's program, built beside this one.
pub(crate) fn window_program() -> PathBuf {
    crate::programs::beside("holdfast")
}

/// Where pictures of the window go.
pub(crate) fn pictures() -> Result<PathBuf> {
    let folder = root().join("target/bench/pictures");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
