//! The cart, scanning and the catalogue.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::tender::TotalsView;
use crate::error::AppError;
use domain::Unit;

/// The open cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CartView {
    /// The id the sale will have; `null` before the first article.
    pub sale_id: Option<Uuid>,
    /// In the order of scanning; voided ones stay in place.
    pub lines: Vec<CartLineView>,
    /// How many are not voided.
    pub live_lines: u32,
    /// Pieces, thousandths; weighed articles count one each.
    pub pieces_milli: i64,
    /// The sums.
    pub totals: TotalsView,
    /// The line touched last.
    pub newest_line: Option<u32>,
    /// Whether tenders have been taken, so that lines cannot change.
    pub tendered: bool,
}

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CartLineView {
    /// Its number, never reused in this cart.
    pub line_no: u32,
    /// The article.
    pub name: String,
    /// As scanned.
    pub code: Option<String>,
    /// What the quantity counts.
    #[ts(as = "super::words::UnitWord")]
    pub unit: Unit,
    /// Thousandths.
    pub quantity_milli: i64,
    /// As shown.
    pub quantity_text: String,
    /// One unit.
    pub unit_price_minor: i64,
    /// The list price, if there is one.
    pub list_price_minor: Option<i64>,
    /// Why the price is not the list price.
    pub price_reason: Option<PriceReason>,
    /// Basis points.
    pub discount_bp: i64,
    /// As shown: with tax if prices hold tax, else without.
    pub amount_minor: i64,
    /// Whether it was taken out again.
    pub voided: bool,
}

/// Why a price is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PriceReason {
    /// The barcode held it.
    InBarcode,
    /// The till asked for it.
    Asked,
    /// A person with the right changed it.
    Overridden,
}

/// Where a code came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ScannedBy {
    /// A scanner.
    Scanner,
    /// A hand.
    Typed,
}

/// What a scan came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[ts(export)]
pub enum ScanAnswer {
    /// It is in the cart, and on disk.
    Added {
        /// Which line.
        line_no: u32,
        /// The cart now.
        cart: CartView,
    },
    /// Several products have this code.
    Choose {
        /// The code.
        code: String,
        /// Which ones.
        products: Vec<ProductDto>,
    },
    /// The product has no price: ask.
    NeedsPrice {
        /// The code, if one was scanned.
        code: Option<String>,
        /// The product.
        product: ProductDto,
    },
    /// Nobody knows it.
    Unknown {
        /// The code.
        code: String,
    },
    /// Known, but it cannot be added.
    Refused {
        /// Why.
        error: AppError,
    },
}

/// A product as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProductDto {
    /// Identity.
    pub product_id: Uuid,
    /// Article code.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// What a quantity counts.
    #[ts(as = "super::words::UnitWord")]
    pub unit: Unit,
    /// List price; `null`: the till asks.
    pub price_minor: Option<i64>,
    /// Category.
    pub category: Option<String>,
    /// Tax class.
    pub tax_class: String,
    /// Its rate.
    pub tax_rate_bp: i64,
    /// Codes it is scanned by.
    pub barcodes: Vec<String>,
    /// On hand as this till knows it.
    pub stock_milli: Option<i64>,
}

/// A category tile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CategoryDto {
    /// Name.
    pub name: String,
    /// How many products.
    pub products: u64,
}

/// A tax class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TaxClassDto {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Basis points.
    pub rate_bp: i64,
}
