//! A product as the catalogue knows it.
//!
//! Owns the shape and the step from a product to a cart line. Never looks one up.

use crate::in_store::ScannedValue;
use crate::line::{NewLine, PriceReason};
use crate::quantity::Unit;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// One of anything, in thousandths.
const ONE_MILLI: i64 = 1_000;

/// One article of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Product {
    /// The product's id, the same on every till.
    pub product_id: Uuid,
    /// The shop's own article code, if it has one.
    pub code: Option<String>,
    /// As receipts print it.
    pub name: String,
    /// What one of it is.
    pub unit: Unit,
    /// The price of one unit in minor units; `None`: the till asks at each sale.
    pub price_minor: Option<i64>,
    /// The code of its tax class.
    pub tax_class: String,
    /// That class's rate, in basis points.
    pub tax_rate_bp: i64,
    /// The tile it is under, if any.
    pub category: Option<String>,
    /// The cloud's counter on this row; 0 if the cloud has never seen it.
    pub row_version: i64,
}

/// The product has no price and none was given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("product \"{name}\" has no price in the catalogue: ask for the price and add it again")]
pub struct PriceMissing {
    /// The product's name.
    pub name: String,
}

impl Product {
    /// A line that sells this product at its list price, or at `price` if one is given with its reason.
    /// `scanned` is the code as it came from the scanner.
    pub fn line(
        &self,
        quantity_milli: i64,
        price: Option<(i64, PriceReason)>,
        scanned: Option<String>,
    ) -> Result<NewLine, PriceMissing> {
        let unit_price_minor = price
            .map(|(price_minor, _)| price_minor)
            .or(self.price_minor)
            .ok_or_else(|| PriceMissing {
                name: self.name.clone(),
            })?;
        Ok(NewLine {
            product_id: self.product_id,
            code: scanned.or_else(|| self.code.clone()),
            name: self.name.clone(),
            unit: self.unit,
            quantity_milli,
            unit_price_minor,
            list_price_minor: self.price_minor,
            price_reason: price.map(|(_, reason)| reason),
            discount_bp: 0,
            tax_class: self.tax_class.clone(),
            tax_rate_bp: self.tax_rate_bp,
        })
    }

    /// A line for an in-store code: a weight sells that much at the list price; a price sells one at the label's price,
    /// whatever the catalogue says, because the label is what the customer was shown.
    pub fn line_in_store(
        &self,
        value: ScannedValue,
        scanned: Option<String>,
    ) -> Result<NewLine, PriceMissing> {
        match value {
            ScannedValue::QuantityMilli(quantity_milli) => self.line(quantity_milli, None, scanned),
            ScannedValue::PriceMinor(price_minor) => self.line(
                ONE_MILLI,
                Some((price_minor, PriceReason::InBarcode)),
                scanned,
            ),
        }
    }
}
