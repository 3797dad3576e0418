//! Barcodes: under which keys a scanned code may be found.
//!
//! One article's code comes in several spellings: a UPC-A is an EAN-13 with a leading 0, a UPC-E is a UPC-A with its
//! zeros left out, a GTIN-14 of a single piece is an EAN-13 with a leading 0, an EAN-8 is sometimes padded to 13. The
//! catalogue stores each code once, under [`normal_key`]; a scan asks for every key of [`scan_keys`], best first.
//!
//! Promises that a code stored in any of these spellings is found by any other, and that a wrong check digit changes
//! nothing: 1 in 75 real codes has one and is still a product. Never says what a code *is* in the shop: that is the
//! catalogue's, and if two products answer, the till asks.

use crate::limits::MAX_CODE_CHARS;
use crate::words::words;
use serde::{Deserialize, Serialize};

/// What kind of code a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// 13 digits.
    Ean13,
    /// 8 digits.
    Ean8,
    /// 12 digits.
    UpcA,
    /// 8 digits that are no EAN-8 but a right UPC-E.
    UpcE,
    /// 14 digits.
    Gtin14,
    /// Anything else: the shop's own code.
    Own,
}

words!(Symbology { Ean13 = "ean13", Ean8 = "ean8", UpcA = "upc_a", UpcE = "upc_e", Gtin14 = "gtin14", Own = "own" });

impl Symbology {
    /// The kind of a code as scanned or typed. A wrong check digit does not matter, except to tell the two kinds with 8
    /// digits apart.
    #[must_use]
    pub fn of(code: &str) -> Self {
        let code = clean(code);
        match digits_of(&code).map(str::len) {
            Some(8)
                if !mod_10_ok(&code)
                    && upc_e_to_upc_a(&code).is_some_and(|upc_a| mod_10_ok(&upc_a)) =>
            {
                Self::UpcE
            }
            Some(8) => Self::Ean8,
            Some(12) => Self::UpcA,
            Some(13) => Self::Ean13,
            Some(14) => Self::Gtin14,
            _ => Self::Own,
        }
    }
}

/// The key under which a barcode is stored: 12 digits become 13, 14 with a leading 0 become 13, all else is kept as it
/// is without the blanks around it (and, in a number of a barcode's length, between its digits).
#[must_use]
pub fn normal_key(code: &str) -> String {
    let code = clean(code);
    match digits_of(&code).map(str::len) {
        Some(12) => format!("0{code}"),
        Some(14) if code.starts_with('0') => code[1..].to_owned(),
        _ => code,
    }
}

/// Every key under which a scanned code may be stored, best first: its own normal key, then its other spellings.
/// Empty for an empty text and for one beyond [`MAX_CODE_CHARS`]: neither is a code.
#[must_use]
pub fn scan_keys(code: &str) -> Vec<String> {
    let normal = normal_key(code);
    if normal.is_empty() || code.chars().count() > MAX_CODE_CHARS {
        return Vec::new();
    }
    let mut keys = vec![normal.clone()];
    match digits_of(&normal).map(str::len) {
        Some(8) => {
            keys.extend(upc_e_to_upc_a(&normal).map(|upc_a| format!("0{upc_a}")));
            keys.push(format!("{PADDING}{normal}"));
        }
        Some(13) => {
            keys.extend(normal.strip_prefix('0').and_then(upc_a_to_upc_e));
            keys.extend(normal.strip_prefix(PADDING).map(str::to_owned));
        }
        _ => {}
    }
    // Kept as typed too: a shop's own code may hold blanks, or be a number of 12 or 14 digits from another system.
    let verbatim = code.trim().to_owned();
    if !keys.contains(&verbatim) {
        keys.push(verbatim);
    }
    keys
}

/// Whether the code is an EAN, UPC or GTIN whose last digit is right. False for a shop's own code, which has none.
#[must_use]
pub fn check_digit_ok(code: &str) -> bool {
    let code = clean(code);
    match digits_of(&code).map(str::len) {
        Some(8) => mod_10_ok(&code) || upc_e_to_upc_a(&code).is_some_and(|upc_a| mod_10_ok(&upc_a)),
        Some(12..=14) => mod_10_ok(&code),
        _ => false,
    }
}

/// What an EAN-8 is padded with to fill 13 digits.
const PADDING: &str = "00000";

/// Without the blanks and control characters around it, without a scanner's AIM identifier (`]E0`), and, if what
/// remains is a number of a barcode's length, without the blanks between its digits (as printed under the bars).
fn clean(code: &str) -> String {
    let mut bare = trimmed(code);
    // What stands behind the identifier may begin with a blank or another one: a key is its own key, or a product
    // that is stored again would be found no more.
    loop {
        let next = trimmed(without_aim(bare));
        if next == bare {
            break;
        }
        bare = next;
    }
    let joined: String = bare
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let is_gtin = digits_of(&joined).is_some_and(|digits| matches!(digits.len(), 8 | 12..=14));
    if is_gtin { joined } else { bare.to_owned() }
}

fn trimmed(code: &str) -> &str {
    code.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control())
}

fn without_aim(code: &str) -> &str {
    match code.as_bytes() {
        [b']', letter, digit, _, ..] if letter.is_ascii_alphabetic() && digit.is_ascii_digit() => {
            &code[3..]
        }
        _ => code,
    }
}

/// The code itself if it holds ASCII digits only.
pub(crate) fn digits_of(code: &str) -> Option<&str> {
    (!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Whether the last digit makes the weighted sum a multiple of ten; weights 3 and 1 alternate from the right.
pub(crate) fn mod_10_ok(digits: &str) -> bool {
    let weighted = digits.bytes().rev().enumerate().map(|(place, digit)| {
        let weight = if place % 2 == 1 { 3 } else { 1 };
        u32::from(digit - b'0') * weight
    });
    weighted.sum::<u32>() % 10 == 0
}

/// The 12 digits that a UPC-E of 8 digits stands for; `None` if its first digit is neither 0 nor 1.
fn upc_e_to_upc_a(code: &str) -> Option<String> {
    let digits = digits_of(code)
        .filter(|digits| digits.len() == 8 && matches!(digits.as_bytes()[0], b'0' | b'1'))?;
    let (system, body, check) = (&digits[..1], &digits[1..7], &digits[7..]);
    let middle = match body.as_bytes()[5] {
        b'0'..=b'2' => format!("{}{}0000{}", &body[..2], &body[5..], &body[2..5]),
        b'3' => format!("{}00000{}", &body[..3], &body[3..5]),
        b'4' => format!("{}00000{}", &body[..4], &body[4..5]),
        _ => format!("{}0000{}", &body[..5], &body[5..]),
    };
    Some(format!("{system}{middle}{check}"))
}

/// The UPC-E of a UPC-A, if it has one: the shortest form that stands for exactly these 12 digits.
fn upc_a_to_upc_e(upc_a: &str) -> Option<String> {
    let digits = digits_of(upc_a).filter(|digits| digits.len() == 12)?;
    let (system, maker, item, check) = (&digits[..1], &digits[1..6], &digits[6..11], &digits[11..]);
    let bodies = [
        format!("{}{}{}", &maker[..2], &item[2..], &maker[2..3]),
        format!("{}{}3", &maker[..3], &item[3..]),
        format!("{}{}4", &maker[..4], &item[4..]),
        format!("{maker}{}", &item[4..]),
    ];
    let candidates = bodies
        .into_iter()
        .map(|body| format!("{system}{body}{check}"));
    candidates
        .into_iter()
        .find(|candidate| upc_e_to_upc_a(candidate).as_deref() == Some(digits))
}
