//! `cargo xtask lock`: writes down the fingerprints of the migrations that have landed.
//!
//! Promises to add lines and to change none: an edited migration is refused, unless the whole lock is asked
//! for anew, which is right only before a schema was ever released.

use crate::options::Options;
use crate::{fingerprint, place};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const LOCK: &str = "tests/tidy/migrations.lock";

const HEAD: &str = "# FNV-1a and path of every migration that has landed. Lines are added, never changed: see decisions/0009.\n";

/// `cargo xtask lock`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let anew = options.flag("anew");
    options.nothing_else()?;
    let root = place::root();
    let lock = root.join(LOCK);
    let before = std::fs::read_to_string(&lock).unwrap_or_default();
    let landed: BTreeMap<&str, &str> = before
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(print, path)| (path, print))
        .collect();
    let mut now = BTreeMap::new();
    collect(&root.join("migrations"), &root, &mut now)?;
    let mut text = HEAD.to_owned();
    for (path, print) in &now {
        match landed.get(path.as_str()) {
            Some(was) if was != print && !anew => {
                bail!("{path} was edited after it landed: add a new one instead")
            }
            Some(_) => {}
            None => println!("new: {path}"),
        }
        writeln!(text, "{print} {path}")?;
    }
    std::fs::write(&lock, text).with_context(|| format!("{LOCK} cannot be written"))
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, root, found)?;
        } else if path.extension().is_some_and(|ending| ending == "sql") {
            let parts: Vec<_> = path
                .strip_prefix(root)?
                .iter()
                .map(|part| part.to_string_lossy())
                .collect();
            let print = fingerprint::of_bytes(&std::fs::read(&path)?);
            found.insert(parts.join("/"), format!("{print:016x}"));
        }
    }
    Ok(())
}
