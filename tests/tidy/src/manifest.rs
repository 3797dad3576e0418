//! The manifests of the workspace: who names whom.
//!
//! Promises the dependencies under the names that the manifests give them (`domain`, not `holdfast-domain`),
//! those of every target included. Never asks cargo: a rule about a manifest must hold before it resolves.

use crate::walk;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// Workspaces of their own, which the root's manifest leaves out.
const OUTSIDE: [&str; 2] = ["fuzz/", "tools/"];

/// One member of the workspace.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The manifest's path from the root.
    pub path: String,
    /// The short name of the room: `vault` for `crates/vault`, `shell` for the root package.
    pub room: String,
    /// `[dependencies]`, those of every target included.
    pub dependencies: BTreeSet<String>,
    /// `[dev-dependencies]`.
    pub dev_dependencies: BTreeSet<String>,
    /// `[build-dependencies]`.
    pub build_dependencies: BTreeSet<String>,
    /// Whether the workspace's lints are taken over.
    pub workspace_lints: bool,
}

/// Every package of the workspace, the root's own under the name `shell`.
///
/// # Panics
/// When a manifest is not TOML: then nothing here could be believed.
#[must_use]
pub fn manifests() -> Vec<Manifest> {
    let members = walk::files("", &["Cargo.toml"]);
    let members = members
        .iter()
        .filter(|file| !OUTSIDE.iter().any(|folder| file.path.starts_with(folder)));
    members.filter_map(read).collect()
}

fn read(file: &walk::File) -> Option<Manifest> {
    let table: Table = toml::from_str(&file.text)
        .unwrap_or_else(|error| panic!("{} is not TOML: {error}", file.path));
    table.get("package")?;
    let folder = file
        .path
        .trim_end_matches("Cargo.toml")
        .trim_end_matches('/');
    let room = if folder.is_empty() {
        "shell"
    } else {
        folder.rsplit('/').next().unwrap_or(folder)
    };
    let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
    Some(Manifest {
        path: file.path.clone(),
        room: room.to_owned(),
        dependencies: names(&table, "dependencies"),
        dev_dependencies: names(&table, "dev-dependencies"),
        build_dependencies: names(&table, "build-dependencies"),
        workspace_lints: lints.and_then(Value::as_bool) == Some(true),
    })
}

fn names(table: &Table, section: &str) -> BTreeSet<String> {
    let mut names = keys(table.get(section));
    let targets = table.get("target").and_then(Value::as_table);
    for target in targets.into_iter().flat_map(Table::values) {
        names.extend(keys(target.get(section)));
    }
    names
}

fn keys(section: Option<&Value>) -> BTreeSet<String> {
    let section = section.and_then(Value::as_table);
    section.into_iter().flat_map(Table::keys).cloned().collect()
}
