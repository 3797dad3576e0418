//! The files of the repository: what a person wrote, without what a tool made.
//!
//! Promises a sorted list with paths relative to the root and `/` between their parts. Never follows a link
//! and never enters a build directory.

use std::path::{Path, PathBuf};

/// Directories that tools fill.
const MADE: [&str; 8] = [
    "target",
    "node_modules",
    "gen",
    ".git",
    "dist",
    ".svelte-kit",
    "coverage",
    "test-results",
];

/// One text file.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, `/` between the parts.
    pub path: String,
    /// Its text; what is not UTF-8 is no text and not listed.
    pub text: String,
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    // Asked when it runs: a build directory shared by two clones must not answer for the other one.
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../..")
}

/// Every text file whose name ends with one of these, below a directory given from the root (`""` is all).
#[must_use]
pub fn files(below: &str, endings: &[&str]) -> Vec<File> {
    let root = root();
    let mut found = Vec::new();
    descend(&root.join(below), &root, endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn descend(directory: &Path, root: &Path, endings: &[&str], found: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !MADE.contains(&name.as_str()) {
            descend(&path, root, endings, found);
        } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            found.push(File {
                path: parts.join("/"),
                text,
            });
        }
    }
}
