//! Text measured in printer cells, cleaned and wrapped.
//!
//! Promises: a character's width never depends on its neighbours, so widths add up; a wrapped piece is
//! never wider than asked; cleaned text holds no control character, so no name can reach the printer
//! as a command. Never shortens: every visible character of a text is in one of its pieces.

use unicode_width::UnicodeWidthChar;

/// Cells one character takes: 0 (joins the one before), 1, or 2 (Chinese, Japanese, Korean, emoji).
pub(crate) fn char_cells(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Cells a text takes.
pub fn cells(text: &str) -> usize {
    text.chars().map(char_cells).sum()
}

/// The text as it may be printed: control characters and line breaks become spaces, invisible
/// direction marks vanish, runs of spaces become one.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible_mark(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Marks that order or break text. They have no ink, and a stray one (a name pasted from a web page)
/// could turn a whole line round. The joiners U+200C and U+200D stay: they shape Persian and Hindi.
fn is_invisible_mark(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Breaks cleaned text into pieces of at most `width` cells, at spaces where there are any.
/// Empty text gives no piece. `width` is at least 2, so that any character fits.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide = cells(word);
        if used > 0 && used + 1 + wide <= width {
            line.push(' ');
            line.push_str(word);
            used += 1 + wide;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        (line, used) = break_word(word, width, &mut lines);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Puts all full pieces of a word into `lines`; the rest and its width go back. A joining mark stays
/// with the character it belongs to.
fn break_word(word: &str, width: usize, lines: &mut Vec<String>) -> (String, usize) {
    let mut piece = String::new();
    let mut used = 0;
    for c in word.chars() {
        let wide = char_cells(c);
        if used + wide > width {
            lines.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(c);
        used += wide;
    }
    (piece, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_carries_a_control_character() {
        assert_eq!(
            clean("\u{1b}p\0Tea\r\nlemon\t 2\u{202e}x"),
            "p Tea lemon 2x",
            "escape, line breaks and direction marks must not reach the printer"
        );
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
    }

    #[test]
    fn a_word_wider_than_the_paper_is_broken_and_kept() {
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(
            wrap("中文字", 5),
            ["中文", "字"],
            "a wide character is never cut in two"
        );
    }

    #[test]
    fn a_joining_mark_stays_with_its_letter() {
        assert_eq!(wrap("ae\u{301}", 2), ["ae\u{301}"]);
    }
}
