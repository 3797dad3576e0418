//! How text becomes searchable words, for the index and for the question alike.
//!
//! Promises: the same text gives the same words on both sides, and no text whatever a person types can
//! become an operator of the search engine. SQLite's `unicode61` tokenizer folds case and accents; what it
//! does not know is done here:
//!
//! - letters that are not "a letter with a mark" are spelled out (`œ` → `oe`, `ø` → `o`, `ß` → `ss`, `ł` → `l`);
//! - Arabic spelling variants (`أ إ آ` → `ا`, `ى` → `ي`, `ة` → `ه`) and its vowel marks are levelled;
//! - scripts written without spaces (Han, kana, Thai) are stored one character per word, so that any part of a
//!   name is found as a phrase. Hangul is written with spaces and is searched by word beginnings.

/// The most words of a question that are looked at; more are ignored.
const MAX_WORDS: usize = 8;
/// The most characters of a question that are looked at.
const MAX_CHARS: usize = 200;

/// Text as it goes into the word index.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        fold_into(c, &mut out);
    }
    out
}

/// The words of a question, each a quoted phrase that is safe inside an FTS5 expression.
pub(super) fn asked(text: &str) -> Vec<String> {
    let short: String = text.chars().take(MAX_CHARS).collect();
    folded_runs(&short)
        .into_iter()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| format!("\"{word}\""))
        .collect()
}

/// Folds each space-separated run by itself, so that a run of Han stays one phrase.
fn folded_runs(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|run| {
            // A quote would end the phrase, a control character the C string.
            let clean: String = run
                .chars()
                .filter(|c| *c != '"' && !c.is_control())
                .collect();
            folded(&clean).trim().to_owned()
        })
        .collect()
}

fn fold_into(c: char, out: &mut String) {
    match c {
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ß' | 'ẞ' => out.push_str("ss"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'þ' | 'Þ' => out.push_str("th"),
        'ı' => out.push('i'),
        'أ' | 'إ' | 'آ' => out.push('ا'),
        'ى' => out.push('ي'),
        'ة' => out.push('ه'),
        // tatweel and the vowel marks
        '\u{640}' | '\u{64b}'..='\u{652}' => {}
        _ if spaceless(c) => {
            out.push(' ');
            out.push(c);
            out.push(' ');
        }
        _ => out.push(c),
    }
}

/// Whether the character belongs to a script that is written without spaces between words.
fn spaceless(c: char) -> bool {
    matches!(c,
        '\u{0e01}'..='\u{0e4e}'          // Thai
        | '\u{3005}' | '\u{3040}'..='\u{30ff}' // kana and the iteration mark
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_an_operator() {
        for text in [
            "\"", "a\" OR b", "name:", "*", "^", "-", "NEAR(", "🍎", "a\0b",
        ] {
            for word in asked(text) {
                assert!(
                    word.starts_with('"')
                        && word.ends_with('"')
                        && !word[1..word.len() - 1].contains('"'),
                    "{text:?} became {word}, which is more than one quoted phrase"
                );
            }
        }
        assert!(
            asked("🍎 ?! --").is_empty(),
            "what holds no letter and no digit asks for nothing"
        );
    }

    #[test]
    fn a_run_of_han_is_one_phrase_of_single_characters() {
        assert_eq!(
            asked("緑茶"),
            vec!["\"緑  茶\""],
            "any part of a name can be found as a phrase"
        );
    }

    #[test]
    fn letters_that_are_not_marked_letters_are_spelled_out() {
        assert_eq!(
            folded("Œufs bœuf Øl Łódka Straße"),
            "oeufs boeuf ol lódka Strasse",
            "as people type them"
        );
    }
}
