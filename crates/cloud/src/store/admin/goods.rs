//! The values around the catalogue and around what needs a person.

use std::collections::BTreeMap;

use domain::Unit;
use protocol::pull::ProductRow;
use serde_json::{Value, json};
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

/// Fields of a product by the group that carries their version.
pub(in crate::store) type Groups = BTreeMap<&'static str, Value>;

/// What a product says, group by group.
pub(in crate::store) fn groups(put: &ProductPut, rate_bp: i64) -> Groups {
    BTreeMap::from([
        ("price", json!({ "price_minor": put.price_minor })),
        (
            "tax",
            json!({ "tax_class": put.tax_class, "tax_rate_bp": rate_bp }),
        ),
        (
            "names",
            json!({
                "code": put.code, "name": put.name, "unit": put.unit.as_str(),
                "category": put.category,
            }),
        ),
        ("barcodes", json!({ "barcodes": put.barcodes })),
    ])
}

/// The groups in which two differ; all of them if there was nothing before.
pub(in crate::store) fn differing(before: Option<&Groups>, after: &Groups) -> Vec<&'static str> {
    let changed = |(group, fields): &(&&'static str, &Value)| {
        before.and_then(|held| held.get(**group)) != Some(*fields)
    };
    let found = after.iter().filter(changed);
    found.map(|(group, _)| *group).collect()
}

impl From<ProductRow> for ProductPut {
    fn from(row: ProductRow) -> Self {
        Self {
            product_id: row.product_id,
            code: row.code,
            name: row.name,
            unit: row.unit,
            price_minor: row.price_minor,
            tax_class: row.tax_class,
            category: row.category,
            barcodes: row.barcodes,
        }
    }
}
