//! Who may import whom: the manifests against the drawing.

use super::hold;
use holdfast_tidy::{Manifest, code_of, files, manifests};

/// Room, and what of ours it may name in `[dependencies]`. A new line here is a new arrow in the drawing.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("protocol", &["domain"]),
    ("printing", &["domain"]),
    ("journal", &["protocol"]),
    ("vault", &["domain", "protocol", "journal"]),
    ("sync", &["domain", "protocol"]),
    ("transport", &["protocol"]),
    (
        "app",
        &[
            "domain",
            "protocol",
            "journal",
            "vault",
            "sync",
            "printing",
            "transport",
        ],
    ),
    ("ctl", &["app"]),
    ("shell", &["app"]),
    ("cloud", &["domain", "protocol", "sync", "transport"]),
    // Not shipped: the rest of the table does not bind what only tests and measures.
    ("testkit", &["domain", "protocol"]),
    ("lossyfs", &[]),
    ("disksim", &["domain", "journal", "protocol", "vault"]),
    (
        "suite",
        &[
            "app",
            "cloud",
            "domain",
            "journal",
            "printing",
            "protocol",
            "sync",
            "testkit",
            "transport",
            "vault",
        ],
    ),
    ("bench", &["app", "cloud", "domain", "protocol", "vault"]),
    ("simulator", &["domain", "protocol", "sync"]),
    (
        "fuzzed",
        &[
            "cloud",
            "domain",
            "journal",
            "printing",
            "protocol",
            "sync",
            "transport",
            "vault",
        ],
    ),
    ("tidy", &[]),
];

/// A crate that decides an architecture, and the rooms whose manifests may name it.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("tauri", &["shell"]),
    ("tauri-build", &["shell"]),
    // The suite is a witness: it reads the cloud's file beside the program, and is never shipped. Nor
    // is the simulated disk: it is what SQLite writes to.
    ("rusqlite", &["vault", "cloud", "suite", "disksim"]),
    ("refinery", &["vault", "cloud"]),
    ("tokio-postgres", &["cloud", "bench"]),
    ("deadpool-postgres", &["cloud"]),
    ("axum", &["transport", "cloud"]),
    ("tower-http", &["transport", "cloud"]),
    ("utoipa-axum", &["cloud"]),
    ("reqwest", &["transport"]),
    ("escpos", &["printing"]),
    ("keyring", &["app"]),
    ("fuser", &["lossyfs"]),
    ("argon2", &["app", "cloud"]),
    ("clap", &["ctl", "cloud"]),
    (
        "anyhow",
        &["shell", "ctl", "cloud", "suite", "bench", "xtask"],
    ),
];

/// The same for `use` in the sources: a re-export must not carry a name past its wall.
const NAMED_IN: &[(&str, &[&str])] = &[
    ("tauri::", &["src-tauri/", "tests/e2e/"]),
    (
        "rusqlite",
        &[
            "crates/vault/",
            "crates/cloud/",
            "crates/disksim/",
            "tests/suite/",
        ],
    ),
    ("axum::", &["crates/transport/", "crates/cloud/"]),
    (
        "reqwest::",
        &["crates/transport/", "tests/", "crates/cloud/tests/"],
    ),
    ("fantoccini", &["tests/e2e/", "tests/bench/"]),
];

fn ours(manifest: &Manifest) -> impl Iterator<Item = &String> {
    let known = |name: &&String| MAY_IMPORT.iter().any(|(room, _)| room == name);
    manifest
        .dependencies
        .union(&manifest.build_dependencies)
        .filter(known)
}

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    MAY_IMPORT
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, may)| *may)
}

#[test]
fn every_room_stands_in_the_import_table() {
    let rooms = manifests();
    let unknown: Vec<_> = rooms
        .iter()
        .filter(|manifest| manifest.room != "xtask" && allowed(&manifest.room).is_none())
        .map(|manifest| manifest.path.clone())
        .collect();
    hold(
        "A new room needs a line in MAY_IMPORT and in the drawing of docs/ARCHITECTURE.md:",
        &unknown,
    );
    assert!(
        rooms.len() > 10,
        "the manifests were found at all: {}",
        rooms.len()
    );
}

#[test]
fn a_room_imports_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        let may = allowed(&manifest.room).unwrap_or_default();
        let beyond = ours(&manifest).filter(|name| !may.contains(&name.as_str()));
        wrong.extend(beyond.map(|name| format!("{}: {name}", manifest.path)));
    }
    hold(
        "Move the code to the room that may know this, or ask through a port or a value:",
        &wrong,
    );
}

#[test]
fn testkit_is_never_shipped() {
    let shipped: Vec<_> = manifests()
        .into_iter()
        .filter(|manifest| manifest.room != "suite" && manifest.dependencies.contains("testkit"))
        .map(|manifest| manifest.path)
        .collect();
    hold("testkit belongs under [dev-dependencies]:", &shipped);
}

#[test]
fn a_crate_that_decides_the_architecture_stays_in_its_room() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        for (name, rooms) in KEPT_TO {
            if manifest.dependencies.contains(*name) && !rooms.contains(&manifest.room.as_str()) {
                wrong.push(format!(
                    "{}: {name} belongs to {}",
                    manifest.path,
                    rooms.join(", ")
                ));
            }
        }
    }
    hold(
        "Keep the dependency in its room and let others ask that room:",
        &wrong,
    );
}

#[test]
fn sources_name_a_walled_crate_only_behind_its_wall() {
    let mut wrong = Vec::new();
    for file in files("", &[".rs"]) {
        let code = code_of(&file.text);
        for (name, places) in NAMED_IN {
            let inside = places.iter().any(|place| file.path.starts_with(place));
            if inside || file.path.starts_with("tests/tidy/") {
                continue;
            }
            let lines = code
                .lines()
                .enumerate()
                .filter(|(_, line)| names_crate(line, name));
            wrong.extend(
                lines.map(|(index, _)| format!("{}:{} names {name}", file.path, index + 1)),
            );
        }
    }
    hold("Ask the room that owns it instead:", &wrong);
}

fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        !(before.is_alphanumeric() || before == '_' || before == ':')
    })
}

#[test]
fn the_clouds_sql_stays_in_its_store() {
    let wrong: Vec<_> = files("crates/cloud/src", &[".rs"])
        .into_iter()
        .filter(|file| !file.path.starts_with("crates/cloud/src/store"))
        .filter(|file| code_of(&file.text).contains("rusqlite"))
        .map(|file| file.path)
        .collect();
    hold(
        "Only crates/cloud/src/store/ names rusqlite; the rest speaks to the store's trait:",
        &wrong,
    );
}

#[test]
fn anyhow_is_for_mains_and_tests() {
    let wrong: Vec<_> = files("crates", &[".rs"])
        .into_iter()
        .filter(|file| file.path.contains("/src/") && !file.path.starts_with("crates/ctl/"))
        .filter(|file| !file.path.ends_with("/main.rs") && !file.path.contains("/src/bin/"))
        .filter(|file| code_of(&file.text).contains("anyhow"))
        .map(|file| file.path)
        .collect();
    hold(
        "A library answers with its own error type, so that the caller can tell one no from another:",
        &wrong,
    );
}

#[test]
fn every_package_takes_the_workspaces_lints() {
    let without: Vec<_> = manifests()
        .into_iter()
        .filter(|manifest| !manifest.workspace_lints)
        .map(|m| m.path)
        .collect();
    hold("Add [lints] workspace = true:", &without);
}
