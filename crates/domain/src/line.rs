//! One line of a cart, and the limits every line keeps.
//!
//! Owns what may be sold as one line: a name, a quantity above zero, a price that is not negative, and a worth within
//! the limits. Promises that a [`NewLine`] that passed [`NewLine::check`] can be multiplied and taxed without overflow.

use crate::cart_refused::CartRefused;
use crate::limits::{
    MAX_AMOUNT_MINOR, MAX_CODE_CHARS, MAX_DISCOUNT_BP, MAX_NAME_CHARS, MAX_QUANTITY_MILLI,
    MAX_RATE_BP,
};
use crate::quantity::Unit;
use crate::tax::PricedLine;
use crate::totals::price_ceiling;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a line's price is not simply the catalogue's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceReason {
    /// The price was inside the in-store barcode.
    InBarcode,
    /// The catalogue has none; the till asked.
    Asked,
    /// Someone with the right changed the price or gave a discount.
    Overridden {
        /// The operator who approved it.
        approved_by: Uuid,
    },
}

/// A line that is to be added to a cart: all of a line but its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct NewLine {
    /// The product sold.
    pub product_id: Uuid,
    /// The code as scanned or typed, if any.
    pub code: Option<String>,
    /// As the receipt prints it.
    pub name: String,
    /// What one of it is.
    pub unit: Unit,
    /// How much, in thousandths, above zero.
    pub quantity_milli: i64,
    /// The price of one unit in minor units, not negative.
    pub unit_price_minor: i64,
    /// The catalogue's price, if it has one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price; `None` if it is.
    pub price_reason: Option<PriceReason>,
    /// Taken off the line, in basis points.
    pub discount_bp: i64,
    /// The code of the tax class.
    pub tax_class: String,
    /// Its rate, in basis points.
    pub tax_rate_bp: i64,
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct CartLine {
    /// From 1; never used again in the same cart, not even after a void.
    pub line_no: u32,
    /// The product sold.
    pub product_id: Uuid,
    /// The code as scanned or typed, if any.
    pub code: Option<String>,
    /// As the receipt prints it.
    pub name: String,
    /// What one of it is.
    pub unit: Unit,
    /// How much, in thousandths, above zero.
    pub quantity_milli: i64,
    /// The price of one unit in minor units, not negative.
    pub unit_price_minor: i64,
    /// The catalogue's price, if it has one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price; `None` if it is.
    pub price_reason: Option<PriceReason>,
    /// Taken off the line, in basis points.
    pub discount_bp: i64,
    /// The code of the tax class.
    pub tax_class: String,
    /// Its rate, in basis points.
    pub tax_rate_bp: i64,
    /// Removed before payment: shown struck through, never sold.
    pub voided: bool,
}

impl NewLine {
    /// Whether this may be a line at all; the first broken rule is named.
    pub fn check(&self) -> Result<(), CartRefused> {
        check_words(&self.name, self.code.as_deref())?;
        check_quantity(self.quantity_milli, self.unit)?;
        check_price(self.unit_price_minor)?;
        check_discount(self.discount_bp)?;
        check_rate(self.tax_rate_bp)?;
        check_worth(&self.priced())
    }

    /// What the arithmetic needs of this line.
    #[must_use]
    pub fn priced(&self) -> PricedLine<'_> {
        PricedLine {
            unit_price_minor: self.unit_price_minor,
            quantity_milli: self.quantity_milli,
            discount_bp: self.discount_bp,
            tax_class: &self.tax_class,
            tax_rate_bp: self.tax_rate_bp,
        }
    }

    /// The cart line with this number.
    #[must_use]
    pub fn numbered(self, line_no: u32) -> CartLine {
        CartLine {
            line_no,
            product_id: self.product_id,
            code: self.code,
            name: self.name,
            unit: self.unit,
            quantity_milli: self.quantity_milli,
            unit_price_minor: self.unit_price_minor,
            list_price_minor: self.list_price_minor,
            price_reason: self.price_reason,
            discount_bp: self.discount_bp,
            tax_class: self.tax_class,
            tax_rate_bp: self.tax_rate_bp,
            voided: false,
        }
    }
}

impl CartLine {
    /// What the arithmetic needs of this line.
    #[must_use]
    pub fn priced(&self) -> PricedLine<'_> {
        PricedLine {
            unit_price_minor: self.unit_price_minor,
            quantity_milli: self.quantity_milli,
            discount_bp: self.discount_bp,
            tax_class: &self.tax_class,
            tax_rate_bp: self.tax_rate_bp,
        }
    }
}

/// How much of a text that is too long is quoted.
const QUOTED_CHARS: usize = 40;

fn start_of(text: &str) -> String {
    text.chars().take(QUOTED_CHARS).collect()
}

pub(crate) fn check_words(name: &str, code: Option<&str>) -> Result<(), CartRefused> {
    if name.trim().is_empty() {
        return Err(CartRefused::NameMissing);
    }
    let chars = name.chars().count();
    if chars > MAX_NAME_CHARS {
        return Err(CartRefused::NameTooLong {
            chars,
            start: start_of(name),
        });
    }
    let code = code.unwrap_or_default();
    let chars = code.chars().count();
    if chars > MAX_CODE_CHARS {
        return Err(CartRefused::CodeTooLong {
            chars,
            start: start_of(code),
        });
    }
    Ok(())
}

pub(crate) fn check_quantity(quantity_milli: i64, unit: Unit) -> Result<(), CartRefused> {
    match quantity_milli {
        0 => Err(CartRefused::QuantityZero),
        i64::MIN..0 => Err(CartRefused::QuantityNegative { quantity_milli }),
        _ if quantity_milli > MAX_QUANTITY_MILLI => {
            Err(CartRefused::QuantityTooLarge { quantity_milli })
        }
        _ if unit == Unit::Piece && quantity_milli % 1_000 != 0 => {
            Err(CartRefused::QuantityNotWhole { quantity_milli })
        }
        _ => Ok(()),
    }
}

pub(crate) fn check_price(unit_price_minor: i64) -> Result<(), CartRefused> {
    match unit_price_minor {
        i64::MIN..0 => Err(CartRefused::PriceNegative { unit_price_minor }),
        0..=MAX_AMOUNT_MINOR => Ok(()),
        _ => Err(CartRefused::PriceTooLarge { unit_price_minor }),
    }
}

pub(crate) fn check_discount(discount_bp: i64) -> Result<(), CartRefused> {
    let fits = (0..=MAX_DISCOUNT_BP).contains(&discount_bp);
    if fits {
        Ok(())
    } else {
        Err(CartRefused::DiscountOutOfRange { discount_bp })
    }
}

fn check_rate(tax_rate_bp: i64) -> Result<(), CartRefused> {
    let fits = (0..=MAX_RATE_BP).contains(&tax_rate_bp);
    if fits {
        Ok(())
    } else {
        Err(CartRefused::TaxRateOutOfRange { tax_rate_bp })
    }
}

pub(crate) fn check_worth(line: &PricedLine<'_>) -> Result<(), CartRefused> {
    let amount_minor = price_ceiling(line);
    let fits = amount_minor <= i128::from(MAX_AMOUNT_MINOR);
    if fits {
        Ok(())
    } else {
        Err(CartRefused::LineTooLarge { amount_minor })
    }
}
