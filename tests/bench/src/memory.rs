//! What the window's processes hold in memory: PSS, which counts shared pages once.

use std::collections::BTreeMap;
use std::fs;

/// Processes of the measurement itself.
const NOT_OURS: [&str; 3] = ["Xvfb", "WebKitWebDriver", "bench"];

/// PSS of every process that descends from this one, by its name, in KiB; the measurement's own left out.
pub(crate) fn of_children() -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    let parents = parents();
    let mut family = vec![std::process::id()];
    while let Some(parent) = family.pop() {
        for (child, _) in parents.iter().filter(|(_, of)| **of == parent) {
            family.push(*child);
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            if let Some(kib) = pss_kib(*child)
                && !NOT_OURS.contains(&name.trim())
            {
                *found.entry(name.trim().to_owned()).or_default() += kib;
            }
        }
    }
    found
}

/// Every process and its parent.
fn parents() -> BTreeMap<u32, u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter_map(|process| Some((process, parent_of(process)?)))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok()
}

fn pss_kib(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
