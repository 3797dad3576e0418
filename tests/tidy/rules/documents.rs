//! The documents hold what they promise: links that lead somewhere, decisions in order, a complete map.

use super::hold;
use holdfast_tidy::{files, fingerprint, manifests, root};

#[test]
fn a_link_in_a_document_leads_somewhere() {
    let mut broken = Vec::new();
    for file in files("", &[".md"])
        .iter()
        .filter(|file| !file.path.starts_with("ui/node_modules"))
    {
        for target in links(&file.text) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let folder = root().join(&file.path);
            let folder = folder
                .parent()
                .map(std::path::Path::to_path_buf)
                .unwrap_or_default();
            if !folder.join(path).exists() {
                broken.push(format!("{}: {target}", file.path));
            }
        }
    }
    hold("Mend the link or take it out:", &broken);
}

/// The targets of `[text](target)`.
fn links(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        let after = line.split("](").skip(1);
        found.extend(after.filter_map(|rest| rest.split(')').next()));
    }
    found
}

#[test]
fn decisions_are_numbered_without_a_gap() {
    let names: Vec<_> = files("docs/decisions", &[".md"])
        .into_iter()
        .map(|file| file.path)
        .collect();
    let numbers: Vec<usize> = names
        .iter()
        .filter_map(|path| path.rsplit('/').next()?.split('-').next()?.parse().ok())
        .collect();
    assert_eq!(
        numbers,
        (1..=names.len()).collect::<Vec<_>>(),
        "0001, 0002, … one each: {names:?}"
    );
}

#[test]
fn a_decision_says_context_decision_and_consequences() {
    let short = files("docs/decisions", &[".md"])
        .into_iter()
        .filter(|file| {
            !["## Context", "## Decision", "## Consequences"]
                .iter()
                .all(|part| file.text.contains(part))
        });
    let short: Vec<_> = short.map(|file| file.path).collect();
    hold("Give it the three parts:", &short);
}

#[test]
fn the_map_shows_every_room() {
    let map = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap_or_default();
    let missing = manifests()
        .into_iter()
        .map(|manifest| manifest.path)
        .filter(|path| {
            let folder = path.trim_end_matches("/Cargo.toml");
            folder != "Cargo.toml" && !map.contains(&format!("`{folder}"))
        });
    let missing: Vec<_> = missing.collect();
    hold(
        "Add the room to the code map of docs/ARCHITECTURE.md:",
        &missing,
    );
}

#[test]
fn the_models_are_in_step_with_the_protocol() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    let now = fingerprint(read("crates/protocol/PROTOCOL.md").as_bytes());
    let line = format!("PROTOCOL.md as of {now}.");
    let known = read("crates/simulator/src/model/mod.rs").contains(&line);
    let late = (!known).then(|| format!("crates/simulator/src/model/mod.rs: {line}"));
    hold(
        "PROTOCOL.md has changed: check that the models say the same, change them if not, then write this line:",
        late.as_slice(),
    );
}

#[test]
fn a_test_that_the_durability_page_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/DURABILITY.md")).unwrap_or_default();
    let sources = files("", &[".rs"]);
    let named = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| is_test_name(name));
    let gone: Vec<_> = named
        .filter(|name| {
            !sources
                .iter()
                .any(|file| file.text.contains(&format!("fn {name}(")))
        })
        .map(str::to_owned)
        .collect();
    hold(
        "The promise has lost its proof: name the test that shows it now:",
        &gone,
    );
}

fn is_test_name(name: &str) -> bool {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    plain && name.matches('_').count() >= 3
}

#[test]
fn a_command_that_a_document_names_can_be_called() {
    let commands = std::fs::read_to_string(root().join("xtask/src/main.rs")).unwrap_or_default();
    let sources: String = ["xtask/src", "crates/simulator/src", "tests/bench/src"]
        .iter()
        .flat_map(|room| files(room, &[".rs"]))
        .map(|file| file.text)
        .collect();
    let packages: Vec<String> = manifests()
        .into_iter()
        .filter_map(|manifest| std::fs::read_to_string(root().join(&manifest.path)).ok())
        .collect();
    let mut gone = Vec::new();
    for path in ["docs/DURABILITY.md", "README.md"] {
        let page = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for named in page.split('`').skip(1).step_by(2) {
            let words: Vec<&str> = named.split(' ').collect();
            let known = match words[..] {
                ["cargo", "xtask", command, ..] => {
                    commands.contains(&format!("\"{command}\" "))
                        && flags(&words).all(|flag| {
                            let bare = flag.trim_start_matches('-');
                            sources.contains(&format!("\"{bare}\""))
                                || sources.contains(&format!("\"{flag}\""))
                        })
                }
                ["cargo", "test", "-p", package, ..] => packages
                    .iter()
                    .any(|manifest| manifest.contains(&format!("name = \"{package}\""))),
                _ => true,
            };
            if !known {
                gone.push(format!("{path}: {named}"));
            }
        }
    }
    hold(
        "The command is gone or was never there: name the one that runs it now:",
        &gone,
    );
}

fn flags<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    words.iter().copied().filter(|word| word.starts_with("--"))
}
