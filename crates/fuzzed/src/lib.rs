//! What must hold whatever bytes arrive: one function for each door through which a stranger's bytes come in.
//!
//! Owns the bodies of the fuzz targets below `fuzz/` and their first seeds. A body takes bytes, does what the
//! shipped code does with them, and asserts a promise: never only that nothing panics. The same functions replay
//! the committed corpus and every input that once broke a promise, in an ordinary `cargo test`.
//!
//! Promises: a body keeps nothing between two inputs that could change what it says of the second. Never shipped,
//! never a second implementation of what it checks.

#![allow(
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::needless_pass_by_value,
    reason = "a broken promise ends the run; that is what a fuzz target is for"
)]

mod barcode;
mod bites;
mod catalogue;
mod cursor;
mod decimal;
mod enrolment;
mod facts;
mod header;
mod journal_file;
mod op_bytes;
mod packed;
mod pull_page;
mod push_body;
mod receipt;
mod room;
pub mod seeds;
mod shelf;
mod snapshot;
mod stream;

/// One door: its name is the fuzz target's, the corpus folder's and the word after `--target`.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name.
    pub name: &'static str,
    /// What must hold.
    pub body: fn(&[u8]),
}

/// Every door.
pub const TARGETS: &[Target] = &[
    target("barcode", barcode::body),
    target("catalogue", catalogue::body),
    target("cursor", cursor::body),
    target("decimal", decimal::body),
    target("enrolment", enrolment::body),
    target("header", header::body),
    target("journal_file", journal_file::body),
    target("op_bytes", op_bytes::body),
    target("packed", packed::body),
    target("pull_page", pull_page::body),
    target("push_body", push_body::body),
    target("receipt", receipt::body),
    target("snapshot", snapshot::body),
];

const fn target(name: &'static str, body: fn(&[u8])) -> Target {
    Target { name, body }
}

/// Runs the body of one target.
///
/// # Panics
/// If there is no such target, or the input broke a promise.
pub fn run(name: &str, input: &[u8]) {
    let found = TARGETS.iter().find(|target| target.name == name);
    let found = found.unwrap_or_else(|| panic!("there is no fuzz target {name:?}"));
    (found.body)(input);
}
