//! In-store barcodes: a price or a weight inside the code.
//!
//! A scale prints an EAN-13 (or a UPC-A, which is one with a leading 0) of `prefix, item, [verifier], value, check`.
//! Which prefixes a shop uses, and how the digits are divided, is the branch's affair: rules are data. Promises that a
//! value is only read from a code whose check digit and verifier are right: a misread price is worse than no price.
//! Never looks the item up.

use crate::barcode::{digits_of, mod_10_ok, normal_key};
use crate::rounding::{Tie, round_div, to_minor};
use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the value digits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InStoreValue {
    /// The line's price in minor units.
    PriceMinor,
    /// The weight in grams, which are thousandths of a kilogram.
    WeightGram,
}

words!(InStoreValue { PriceMinor = "price_minor", WeightGram = "weight_gram" });

/// How the codes of one prefix are divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct InStoreRule {
    /// The first digits: `02`, or `20` to `29`, or longer ones such as `281`.
    pub prefix: String,
    /// How many digits name the article.
    pub item_digits: u8,
    /// How many digits hold the value.
    pub value_digits: u8,
    /// Whether a digit before the value verifies it (the method of GS1, for 4 or 5 value digits).
    pub verifier: bool,
    /// What the value is.
    pub holds: InStoreValue,
    /// By what the digits are divided to give minor units or grams; 1 as a rule, 100 where a scale prints decimals that
    /// the currency has not.
    pub divisor: u32,
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InStoreRuleRefused {
    /// Not a prefix for in-store use.
    #[error(
        "prefix \"{prefix}\" is not for in-store codes: use 02, or 20 to 29, with more digits if need be"
    )]
    Prefix {
        /// As given.
        prefix: String,
    },
    /// The parts do not fill the code.
    #[error(
        "prefix, item, verifier and value take {digits} digits: they must take 12 (the check digit is the 13th), item and value at least 1 each"
    )]
    Digits {
        /// How many they take.
        digits: usize,
    },
    /// There is no verifier for this many digits.
    #[error(
        "a verifier exists for 4 or 5 value digits, not for {value_digits}: switch it off or change the digits"
    )]
    Verifier {
        /// As given.
        value_digits: u8,
    },
    /// Division by zero.
    #[error("divisor is 0: use 1 if the value needs no division")]
    Divisor,
}

/// What a code said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannedValue {
    /// What the line costs, in minor units.
    PriceMinor(i64),
    /// How much it is, in thousandths.
    QuantityMilli(i64),
}

/// An in-store code, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct InStoreScan {
    /// The item's digits as printed, leading zeros included: the key of the product.
    pub item: String,
    /// What the code said of this piece.
    pub value: ScannedValue,
}

/// How a code reads under the branch's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InStoreRead {
    /// No rule speaks of it: an ordinary code.
    Ordinary,
    /// A rule speaks of it, but its check digit or verifier is wrong: scan it again.
    Misread,
    /// Read.
    Read(InStoreScan),
}

/// The digits of an EAN-13 before its check digit.
const BODY_DIGITS: usize = 12;

impl InStoreRule {
    /// Whether the rule can be used at all.
    pub fn check(&self) -> Result<(), InStoreRuleRefused> {
        let in_range = digits_of(&self.prefix).is_some_and(|prefix| {
            prefix.len() >= 2 && (prefix.starts_with("02") || prefix.starts_with('2'))
        });
        if !in_range {
            return Err(InStoreRuleRefused::Prefix {
                prefix: self.prefix.clone(),
            });
        }
        let (item, value) = (
            usize::from(self.item_digits),
            usize::from(self.value_digits),
        );
        let digits = self.prefix.len() + item + usize::from(self.verifier) + value;
        if digits != BODY_DIGITS || item == 0 || value == 0 {
            return Err(InStoreRuleRefused::Digits { digits });
        }
        if self.verifier && !matches!(self.value_digits, 4 | 5) {
            return Err(InStoreRuleRefused::Verifier {
                value_digits: self.value_digits,
            });
        }
        if self.divisor == 0 {
            Err(InStoreRuleRefused::Divisor)
        } else {
            Ok(())
        }
    }

    fn read(&self, ean_13: &str) -> InStoreRead {
        let (item, rest) =
            ean_13[self.prefix.len()..BODY_DIGITS].split_at(usize::from(self.item_digits));
        let (verifier, value) = rest.split_at(usize::from(self.verifier));
        let verified = verifier.is_empty() || verifier_of(value) == verifier.bytes().next();
        if !mod_10_ok(ean_13) || !verified {
            return InStoreRead::Misread;
        }
        let digits = value
            .bytes()
            .fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        let value = to_minor(round_div(digits, i128::from(self.divisor), Tie::HalfUp));
        let value = match self.holds {
            InStoreValue::PriceMinor => ScannedValue::PriceMinor(value),
            InStoreValue::WeightGram => ScannedValue::QuantityMilli(value),
        };
        InStoreRead::Read(InStoreScan {
            item: item.to_owned(),
            value,
        })
    }
}

impl InStoreRead {
    /// How `code` reads: by the usable rule with the longest prefix that fits; the earlier one of equals.
    #[must_use]
    pub fn of(code: &str, rules: &[InStoreRule]) -> Self {
        let key = normal_key(code);
        let Some(ean_13) = digits_of(&key).filter(|digits| digits.len() == BODY_DIGITS + 1) else {
            return Self::Ordinary;
        };
        let fitting = rules
            .iter()
            .filter(|rule| rule.check().is_ok() && ean_13.starts_with(&rule.prefix));
        fitting
            .rev()
            .max_by_key(|rule| rule.prefix.len())
            .map_or(Self::Ordinary, |rule| rule.read(ean_13))
    }
}

/// Item and value of an in-store code; `None` for an ordinary or a misread one ([`InStoreRead::of`] tells which).
#[must_use]
pub fn read_in_store(code: &str, rules: &[InStoreRule]) -> Option<InStoreScan> {
    match InStoreRead::of(code, rules) {
        InStoreRead::Read(scan) => Some(scan),
        InStoreRead::Ordinary | InStoreRead::Misread => None,
    }
}

// GS1 General Specifications, "Price or weight check digit": each digit is replaced by a weighted one.
const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

/// The verifier of 4 or 5 value digits, as an ASCII digit; `None` for other lengths.
fn verifier_of(value: &str) -> Option<u8> {
    let weigh = |weights: &[[u8; 10]]| -> usize {
        value
            .bytes()
            .zip(weights)
            .map(|(digit, weight)| usize::from(weight[usize::from(digit - b'0')]))
            .sum()
    };
    let verifier = match value.len() {
        4 => u8::try_from(weigh(&[TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS]) * 3 % 10).ok()?,
        5 => {
            let missing =
                (10 - weigh(&[FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]) % 10) % 10;
            let place = FIVE_MINUS
                .iter()
                .position(|&weighted| usize::from(weighted) == missing)?;
            u8::try_from(place).ok()?
        }
        _ => return None,
    };
    Some(b'0' + verifier)
}
