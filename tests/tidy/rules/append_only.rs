//! What is written once and kept: facts, the triggers that guard them, migrations that have landed.

use super::hold;
use super::purity::is_test_file;
use holdfast_tidy::{code_of, files, fingerprint, root, shipped_of, statements};
use std::collections::BTreeMap;

/// The tables whose rows are facts, by the migrations that make them.
const FACTS: [(&str, &[&str]); 2] = [
    (
        "migrations/till",
        &[
            "op",
            "op_place",
            "sale",
            "sale_line",
            "tender",
            "stock_movement",
        ],
    ),
    (
        "migrations/cloud/sqlite",
        &["op_log", "op_variant", "op_unparked", "stock_ledger"],
    ),
];

/// Every statement of a folder's migrations, with the file it stands in.
fn migration_statements(folder: &str) -> Vec<(String, String)> {
    let all = files(folder, &[".sql"]);
    let each = all.iter().flat_map(|file| {
        statements(&file.text)
            .into_iter()
            .map(|statement| (file.path.clone(), statement))
    });
    each.collect()
}

fn is_about(statement: &str, verb: &str, table: &str) -> bool {
    statement.match_indices(verb).any(|(at, _)| {
        let rest = statement[at + verb.len()..].trim_start_matches([' ', '"', '`', '\n', '\t']);
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        &rest[..end.unwrap_or(rest.len())] == table
    })
}

#[test]
fn a_migration_never_changes_or_removes_a_fact() {
    let mut wrong = Vec::new();
    for (folder, tables) in FACTS {
        for (path, statement) in migration_statements(folder) {
            if statement.starts_with("create trigger") {
                continue;
            }
            let verbs = [
                "delete from ",
                "update ",
                "drop table ",
                "replace into ",
                "alter table ",
            ];
            let touched = tables.iter().filter(|table| {
                verbs.iter().any(|verb| is_about(&statement, verb, table))
                    && !statement.contains(" add column ")
            });
            wrong.extend(touched.map(|table| format!("{path}: {table}")));
            if statement.starts_with("drop trigger") {
                wrong.push(format!("{path}: {statement}"));
            }
        }
    }
    hold(
        "Migrations only add; a fact keeps its row, its columns and its guards for ever:",
        &wrong,
    );
}

#[test]
fn every_table_of_facts_refuses_update_and_delete() {
    let mut unguarded = Vec::new();
    for (folder, tables) in FACTS {
        let all = migration_statements(folder);
        if all.is_empty() {
            unguarded.push(format!("{folder}: no migrations found"));
        }
        for table in tables {
            for deed in ["update", "delete"] {
                let guarded = all.iter().any(|(_, statement)| {
                    statement.starts_with("create trigger")
                        && statement.contains(&format!("before {deed} on {table} "))
                        && statement.contains("raise(abort")
                        && !statement.contains(" when ")
                });
                if !guarded {
                    unguarded.push(format!("{folder}: {table} has no trigger BEFORE {deed}"));
                }
            }
        }
    }
    hold(
        "Add CREATE TRIGGER … BEFORE … ON … BEGIN SELECT RAISE(ABORT, '…'); END;",
        &unguarded,
    );
}

#[test]
fn every_table_is_strict() {
    let loose = [
        "migrations/till",
        "migrations/shop",
        "migrations/cloud/sqlite",
    ]
    .into_iter()
    .flat_map(migration_statements)
    .filter(|(_, statement)| statement.starts_with("create table"))
    .filter(|(_, statement)| {
        let end = statement.rsplit(')').next().unwrap_or_default();
        !end.split([',', ' ']).any(|word| word == "strict")
    });
    let loose: Vec<_> = loose
        .map(|(path, statement)| format!("{path}: {}", &statement[..statement.len().min(60)]))
        .collect();
    hold(
        "A table without STRICT takes 1.5 for a number of pence:",
        &loose,
    );
}

#[test]
fn no_shipped_statement_changes_or_removes_a_fact() {
    let mut wrong = Vec::new();
    for (room, (_, tables)) in ["crates/vault/src", "crates/cloud/src"]
        .into_iter()
        .zip(FACTS)
    {
        let shipped = files(room, &[".rs", ".sql"]).into_iter();
        for file in shipped.filter(|file| !is_test_file(&file.path)) {
            let sql = file.path.strip_suffix(".sql").is_some();
            let text = if sql {
                file.text
            } else {
                without_tests(&file.text)
            };
            let text = text.to_lowercase();
            let verbs = ["delete from ", "update ", "replace into "];
            let touched = tables.iter().filter(|table| {
                verbs.iter().any(|verb| {
                    is_about(&text, verb, table) && (*verb != "update " || sets(&text, table))
                })
            });
            wrong.extend(touched.map(|table| format!("{}: {table}", file.path)));
        }
    }
    hold(
        "A correction is a new fact (a refund, an adjustment), never another text of the old one:",
        &wrong,
    );
}

/// "update sale set": prose about an update is none.
fn sets(text: &str, table: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).any(|three| {
        three[0].ends_with("update") && three[1] == table && three[2].starts_with("set")
    })
}

/// The shipped lines of a Rust source, strings included.
fn without_tests(text: &str) -> String {
    let code = code_of(text);
    let shipped = shipped_of(&code);
    let lines = text.lines().zip(code.lines().zip(shipped.lines()));
    let kept = lines
        .filter(|(_, (code, shipped))| code == shipped)
        .map(|(line, _)| line);
    kept.collect::<Vec<_>>().join("\n")
}

/// One line each: fingerprint and path of a migration that has landed.
const LOCK: &str = "tests/tidy/migrations.lock";

#[test]
fn a_landed_migration_is_never_edited() {
    let lock = std::fs::read_to_string(root().join(LOCK)).unwrap_or_default();
    let landed: BTreeMap<&str, &str> = lock
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(print, path)| (path.trim(), print))
        .collect();
    let now: BTreeMap<String, String> = files("migrations", &[".sql"])
        .into_iter()
        .map(|file| (file.path, fingerprint(file.text.as_bytes())))
        .collect();
    let mut wrong = Vec::new();
    for (path, print) in &landed {
        match now.get(*path) {
            None => wrong.push(format!("{path} is gone: bring it back")),
            Some(is) if is != print => {
                wrong.push(format!("{path} was edited: undo that and add a new one"));
            }
            Some(_) => {}
        }
    }
    let fresh = now
        .iter()
        .filter(|(path, _)| !landed.contains_key(path.as_str()));
    wrong.extend(fresh.map(|(path, _)| format!("{path} is new: when it lands, cargo xtask lock")));
    hold(
        "A till in a shop has already run it; a second text of it would never run there:",
        &wrong,
    );
}

#[test]
fn the_rule_sees_a_statement_and_not_a_longer_name() {
    assert!(
        is_about("delete from op where seq < 5", "delete from ", "op"),
        "the statement"
    );
    assert!(
        !is_about("delete from op_cursor", "delete from ", "op"),
        "another table"
    );
    assert!(sets("... update sale set x = 1", "sale"), "an update");
    assert!(
        !sets("refuses an update of a sale set aside", "sale"),
        "talk of one"
    );
}
