//! Clocks that lie: libfaketime in front of a program, with the lie in a file that can be changed under it.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Where Debian and others put it.
const PLACES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

/// The library, where it is installed.
pub(crate) fn library() -> Option<PathBuf> {
    PLACES.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// The environment of a program whose clock is wrong by what the file says.
pub(crate) fn environment(file: &Path) -> Vec<(String, String)> {
    let Some(library) = library() else {
        return Vec::new();
    };
    let words = [
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        // A machine whose clock is set goes on counting its seconds, and files keep their true times.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("NO_FAKE_STAT", "1".to_owned()),
    ];
    words
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// From now on it is wrong by so many seconds.
pub(crate) fn set(file: &Path, offset_s: i64) -> Result<()> {
    // In one go: a program that reads half of it would see a third time.
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, format!("{offset_s:+}"))
        .and_then(|()| std::fs::rename(&fresh, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}
