//! What older programs left is kept: without it nobody knows that the newest one still opens it.

use super::hold;
use holdfast_tidy::{files, root};
use std::collections::BTreeSet;

/// A folder of migrations, and what an archive calls its version.
const FOLDERS: [(&str, &str); 3] = [
    ("migrations/till", "till"),
    ("migrations/shop", "shop"),
    ("migrations/cloud/sqlite", "cloud"),
];

#[test]
fn the_version_before_a_new_migration_has_left_its_files() {
    let archives: Vec<String> = std::fs::read_dir(root().join("tests/fixtures"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let missing = FOLDERS.into_iter().filter_map(|(folder, word)| {
        let versions: BTreeSet<u32> = files(folder, &[".sql"])
            .iter()
            .filter_map(|file| version_of(&file.path))
            .collect();
        let kept: BTreeSet<u32> = archives
            .iter()
            .filter_map(|name| number_after(name, word))
            .collect();
        missing(&versions, &kept).map(|version| format!("{folder} V{version}"))
    });
    hold(
        "Let the program of that version leave its files in tests/fixtures (its README says how):",
        &missing.collect::<Vec<_>>(),
    );
}

/// The newest version that has no archive although it ended a landing: the one before the newest. Several
/// that land at once have none in between, and the archive of the newest stands for them.
fn missing(versions: &BTreeSet<u32>, kept: &BTreeSet<u32>) -> Option<u32> {
    let mut newest = versions.iter().rev();
    let (last, before) = (newest.next()?, newest.next()?);
    (!kept.contains(last) && !kept.contains(before)).then_some(*before)
}

fn version_of(path: &str) -> Option<u32> {
    path.rsplit('/')
        .next()?
        .strip_prefix('V')?
        .split("__")
        .next()?
        .parse()
        .ok()
}

/// 4 of `till4-shop2-cloud7.tar.zst` for `till`.
fn number_after(name: &str, word: &str) -> Option<u32> {
    let part = name
        .split(['-', '.'])
        .find_map(|part| part.strip_prefix(word))?;
    part.parse().ok()
}

#[test]
fn the_rule_asks_for_the_version_before_and_not_for_all() {
    let set = |numbers: &[u32]| numbers.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(
        missing(&set(&[1, 2, 3, 4]), &set(&[2, 4])),
        None,
        "it is there"
    );
    assert_eq!(
        missing(&set(&[1, 2, 3, 4, 5]), &set(&[2, 4])),
        None,
        "one was added"
    );
    assert_eq!(
        missing(&set(&[1, 2, 3, 4, 5, 6]), &set(&[2, 4])),
        Some(5),
        "nobody kept what V5 left"
    );
    assert_eq!(
        number_after("till4-shop2-cloud7.tar.zst", "cloud"),
        Some(7),
        "a name"
    );
}
