//! The values around the catalogue and around what needs a person.

use domain::Unit;
use uuid::Uuid;

/// Which products are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsWanted {
    /// Each of these words is in the name, the code or a barcode; empty: all products.
    pub words: Vec<String>,
    /// After this product, by name and id.
    pub after: Option<(String, Uuid)>,
    /// At most so many.
    pub limit: u32,
}

/// A product as head office wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPut {
    /// The product.
    pub product_id: Uuid,
    /// The article code.
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// What a quantity counts.
    pub unit: Unit,
    /// Minor units; `None`: the till asks.
    pub price_minor: Option<i64>,
    /// The tax class's code; it must be there.
    pub tax_class: String,
    /// The category's name.
    pub category: Option<String>,
    /// Codes it is scanned by.
    pub barcodes: Vec<String>,
}

/// Which conflicts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictsWanted {
    /// Those that are settled, or those that are open.
    pub settled: bool,
    /// Opened before this moment, or at it with a lower id; `None`: from the newest.
    pub before: Option<(i64, Uuid)>,
    /// At most so many.
    pub limit: u32,
}
