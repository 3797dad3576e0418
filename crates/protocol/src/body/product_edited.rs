//! `product_edited_v1`: a product made or changed at a till. For a new product every field is set;
//! for an edit, `base` in the envelope names the field groups and the versions they were made on.

use domain::{Product, Unit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A product as the till wants it to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductEditedV1 {
    /// The product.
    pub product_id: Uuid,
    /// Whether it did not exist before.
    pub created: bool,
    /// The article code.
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// What a quantity counts.
    pub unit: Unit,
    /// List price in minor units; `None`: the till asks.
    pub price_minor: Option<i64>,
    /// The tax class's code.
    pub tax_class: String,
    /// Its rate, basis points.
    pub tax_rate_bp: i64,
    /// The category's name.
    pub category: Option<String>,
    /// Codes it is scanned by.
    pub barcodes: Vec<String>,
}

impl ProductEditedV1 {
    /// The wire form of a product made at the till.
    pub fn created(product: &Product, barcodes: Vec<String>) -> Self {
        Self {
            product_id: product.product_id,
            created: true,
            code: product.code.clone(),
            name: product.name.clone(),
            unit: product.unit,
            price_minor: product.price_minor,
            tax_class: product.tax_class.clone(),
            tax_rate_bp: product.tax_rate_bp,
            category: product.category.clone(),
            barcodes,
        }
    }

    /// The product again, as when a till rebuilds its catalogue.
    pub fn to_product(&self) -> Product {
        Product {
            product_id: self.product_id,
            code: self.code.clone(),
            name: self.name.clone(),
            unit: self.unit,
            price_minor: self.price_minor,
            tax_class: self.tax_class.clone(),
            tax_rate_bp: self.tax_rate_bp,
            category: self.category.clone(),
            row_version: 0,
        }
    }
}
