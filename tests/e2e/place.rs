//! Where the window's program lies and where its pictures go.

use std::path::{Path, PathBuf};

use anyhow::Result;

/// The window's program, as cargo built it for these tests.
pub fn window_program() -> PathBuf {
    env!("CARGO_BIN_EXE_holdfast").into()
}

/// Where pictures go.
pub fn pictures() -> Result<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/e2e");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}
