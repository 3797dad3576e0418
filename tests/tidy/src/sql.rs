//! SQL as words: migrations and statements without their comments.
//!
//! Promises statements in one line each, lower case, single spaces; a trigger with its body is one statement.
//! Never judges whether SQLite would take it.

/// The text without `--` and block comments.
#[must_use]
pub fn without_comments(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(next) = rest.find(['-', '/', '\'']) {
        plain.push_str(&rest[..next]);
        rest = &rest[next..];
        let end = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let text = rest.strip_prefix('\'');
            let end = text.map_or(1, |text| text.find('\'').map_or(rest.len(), |end| end + 2));
            plain.push_str(&rest[..end]);
            end
        };
        rest = &rest[end..];
    }
    plain.push_str(rest);
    plain
}

/// The statements of a text: lower case, single spaces, without their semicolon.
#[must_use]
pub fn statements(sql: &str) -> Vec<String> {
    let plain = without_comments(sql).to_lowercase();
    let mut all = Vec::new();
    let mut current = String::new();
    for part in plain.split(';') {
        let words: Vec<&str> = part.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        if !current.is_empty() {
            current.push_str("; ");
        }
        current.push_str(&words.join(" "));
        let trigger = current.contains("create trigger") || current.contains("create temp trigger");
        if !trigger || words == ["end"] {
            all.push(std::mem::take(&mut current));
        }
    }
    if !current.is_empty() {
        all.push(current);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_trigger_is_one_statement_and_comments_are_none() {
        let sql = "-- drop table sale;\nCREATE TABLE a (b TEXT CHECK (b <> '--;')) STRICT;\n\
                   CREATE TRIGGER t BEFORE DELETE ON a BEGIN\n SELECT RAISE(ABORT, 'no');\nEND;\n";
        let found = statements(sql);
        assert_eq!(
            found.last().map(String::as_str),
            Some("create trigger t before delete on a begin select raise(abort, 'no'); end"),
            "the body belongs to it"
        );
        assert!(
            found.iter().all(|statement| !statement.starts_with("drop")),
            "a comment is not run: {found:?}"
        );
    }
}
