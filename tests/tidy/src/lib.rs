//! The repository as text: its files, its manifests, and Rust sources with the parts told apart that a rule
//! must not confuse (code, comments, strings, tests).
//!
//! Owns reading and nothing else: what is forbidden, and why, stands in `rules/`. Never runs a build and
//! never writes a file.

mod manifest;
mod mask;
mod sql;
mod walk;

pub use manifest::{Manifest, manifests};
pub use mask::{code_of, shipped_of};
pub use sql::{statements, without_comments};
pub use walk::{File, files, root};

/// Words of an identifier: `SaleLine` and `sale_line` are both `["sale", "line"]`.
#[must_use]
pub fn words_of(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for letter in identifier.chars() {
        if !letter.is_ascii_alphanumeric() {
            previous_lower = false;
            words.push(String::new());
            continue;
        }
        if letter.is_ascii_uppercase() && previous_lower || words.is_empty() {
            words.push(String::new());
        }
        previous_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Every identifier of a source text with its line number, from 1.
pub fn identifiers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(index, line)| {
        line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .filter(|word| word.starts_with(|first: char| first.is_alphabetic() || first == '_'))
            .map(move |word| (index + 1, word))
    })
}

/// FNV-1a, 64 bits, as 16 hexadecimal digits: notices an edit, proves nothing against malice.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, words_of};

    #[test]
    fn an_identifier_falls_apart_into_its_words() {
        assert_eq!(words_of("SaleLine"), ["sale", "line"], "a type");
        assert_eq!(words_of("sale_line"), ["sale", "line"], "a column");
        assert_eq!(words_of("MAX_LINES"), ["max", "lines"], "a constant");
        assert_eq!(words_of("op1Hash"), ["op1", "hash"], "a digit ends no word");
    }

    #[test]
    fn the_fingerprint_is_the_published_fnv_1a() {
        assert_eq!(
            fingerprint(b"foobar"),
            "85944171f73967e8",
            "the authors' test vector"
        );
    }
}
