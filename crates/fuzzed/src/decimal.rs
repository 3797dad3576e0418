//! Amounts and quantities as people type them: read exactly or refused, with a reason of bounded length.

use domain::limits::{MAX_AMOUNT_MINOR, MAX_QUANTITY_MILLI};
use domain::{Currency, format_milli, format_minor, parse_milli, parse_minor};

use crate::bites::Bites;

/// What a person reads of a refusal; the text itself may be a book scanned by mistake.
const LONGEST_REASON: usize = 1_000;

/// A currency, a number, then a text.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let all: Vec<Currency> = Currency::all().collect();
    let currency = all[usize::from(bites.byte()) % all.len()];
    let number = i64::from_le_bytes(bites.number().to_le_bytes());
    let text = String::from_utf8_lossy(bites.rest()).into_owned();
    written(number, currency);
    typed(&text, currency);
}

fn written(number: i64, currency: Currency) {
    let minor = number % (MAX_AMOUNT_MINOR + 1);
    let text = format_minor(minor, currency);
    assert_eq!(
        parse_minor(&text, currency),
        Ok(minor),
        "{text} is what was written"
    );
    let milli = number % (MAX_QUANTITY_MILLI + 1);
    let text = format_milli(milli);
    assert_eq!(parse_milli(&text), Ok(milli), "{text} is what was written");
    // Beyond the limits a figure of a stranger's row is still shown, and never panics.
    assert!(!format_minor(number, currency).is_empty(), "it is written");
    assert!(!format_milli(number).is_empty(), "it is written");
}

fn typed(text: &str, currency: Currency) {
    match parse_minor(text, currency) {
        Ok(minor) => {
            assert!(minor.abs() <= MAX_AMOUNT_MINOR, "{text:?} is within");
            same_number(text, minor, currency.exponent());
            let again = format_minor(minor, currency);
            assert_eq!(parse_minor(&again, currency), Ok(minor), "{text:?}");
        }
        Err(refused) => reason(&refused.to_string(), "amount"),
    }
    match parse_milli(text) {
        Ok(milli) => {
            assert!(milli.abs() <= MAX_QUANTITY_MILLI, "{text:?} is within");
            same_number(text, milli, 3);
            assert!(!text.contains(','), "{text:?}: a comma is never guessed");
        }
        Err(refused) => reason(&refused.to_string(), "quantity"),
    }
}

/// The digits as typed are the digits as read, whatever stands between them.
fn same_number(text: &str, value: i64, decimals: u8) {
    let trimmed = text.trim();
    let negative = trimmed.starts_with('-');
    let (whole, fraction) = trimmed.split_once('.').unwrap_or((trimmed, ""));
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let decimals = usize::from(decimals);
    let mut fraction = digits(fraction);
    while fraction.len() < decimals {
        fraction.push('0');
    }
    let (kept, lost) = fraction.split_at(decimals);
    assert!(
        lost.bytes().all(|digit| digit == b'0'),
        "{text:?} lost {lost}"
    );
    let expected = format!("{}{kept}", digits(whole));
    let expected = expected.trim_start_matches('0');
    let found = value.unsigned_abs().to_string();
    assert_eq!(found.trim_start_matches('0'), expected, "{text:?}");
    assert!(
        value == 0 || negative == (value < 0),
        "{text:?} keeps its sign"
    );
}

fn reason(words: &str, field: &str) {
    assert!(words.contains(field), "{words} names what it speaks of");
    assert!(
        words.len() <= LONGEST_REASON,
        "a reason of {} bytes is a text that was passed on whole: {}",
        words.len(),
        words.chars().take(80).collect::<String>()
    );
}
