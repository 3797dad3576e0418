//! What every source tells its reader, and what none may carry.

use super::hold;
use holdfast_tidy::{File, files};

fn sources() -> Vec<File> {
    let text = [
        ".rs", ".ts", ".svelte", ".sql", ".toml", ".json", ".md", ".css", ".html", ".sh", ".js",
    ];
    let all = files("", &text).into_iter();
    all.filter(|file| !file.path.starts_with("tests/tidy/rules/"))
        .collect()
}

#[test]
fn every_module_opens_with_what_it_owns() {
    let silent = files("", &[".rs"]).into_iter().filter(|file| {
        let mut lines = file.text.lines();
        let first = lines.find(|line| {
            let line = line.trim();
            let preface = line.starts_with("#!") || line.starts_with("// ");
            !line.is_empty() && !preface
        });
        !first.is_some_and(|line| line.starts_with("//!") && line.len() > 12)
    });
    let silent: Vec<_> = silent.map(|file| file.path).collect();
    hold(
        "Open the module with //! — what it owns, what it promises, what it never does:",
        &silent,
    );
}

#[test]
fn no_source_knows_the_machine_it_was_written_on() {
    let homes = ["/home/", "/root/", "/work/", "/Users/", "C:\\Users"];
    let mut found = Vec::new();
    for file in sources()
        .iter()
        .filter(|file| !file.path.ends_with("package-lock.json"))
    {
        for (index, line) in file.text.lines().enumerate() {
            if homes.iter().any(|home| begins_a_path(line, home)) {
                found.push(format!("{}:{}", file.path, index + 1));
            }
        }
    }
    hold(
        "Use a path from the repository's root, the data folder or a temporary one:",
        &found,
    );
}

fn begins_a_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        !(before.is_alphanumeric() || matches!(before, '.' | '-' | '_' | '/' | '}' | ')'))
    })
}

#[test]
fn nothing_is_left_lying_about() {
    let left = [
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "FIXME",
        "// XXX",
        ".only(",
        "#[ignore",
        "console.log(",
    ];
    let mut found = Vec::new();
    let code = sources().into_iter().filter(|file| {
        [".rs", ".ts", ".svelte", ".sql"]
            .iter()
            .any(|ending| file.path.ends_with(ending))
    });
    for file in code {
        for (index, line) in file.text.lines().enumerate() {
            let lying = left.iter().filter(|word| line.contains(**word));
            found.extend(lying.map(|word| format!("{}:{} {word}", file.path, index + 1)));
        }
    }
    hold("Finish it or take it out:", &found);
}

#[test]
fn lock_files_name_only_the_public_registries() {
    let mut found = Vec::new();
    for file in files("", &["Cargo.lock", "package-lock.json"]) {
        for (index, line) in file.text.lines().enumerate() {
            let Some(at) = line.find("https://") else {
                continue;
            };
            let named = line.contains("\"resolved\"") || line.starts_with("source");
            let host = line[at + 8..].split('/').next().unwrap_or_default();
            if named && !["registry.npmjs.org", "github.com"].contains(&host) {
                found.push(format!("{}:{} {host}", file.path, index + 1));
            }
        }
    }
    hold(
        "A clean clone elsewhere cannot reach this host; resolve again from the public registry:",
        &found,
    );
}

#[test]
fn the_rule_tells_a_home_from_a_route() {
    assert!(
        begins_a_path("let path = \"/home/somebody/x\";", "/home/"),
        "a machine's path"
    );
    assert!(
        !begins_a_path("see net/work/of", "/work/"),
        "a relative one"
    );
}
