//! One line into its fields (RFC 4180 within a line).
//!
//! A quote at a field's start opens a quoted field; `""` inside it is a quote; after the closing quote only
//! the separator or the line's end may follow. A quote inside an unquoted field is text (`6" pizza`).

use std::borrow::Cow;

use super::reason::RowReason;

/// Splits a line; the fields borrow from it unless a doubled quote had to be undone.
pub(super) fn split(line: &str, separator: char) -> Result<Vec<Cow<'_, str>>, RowReason> {
    let mut fields = Vec::with_capacity(8);
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside, separator).ok_or(RowReason::Quotes {
                column: fields.len() + 1,
            })?,
            None => plain(rest, separator),
        };
        fields.push(field);
        match after {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// A field and what follows its separator (none at the line's end).
type Cut<'a> = (Cow<'a, str>, Option<&'a str>);

fn plain(text: &str, separator: char) -> Cut<'_> {
    match text.split_once(separator) {
        Some((field, rest)) => (Cow::Borrowed(field), Some(rest)),
        None => (Cow::Borrowed(text), None),
    }
}

/// `text` begins behind the opening quote.
fn quoted(text: &str, separator: char) -> Option<Cut<'_>> {
    let mut from = 0;
    loop {
        let end = from + text.get(from..)?.find('"')?;
        let after = text.get(end + 1..)?;
        if after.starts_with('"') {
            from = end + 2;
            continue;
        }
        let inside = text.get(..end)?;
        let field = if inside.contains('"') {
            Cow::Owned(inside.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inside)
        };
        return match after.strip_prefix(separator) {
            Some(rest) => Some((field, Some(rest))),
            None if after.trim().is_empty() => Some((field, None)),
            None => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_separators_and_doubled_quotes() {
        assert_eq!(
            split("1,\"a\",\"b", ',').err(),
            Some(RowReason::Quotes { column: 3 }),
            "the last field opens a quote and never closes it"
        );
        assert_eq!(
            split(r#"1,"a, ""b""",,6" pizza"#, ',').unwrap_or_default(),
            ["1", "a, \"b\"", "", "6\" pizza"],
            "each field as its author meant it"
        );
    }

    #[test]
    fn text_behind_a_closing_quote_is_a_broken_row() {
        assert_eq!(
            split(r#""a"b,c"#, ',').err(),
            Some(RowReason::Quotes { column: 1 }),
            "nobody can say what was meant"
        );
    }
}
