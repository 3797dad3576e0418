//! Finding articles by what a person types.
//!
//! Promises: any text is safe and answered within bounded work, however many names begin like it. Ranked:
//! articles whose code or barcode begins with the text; names that begin with the very word; names that
//! begin with its letters; names with all the whole words anywhere; names (or categories) with words
//! beginning so. Within a rank shorter names first, so that "Milk" comes before "Milk chocolate with nuts".
//!
//! Works: word beginnings with accents and case folded, any order after the first; any part of a name in
//! scripts written without spaces (see `words`). Does not: the inside of a word ("lou" does not find "Flour"),
//! spelling mistakes.

use std::collections::BTreeSet;

use domain::Product;
use rusqlite::Connection;

use super::error::ShopError;
use super::rows::{SELECT_PRODUCT, product_of};
use super::words::asked;

/// The most articles of one answer.
pub const MAX_FOUND: usize = 200;
/// How many of a rank are looked at before they are ordered: bounds the work of "a" in 800,000 names.
const LOOKED_AT: i64 = 500;
/// From here on a text without spaces is also tried as the beginning of a code.
const MIN_CODE_CHARS: usize = 3;

/// Products for the words, best first; empty text finds nothing.
pub(super) fn search(
    connection: &Connection,
    text: &str,
    limit: usize,
) -> Result<Vec<Product>, ShopError> {
    let limit = limit.min(MAX_FOUND);
    let mut found = Found {
        seen: BTreeSet::new(),
        products: Vec::new(),
        limit,
    };
    for beginning in code_beginnings(text) {
        found.take(by_code(connection, &beginning)?);
    }
    for rank in ranks(&asked(text)) {
        if found.is_full() {
            break;
        }
        found.take(by_words(connection, &rank)?);
    }
    Ok(found.products)
}

/// The answer while it grows: no product twice, never more than asked for.
struct Found {
    seen: BTreeSet<i64>,
    products: Vec<Product>,
    limit: usize,
}

impl Found {
    fn is_full(&self) -> bool {
        self.products.len() >= self.limit
    }

    fn take(&mut self, mut rank: Vec<(i64, Product)>) {
        rank.sort_by(|a, b| {
            (a.1.name.chars().count(), &a.1.name, a.0).cmp(&(
                b.1.name.chars().count(),
                &b.1.name,
                b.0,
            ))
        });
        for (number, product) in rank {
            if self.is_full() {
                return;
            }
            if self.seen.insert(number) {
                self.products.push(product);
            }
        }
    }
}

/// The search engine's expressions, best rank first. The words are quoted phrases already.
fn ranks(words: &[String]) -> Vec<String> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let beginnings = |words: &[String]| {
        words
            .iter()
            .map(|word| format!("{word} *"))
            .collect::<Vec<_>>()
            .join(" AND ")
    };
    let and_rest = if rest.is_empty() {
        String::new()
    } else {
        format!(" AND {}", beginnings(rest))
    };
    vec![
        format!("name : ^ {first}{and_rest}"),
        format!("name : ^ {first} *{and_rest}"),
        words.join(" AND "),
        beginnings(words),
    ]
}

fn by_words(connection: &Connection, expression: &str) -> rusqlite::Result<Vec<(i64, Product)>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT_PRODUCT} WHERE p.product_no IN \
         (SELECT rowid FROM product_words WHERE product_words MATCH ?1 LIMIT ?2)"
    ))?;
    statement
        .query_map((expression, LOOKED_AT), |row| {
            Ok((row.get("product_no")?, product_of(row)?))
        })?
        .collect()
}

/// The text as a code's beginning: without the spaces and dashes people type in long numbers. A UPC-A is
/// stored with a leading zero, so its beginning is tried with one as well.
fn code_beginnings(text: &str) -> Vec<String> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if digits.chars().count() >= MIN_CODE_CHARS && digits.bytes().all(|b| b.is_ascii_digit()) {
        let padded = format!("0{digits}");
        return vec![digits, padded];
    }
    let code = text.trim();
    let like_a_code = code.chars().count() >= MIN_CODE_CHARS
        && code.is_ascii()
        && !code.contains(char::is_whitespace);
    if like_a_code {
        vec![code.to_owned()]
    } else {
        Vec::new()
    }
}

fn by_code(connection: &Connection, beginning: &str) -> rusqlite::Result<Vec<(i64, Product)>> {
    // The greatest character ends the range of everything that begins so.
    let end = format!("{beginning}\u{10ffff}");
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT_PRODUCT} WHERE p.product_no IN (\
         SELECT * FROM (SELECT product_no FROM barcode WHERE key >= ?1 AND key < ?2 LIMIT ?3) \
         UNION SELECT * FROM (SELECT product_no FROM product \
         WHERE code IS NOT NULL AND code >= ?1 COLLATE NOCASE AND code < ?2 COLLATE NOCASE LIMIT ?3))"
    ))?;
    statement
        .query_map((beginning, end, LOOKED_AT), |row| {
            Ok((row.get("product_no")?, product_of(row)?))
        })?
        .collect()
}
