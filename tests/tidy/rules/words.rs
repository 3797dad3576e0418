//! One word has one meaning: the names that may not be given.

use super::hold;
use holdfast_tidy::{File, code_of, files, identifiers, statements, words_of};

/// What says nothing at the end of a type's name.
const EMPTY_NAMES: [&str; 7] = [
    "manager",
    "helper",
    "util",
    "processor",
    "handler",
    "data",
    "info",
];

/// Module names of the same kind.
const EMPTY_MODULES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "misc", "common", "manager", "data",
];

/// A word that is not ours, and the one that is. Only words that cannot mean something else here.
const NOT_OURS: [(&str, &str); 17] = [
    ("workspace", "tenant"),
    ("company", "tenant"),
    ("user", "operator"),
    ("basket", "cart"),
    ("invoice", "sale"),
    ("payment", "tender"),
    ("reversal", "refund"),
    ("cashup", "shift"),
    ("inventory", "stock_movement"),
    ("leader", "host"),
    ("master", "host"),
    ("upsert", "the sentence it stands for"),
    ("cancelled", "voided"),
    ("canceled", "voided"),
    ("checkout", "tender"),
    ("customer_order", "sale"),
    ("blacklist", "what it refuses"),
];

/// Where one of these words is somebody else's: path prefix, identifier (`*` = any), reason.
const SOMEBODY_ELSES: &[(&str, &str, &str)] = &[
    (
        "crates/vault/src/tests/guards",
        "files_are_for_this_user_alone",
        "the system's user",
    ),
    ("", "user_version", "SQLite's pragma"),
    ("", "sqlite_master", "SQLite's table"),
    ("", "user_agent", "HTTP's header"),
    ("", "USER_AGENT", "HTTP's header"),
    (
        "crates/transport/src/client/address",
        "with_user",
        "the user part of a URL",
    ),
    (
        "crates/app/src/replay",
        "*",
        "the Online Retail form calls its rows invoices",
    ),
    ("crates/app/tests/replay", "*", "the same form"),
    (
        "crates/app/src/lib.rs",
        "RefusedInvoice",
        "the replay's answer, re-exported",
    ),
    (
        "crates/ctl/",
        "*",
        "the command line's replay answer is a fixed form",
    ),
    ("xtask/", "*", "writes files in the Online Retail form"),
    (
        "tests/tidy/",
        "*",
        "names the words in order to forbid them",
    ),
    (
        "tests/suite/",
        "*",
        "measures and replays the Online Retail form",
    ),
    (
        "tests/e2e/",
        "*",
        "speaks the WebDriver's language beside ours",
    ),
];

fn excused(path: &str, identifier: &str) -> bool {
    SOMEBODY_ELSES
        .iter()
        .any(|(prefix, name, _)| path.starts_with(prefix) && (*name == "*" || *name == identifier))
}

fn rust_code() -> Vec<File> {
    let masked = files("", &[".rs"]).into_iter();
    masked
        .map(|file| File {
            text: code_of(&file.text),
            ..file
        })
        .collect()
}

#[test]
fn no_type_is_named_after_nothing() {
    let mut wrong = Vec::new();
    let sources = rust_code()
        .into_iter()
        .chain(files("ui/src", &[".ts", ".svelte"]));
    for file in sources {
        for (index, line) in file.text.lines().enumerate() {
            let Some(name) = declared_type(line) else {
                continue;
            };
            let last = words_of(name).pop().unwrap_or_default();
            if EMPTY_NAMES
                .iter()
                .any(|empty| last == *empty || last == format!("{empty}s"))
            {
                wrong.push(format!("{}:{} {name}", file.path, index + 1));
            }
        }
    }
    hold(
        "Name the type after what it is or promises; these endings name nothing:",
        &wrong,
    );
}

/// The name behind `struct`, `enum`, `trait`, `type`, `class` or `interface`.
fn declared_type(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let keyword = [
        "struct",
        "enum",
        "trait",
        "type",
        "class",
        "interface",
        "union",
    ];
    words.by_ref().take(4).find(|word| keyword.contains(word))?;
    let name = words.next()?;
    let end = name.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let name = &name[..end.unwrap_or(name.len())];
    name.starts_with(char::is_uppercase).then_some(name)
}

#[test]
fn no_file_is_a_drawer_for_leftovers() {
    let all = files("", &[".rs", ".ts", ".svelte"]);
    let drawers = all.into_iter().map(|file| file.path).filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().unwrap_or(name).to_lowercase();
        EMPTY_MODULES.contains(&stem.as_str())
    });
    let drawers: Vec<_> = drawers.collect();
    hold(
        "Put each function beside the type or the page it serves:",
        &drawers,
    );
}

#[test]
fn a_thing_has_the_name_that_the_glossary_gives_it() {
    let mut wrong = Vec::new();
    for file in rust_code() {
        for (line, identifier) in identifiers(&file.text) {
            wrong.extend(misnamed(&file.path, line, identifier));
        }
    }
    for file in files("", &[".sql"]) {
        for statement in statements(&file.text) {
            wrong.extend(
                identifiers(&statement).filter_map(|(_, name)| misnamed(&file.path, 0, name)),
            );
        }
    }
    wrong.dedup();
    hold(
        "docs/GLOSSARY.md has the word (an exception needs a reason in SOMEBODY_ELSES):",
        &wrong,
    );
}

fn misnamed(path: &str, line: usize, identifier: &str) -> Option<String> {
    let words = words_of(identifier);
    let has = |word: &&str| {
        words
            .iter()
            .any(|own| own == word || *own == format!("{word}s"))
    };
    let (word, ours) = NOT_OURS.into_iter().find(|(word, _)| has(word))?;
    (!excused(path, identifier))
        .then(|| format!("{path}:{line} {identifier}: not '{word}' but '{ours}'"))
}

/// Columns that would leave the reader guessing at their unit.
const WITHOUT_UNIT: [&str; 14] = [
    "price",
    "amount",
    "total",
    "net",
    "tax",
    "gross",
    "change",
    "quantity",
    "qty",
    "rate",
    "percent",
    "time",
    "timestamp",
    "created_at",
];

#[test]
fn a_column_that_counts_something_ends_in_its_unit() {
    let mut wrong = Vec::new();
    for file in files("migrations", &[".sql"]) {
        for statement in statements(&file.text)
            .iter()
            .filter(|s| s.starts_with("create table"))
        {
            let columns = statement.split([',', '(']).filter_map(|part| {
                let mut words = part.split_whitespace();
                let (name, kind) = (words.next()?, words.next()?);
                (kind.trim_end_matches(')') == "integer").then_some(name)
            });
            let bare = columns.filter(|name| WITHOUT_UNIT.contains(name) || name.ends_with("_at"));
            wrong.extend(bare.map(|name| format!("{}: {name}", file.path)));
        }
    }
    hold(
        "Say the unit last: *_minor, *_milli, *_bp, *_ms, *_at_ms:",
        &wrong,
    );
}

#[test]
fn the_rule_sees_a_word_and_not_its_letters() {
    assert!(
        misnamed("crates/x.rs", 1, "BasketView").is_some(),
        "a part of a type's name"
    );
    assert!(
        misnamed("crates/x.rs", 1, "user_ids").is_some(),
        "a part of a column's name"
    );
    assert!(
        misnamed("crates/x.rs", 1, "reused").is_none(),
        "letters within a word"
    );
    assert!(
        misnamed("crates/x.rs", 1, "user_version").is_none(),
        "somebody else's name"
    );
    assert_eq!(
        declared_type("pub struct CartLine<'a> {"),
        Some("CartLine"),
        "a type"
    );
    assert_eq!(declared_type("let type_of = 1;"), None, "no type");
}
