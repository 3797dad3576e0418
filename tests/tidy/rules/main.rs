//! The house rules as tests. Each name is the rule; each failure says where, and what to do instead.
//!
//! The import table is the drawing in `docs/ARCHITECTURE.md`; the words are `docs/GLOSSARY.md`. A rule may be
//! made stricter in passing. Making one weaker needs a page in `docs/decisions/`.

mod append_only;
mod documents;
mod fixtures;
mod imports;
mod lengths;
mod prose;
mod purity;
mod window;
mod words;

/// Fails with every violation at once, under the sentence that says what to do.
#[track_caller]
fn hold(what_to_do: &str, violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{what_to_do}\n  {}\n({} places)",
        violations.join("\n  "),
        violations.len()
    );
}
