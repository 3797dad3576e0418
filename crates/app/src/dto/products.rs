//! Products as a person looks at and changes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::cart::ProductDto;
use domain::Unit;

/// One product whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProductDetail {
    /// As in a list.
    pub product: ProductDto,
    /// Codes it is scanned by.
    pub barcodes: Vec<String>,
    /// The version of each group of fields (`price`, `tax`, `names`, `barcodes`) that the cloud told
    /// last; empty while the cloud has never seen it.
    pub versions: BTreeMap<String, u64>,
    /// Whether a change made on this till is not yet in the cloud.
    pub unsent: bool,
    /// On hand as this till knows it, thousandths; 0 if nobody keeps book of it.
    pub on_hand_milli: i64,
    /// As shown.
    pub on_hand_text: String,
    /// An open conflict about it, to be settled on the Sync screen.
    pub conflict: Option<Uuid>,
    /// What was taken over and is still worth a word: a barcode with a wrong check digit.
    pub remarks: Vec<String>,
}

/// A change of one product; `null` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProductEdit {
    /// The product.
    pub product_id: Uuid,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The article code; empty: it has none.
    #[serde(default)]
    pub code: Option<String>,
    /// The category; empty: it has none.
    #[serde(default)]
    pub category: Option<String>,
    /// What a quantity counts.
    #[serde(default)]
    #[ts(as = "Option<super::words::UnitWord>")]
    pub unit: Option<Unit>,
    /// The list price.
    #[serde(default)]
    pub price_minor: Option<i64>,
    /// `true`: the till asks for the price at each sale, `price_minor` is not given.
    #[serde(default)]
    pub price_asks: Option<bool>,
    /// The tax class's code.
    #[serde(default)]
    pub tax_class: Option<String>,
    /// All codes it is scanned by.
    #[serde(default)]
    pub barcodes: Option<Vec<String>>,
    /// The versions that the person looked at (`ProductDetail.versions`): the change is made on them, so what came
    /// in since is not overwritten unseen. `null`: the versions known at saving.
    #[serde(default)]
    pub versions: Option<BTreeMap<String, u64>>,
    /// Whether a person has said yes to a code that another product has too (`barcode_taken`).
    #[serde(default)]
    pub sure: bool,
}

/// A product that nobody knows yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NewProduct {
    /// The article code.
    #[serde(default)]
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// What a quantity counts.
    #[ts(as = "super::words::UnitWord")]
    pub unit: Unit,
    /// List price; `null`: the till asks at each sale.
    #[serde(default)]
    pub price_minor: Option<i64>,
    /// The tax class's code.
    pub tax_class: String,
    /// The category.
    #[serde(default)]
    pub category: Option<String>,
    /// Codes it is scanned by.
    #[serde(default)]
    pub barcodes: Vec<String>,
    /// Whether a person has said yes to a code that another product has too (`barcode_taken`).
    #[serde(default)]
    pub sure: bool,
}
