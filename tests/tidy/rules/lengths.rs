//! Lengths: files and functions that a person can hold in mind. A ratchet, not a wall.

use super::hold;
use holdfast_tidy::{code_of, files, root};
use std::collections::BTreeMap;

/// A file beyond this wants to be two.
const LINES: usize = 350;

/// One line each: the longest that a known exception may be, and its path. Numbers only go down.
const LIST: &str = "tests/tidy/long-files.list";

/// Of a hundred functions, this many are within `FUNCTION_LINES`.
const PER_HUNDRED: usize = 97;

/// A function beyond this wants a name for its middle.
const FUNCTION_LINES: usize = 70;

#[test]
fn a_file_grows_no_longer_than_it_is_allowed() {
    let list = std::fs::read_to_string(root().join(LIST)).unwrap_or_default();
    let mut known: BTreeMap<&str, usize> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(lines, path)| Some((path.trim(), lines.parse().ok()?)))
        .collect();
    let mut wrong = Vec::new();
    for file in files("", &[".rs", ".ts", ".svelte", ".sql"]) {
        let lines = file.text.lines().count();
        match known.remove(file.path.as_str()) {
            Some(allowed) if lines > allowed => {
                wrong.push(format!(
                    "{} has {lines} lines, allowed are {allowed}: split it",
                    file.path
                ));
            }
            Some(_) if lines <= LINES => {
                wrong.push(format!(
                    "{} has {lines} lines: take it off {LIST}",
                    file.path
                ));
            }
            None if lines > LINES => {
                wrong.push(format!("{} has {lines} lines: split it", file.path));
            }
            _ => {}
        }
    }
    wrong.extend(
        known
            .keys()
            .map(|path| format!("{path} is gone: take it off {LIST}")),
    );
    hold(
        "Files stay within 350 lines; known exceptions only shrink:",
        &wrong,
    );
}

#[test]
fn functions_are_short_with_few_exceptions() {
    let mut lengths = Vec::new();
    for file in files("", &[".rs"]) {
        let code = code_of(&file.text);
        lengths.extend(functions(&code).map(|(line, length)| (length, file.path.clone(), line)));
    }
    let short = lengths
        .iter()
        .filter(|(length, ..)| *length <= FUNCTION_LINES)
        .count();
    let long = lengths
        .iter()
        .filter(|(length, ..)| *length > FUNCTION_LINES);
    let long: Vec<_> = long
        .map(|(length, path, line)| format!("{path}:{line} {length} lines"))
        .collect();
    assert!(
        short * 100 >= lengths.len() * PER_HUNDRED,
        "{short} of {} functions are within {FUNCTION_LINES} lines; give the middles of these a name:\n  {}",
        lengths.len(),
        long.join("\n  ")
    );
}

/// Each function's first line and its number of lines, read from the house's formatting: the closing brace
/// stands in the column of the line that opened it.
fn functions(code: &str) -> impl Iterator<Item = (usize, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let found: Vec<_> = (0..lines.len())
        .filter(|index| is_function(lines[*index]))
        .filter_map(|index| {
            let line = lines[index];
            let closing = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let rest = lines[index..]
                .iter()
                .position(|line| line.trim_end() == closing)?;
            Some((index + 1, rest + 1))
        })
        .collect();
    found.into_iter()
}

fn is_function(line: &str) -> bool {
    let head = line.split('(').next().unwrap_or_default();
    head.split_whitespace().any(|word| word == "fn")
        && !line.trim_end().ends_with(';')
        && !line.contains('}')
}

#[test]
fn the_rule_measures_a_function_to_its_own_brace() {
    let code = "fn a() {\n    if x {\n    }\n}\nimpl B {\n    fn c(\n        d: u8,\n    ) {\n    }\n}\nfn e();\n";
    assert_eq!(
        functions(code).collect::<Vec<_>>(),
        [(1, 4), (6, 4)],
        "first line and length"
    );
}
