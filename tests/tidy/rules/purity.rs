//! What must not happen in rooms that only decide: floats, clocks, chance, disks, threads, panics.

use super::hold;
use holdfast_tidy::{code_of, files, identifiers, shipped_of};

/// The code that reaches a shop from these rooms: path and text.
fn shipped(rooms: &[&str]) -> Vec<(String, String)> {
    let each = rooms
        .iter()
        .flat_map(|room| files(&format!("crates/{room}/src"), &[".rs"]));
    let each = each.filter(|file| !is_test_file(&file.path));
    each.map(|file| (file.path, shipped_of(&code_of(&file.text))))
        .collect()
}

/// `tests.rs` and what lies below a `tests` folder is compiled for tests alone.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

fn lines_naming(rooms: &[&str], what: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, code) in shipped(rooms) {
        for (index, line) in code.lines().enumerate() {
            let named = what.iter().filter(|name| line.contains(**name));
            found.extend(named.map(|name| format!("{path}:{} {name}", index + 1)));
        }
    }
    found
}

#[test]
fn money_and_quantities_are_never_floats() {
    let mut found = Vec::new();
    for room in ["domain", "protocol", "vault", "cloud", "sync", "journal"] {
        for file in files(&format!("crates/{room}"), &[".rs"]) {
            let code = code_of(&file.text);
            let floats = identifiers(&code).filter(|(_, name)| matches!(*name, "f32" | "f64"));
            found.extend(floats.map(|(line, name)| format!("{}:{line} {name}", file.path)));
        }
    }
    hold(
        "Use i64 minor units or thousandths, i128 in between, and round_div at the end:",
        &found,
    );
}

#[test]
fn time_is_an_argument_where_decisions_are_made() {
    let rooms = [
        "domain",
        "protocol",
        "journal",
        "sync",
        "vault",
        "transport",
        "printing",
    ];
    let found = lines_naming(
        &rooms,
        &[
            "SystemTime::now",
            "Instant::now",
            "Zoned::now",
            "Timestamp::now",
        ],
    );
    let found: Vec<_> = found
        .into_iter()
        .filter(|line| !waits_on_a_wire(line))
        .collect();
    hold(
        "Take the time as an argument, or ask the Clock port:",
        &found,
    );
}

/// A driver's own time-out towards a device is no decision about a sale.
fn waits_on_a_wire(line: &str) -> bool {
    ["crates/printing/src/driver", "crates/transport/src"]
        .iter()
        .any(|place| line.starts_with(place))
        && line.contains("Instant::now")
}

#[test]
fn chance_is_an_argument_where_decisions_are_made() {
    let rooms = ["domain", "protocol", "journal", "sync", "vault"];
    let chance = [
        "getrandom",
        "rand::",
        "thread_rng",
        "OsRng",
        "Uuid::new_v4",
        "Uuid::now_v7",
        "RandomState",
    ];
    hold(
        "Ask the Entropy port, so that one seed replays one history:",
        &lines_naming(&rooms, &chance),
    );
}

#[test]
fn the_rules_and_the_engines_touch_nothing() {
    let rooms = ["domain", "protocol", "sync"];
    let outside = [
        "std::fs",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "tokio::",
        "println!",
    ];
    hold(
        "Answer with a value and let the facade do it:",
        &lines_naming(&rooms, &outside),
    );
}

#[test]
fn the_order_of_a_hash_map_never_shows() {
    let rooms = ["domain", "protocol", "sync"];
    hold(
        "Use a BTreeMap: a replay must meet the same order:",
        &lines_naming(&rooms, &["HashMap", "HashSet"]),
    );
}

#[test]
fn shipped_code_does_not_unwrap() {
    let rooms = [
        "domain",
        "protocol",
        "journal",
        "vault",
        "sync",
        "transport",
        "printing",
        "app",
        "ctl",
        "cloud",
    ];
    hold(
        "Answer with an error, or say in expect(\"…\") why it cannot fail:",
        &lines_naming(&rooms, &[".unwrap()", ".unwrap_err()", "panic!("]),
    );
}

#[test]
fn no_test_waits_for_luck() {
    let mut found = Vec::new();
    for file in files("crates", &[".rs"])
        .into_iter()
        .chain(files("tests/suite", &[".rs"]))
    {
        let code = code_of(&file.text);
        let tests_only = is_test_file(&file.path) || file.path.starts_with("tests/suite/tests");
        let shipped = if tests_only {
            String::new()
        } else {
            shipped_of(&code)
        };
        let waits = code.lines().enumerate().filter(|(index, line)| {
            let in_test = shipped.lines().nth(*index).is_none_or(|kept| kept != *line);
            in_test && (line.contains("thread::sleep") || line.contains("time::sleep("))
        });
        found.extend(waits.map(|(index, _)| format!("{}:{}", file.path, index + 1)));
    }
    hold(
        "Wait for the thing itself (a channel, a port that answers), not for time to pass:",
        &found,
    );
}
