//! Changing a product: what it may become, and which groups of its fields that changes.
//!
//! Owns the limits of a product's fields and the four groups by which edits are told apart: two edits of different
//! groups merge, two of the same group need a person. Promises that a product that passed can be sold. A barcode with a
//! wrong check digit is taken over and told: 1 in 75 real ones has one. Never looks another product up.

use crate::barcode::{Symbology, check_digit_ok, normal_key};
use crate::cart_refused::CartRefused;
use crate::limits::{MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_PRODUCT_BARCODES};
use crate::line::{check_price, check_words};
use crate::product::Product;
use crate::words::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Fields of a product that change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// The list price.
    Price,
    /// The tax class and its rate.
    Tax,
    /// Article code, name, unit and category.
    Names,
    /// Codes it is scanned by.
    Barcodes,
}

words!(FieldGroup { Price = "price", Tax = "tax", Names = "names", Barcodes = "barcodes" });

/// A product as it shall be, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedProduct {
    /// The product, its texts without blanks around them.
    pub product: Product,
    /// Its barcodes as normal keys, each once.
    pub barcodes: Vec<String>,
    /// What differs from before; all groups of a new product. Never empty.
    pub groups: Vec<FieldGroup>,
    /// Barcodes whose last digit is wrong: taken over, and worth a word.
    pub wrong_check_digits: Vec<String>,
}

/// Why a product cannot become that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditRefused {
    /// Name, code or price, as a cart would refuse them.
    #[error(transparent)]
    Article(#[from] CartRefused),
    /// A category's name beyond [`MAX_NAME_CHARS`].
    #[error("category has {chars} characters, the limit is {MAX_NAME_CHARS}: shorten it")]
    CategoryTooLong {
        /// Its length.
        chars: usize,
    },
    /// A tab, a line break or the like.
    #[error(
        "{field} holds a control character such as a tab or a line break: type it again without"
    )]
    ControlCharacter {
        /// Which field.
        field: &'static str,
    },
    /// A barcode of nothing but blanks, or beyond [`MAX_CODE_CHARS`].
    #[error("barcode \"{start}\" has {chars} characters: give 1 to {MAX_CODE_CHARS}")]
    BarcodeLength {
        /// Its first characters, to know it by.
        start: String,
        /// Its length.
        chars: usize,
    },
    /// More barcodes than a product may have.
    #[error(
        "{barcodes} barcodes are too many: the limit is {MAX_PRODUCT_BARCODES} for one product"
    )]
    TooManyBarcodes {
        /// How many were given.
        barcodes: usize,
    },
    /// Nothing differs from what is there.
    #[error("nothing differs from what the product is already: change a field, or leave it")]
    NothingChanged,
}

/// Checks what a product shall become and says what that changes.
pub fn edit_product(
    before: &Product,
    before_barcodes: &[String],
    wanted: Product,
    wanted_barcodes: &[String],
) -> Result<EditedProduct, EditRefused> {
    let mut edited = new_product(wanted, wanted_barcodes)?;
    let now = &edited.product;
    let names_differ = now.name != before.name
        || now.code != before.code
        || now.unit != before.unit
        || now.category != before.category;
    let differs = |group: &FieldGroup| match group {
        FieldGroup::Price => now.price_minor != before.price_minor,
        FieldGroup::Tax => now.tax_class != before.tax_class,
        FieldGroup::Names => names_differ,
        FieldGroup::Barcodes => sorted(&edited.barcodes) != sorted(before_barcodes),
    };
    let groups: Vec<FieldGroup> = FieldGroup::ALL.iter().copied().filter(differs).collect();
    if groups.is_empty() {
        return Err(EditRefused::NothingChanged);
    }
    edited.groups = groups;
    Ok(edited)
}

/// Checks a product that does not exist yet.
pub fn new_product(mut wanted: Product, barcodes: &[String]) -> Result<EditedProduct, EditRefused> {
    wanted.name = String::from(wanted.name.trim());
    wanted.code = present(wanted.code);
    wanted.category = present(wanted.category);
    check_words(&wanted.name, wanted.code.as_deref())?;
    if let Some(price_minor) = wanted.price_minor {
        check_price(price_minor)?;
    }
    check_category(wanted.category.as_deref())?;
    let texts = [
        ("name", Some(&wanted.name)),
        ("code", wanted.code.as_ref()),
        ("category", wanted.category.as_ref()),
    ];
    for (field, text) in texts {
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            return Err(EditRefused::ControlCharacter { field });
        }
    }
    let barcodes = check_barcodes(barcodes)?;
    let wrong_check_digits = barcodes.iter().filter(|code| wrong_check_digit(code));
    Ok(EditedProduct {
        wrong_check_digits: wrong_check_digits.cloned().collect(),
        product: wanted,
        groups: FieldGroup::ALL.to_vec(),
        barcodes,
    })
}

fn check_category(category: Option<&str>) -> Result<(), EditRefused> {
    match category.map(|category| category.chars().count()) {
        Some(chars) if chars > MAX_NAME_CHARS => Err(EditRefused::CategoryTooLong { chars }),
        Some(_) | None => Ok(()),
    }
}

/// The codes as they are kept: normal keys, each once, in the order given.
fn check_barcodes(given: &[String]) -> Result<Vec<String>, EditRefused> {
    let mut keys: Vec<String> = Vec::new();
    for code in given {
        let key = normal_key(code);
        let chars = key.chars().count();
        if chars == 0 || chars > MAX_CODE_CHARS {
            let start = key.chars().take(40).collect();
            return Err(EditRefused::BarcodeLength { start, chars });
        }
        if key.chars().any(char::is_control) {
            return Err(EditRefused::ControlCharacter { field: "barcode" });
        }
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.len() > MAX_PRODUCT_BARCODES {
        return Err(EditRefused::TooManyBarcodes {
            barcodes: keys.len(),
        });
    }
    Ok(keys)
}

fn wrong_check_digit(code: &str) -> bool {
    Symbology::of(code) != Symbology::Own && !check_digit_ok(code)
}

/// Blanks alone are nothing.
fn present(text: Option<String>) -> Option<String> {
    let text = text?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn sorted(keys: &[String]) -> Vec<&String> {
    let mut keys: Vec<&String> = keys.iter().collect();
    keys.sort_unstable();
    keys
}
