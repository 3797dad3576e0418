//! Rust sources with parts blanked out, so that a search finds code and not talk about code.
//!
//! Promises the same number of lines, in the same places. It is a lexer for the house's own formatted
//! sources, not a parser: it knows comments, strings, characters and `#[cfg(test)]` modules.

/// The text with comments, strings and characters blanked.
#[must_use]
pub fn code_of(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = end_of_prose(&letters, at);
        for letter in &letters[at..end.max(at + 1)] {
            let keep = end == at || *letter == '\n';
            code.push(if keep { *letter } else { ' ' });
        }
        at = end.max(at + 1);
    }
    code
}

/// Where the comment, string or character that begins here ends; `at` itself where none begins.
fn end_of_prose(letters: &[char], at: usize) -> usize {
    let next = |offset: usize| letters.get(at + offset).copied().unwrap_or(' ');
    let after_word = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    match letters[at] {
        '/' if next(1) == '/' => find(letters, at, |l, i| l[i] == '\n'),
        '/' if next(1) == '*' => end_of_block(letters, at),
        '"' => end_of_string(letters, at),
        'r' if !after_word && (next(1) == '"' || next(1) == '#') => end_of_raw(letters, at, 1),
        'b' if !after_word && next(1) == 'r' && (next(2) == '"' || next(2) == '#') => {
            end_of_raw(letters, at, 2)
        }
        '\'' if next(1) == '\\' => find(letters, at + 3, |l, i| l[i] == '\'') + 1,
        '\'' if next(2) == '\'' => at + 3,
        _ => at,
    }
}

fn find(letters: &[char], from: usize, stop: impl Fn(&[char], usize) -> bool) -> usize {
    (from..letters.len())
        .find(|index| stop(letters, *index))
        .unwrap_or(letters.len())
}

fn end_of_block(letters: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut index = at;
    while index < letters.len() {
        match (letters[index], letters.get(index + 1)) {
            ('/', Some('*')) => (depth, index) = (depth + 1, index + 2),
            ('*', Some('/')) => (depth, index) = (depth - 1, index + 2),
            _ => index += 1,
        }
        if depth == 0 {
            return index;
        }
    }
    letters.len()
}

fn end_of_string(letters: &[char], at: usize) -> usize {
    let mut index = at + 1;
    while index < letters.len() {
        match letters[index] {
            '\\' => index += 2,
            '"' => return index + 1,
            _ => index += 1,
        }
    }
    letters.len()
}

fn end_of_raw(letters: &[char], at: usize, prefix: usize) -> usize {
    let hashes = letters[at + prefix..]
        .iter()
        .take_while(|letter| **letter == '#')
        .count();
    if letters.get(at + prefix + hashes) != Some(&'"') {
        return at; // a raw identifier such as r#type
    }
    let closes = |l: &[char], i: usize| {
        l[i] == '"'
            && l[i + 1..]
                .iter()
                .take(hashes)
                .filter(|letter| **letter == '#')
                .count()
                == hashes
    };
    let end = find(letters, at + prefix + hashes + 1, closes);
    (end + 1 + hashes).min(letters.len())
}

/// Code without its `#[cfg(test)]` items: what reaches a shop.
#[must_use]
pub fn shipped_of(code: &str) -> String {
    let mut shipped = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(found) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(found);
        shipped.push_str(before);
        let end = end_of_item(item);
        shipped.extend(item[..end].chars().filter(|letter| *letter == '\n'));
        rest = &item[end..];
    }
    shipped.push_str(rest);
    shipped
}

/// An item ends with its closing brace, or with a semicolon before any brace.
fn end_of_item(item: &str) -> usize {
    let mut depth = 0_usize;
    for (index, letter) in item.char_indices() {
        match letter {
            ';' if depth == 0 => return index + 1,
            '{' => depth += 1,
            '}' if depth == 1 => return index + 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    item.len()
}

#[cfg(test)]
mod tests {
    use super::{code_of, shipped_of};

    #[test]
    fn only_code_survives_the_mask() {
        let text = "let a = \"f64 // no\"; // f64\n/* f64 /* f64 */ */ let b = 'f';\nlet c = r#\"f64\"#; let d: &'a f32;";
        let code = code_of(text);
        assert!(
            !code.contains("f64"),
            "comments and strings are gone: {code}"
        );
        assert!(
            code.contains("let d: &'a f32;"),
            "a lifetime is no character: {code}"
        );
        assert_eq!(
            code.lines().count(),
            text.lines().count(),
            "lines stay where they are"
        );
    }

    #[test]
    fn tests_are_not_shipped() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { unwrap() }\n}\nfn c() {}\n#[cfg(test)]\nmod more;\n";
        let shipped = shipped_of(code);
        assert!(
            !shipped.contains("unwrap"),
            "the test module is gone: {shipped}"
        );
        assert!(shipped.contains("fn c()"), "what follows it stays");
        assert_eq!(
            shipped.lines().count(),
            code.lines().count(),
            "lines stay where they are"
        );
    }
}
