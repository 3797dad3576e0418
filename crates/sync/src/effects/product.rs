//! A product's fields, by the groups in which they are edited.
//!
//! Owns which field belongs to which group. An edit names the groups it changes and only these are
//! written; two edits of different groups therefore never meet.

use std::collections::{BTreeMap, BTreeSet};

use domain::Unit;
use protocol::body::ProductEditedV1;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// Field by field, as a person compares them.
pub type Fields = BTreeMap<String, Value>;

/// What is edited together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// `price_minor`.
    Price,
    /// `tax_class`, `tax_rate_bp`.
    Tax,
    /// `code`, `name`, `unit`, `category`.
    Names,
    /// `barcodes`.
    Barcodes,
}

impl FieldGroup {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Price, Self::Tax, Self::Names, Self::Barcodes];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Tax => "tax",
            Self::Names => "names",
            Self::Barcodes => "barcodes",
        }
    }

    /// The group of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }
}

/// All that is edited of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFields {
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

impl ProductFields {
    /// Takes over one group of another version.
    pub fn take(&mut self, group: FieldGroup, from: &Self) {
        match group {
            FieldGroup::Price => self.price_minor = from.price_minor,
            FieldGroup::Tax => {
                self.tax_class.clone_from(&from.tax_class);
                self.tax_rate_bp = from.tax_rate_bp;
            }
            FieldGroup::Names => {
                self.code.clone_from(&from.code);
                self.name.clone_from(&from.name);
                self.unit = from.unit;
                self.category.clone_from(&from.category);
            }
            FieldGroup::Barcodes => self.barcodes.clone_from(&from.barcodes),
        }
    }

    /// One group's fields.
    pub fn group(&self, group: FieldGroup) -> Fields {
        let fields: Vec<(&str, Value)> = match group {
            FieldGroup::Price => vec![("price_minor", json!(self.price_minor))],
            FieldGroup::Tax => vec![
                ("tax_class", json!(self.tax_class)),
                ("tax_rate_bp", json!(self.tax_rate_bp)),
            ],
            FieldGroup::Names => vec![
                ("code", json!(self.code)),
                ("name", json!(self.name)),
                ("unit", json!(self.unit.as_str())),
                ("category", json!(self.category)),
            ],
            FieldGroup::Barcodes => vec![("barcodes", json!(self.barcodes))],
        };
        let owned = fields.into_iter();
        owned
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The fields of several groups.
    pub fn groups(&self, groups: &BTreeSet<FieldGroup>) -> Fields {
        groups.iter().flat_map(|one| self.group(*one)).collect()
    }
}

impl From<&ProductEditedV1> for ProductFields {
    fn from(product: &ProductEditedV1) -> Self {
        Self {
            code: product.code.clone(),
            name: product.name.clone(),
            unit: product.unit,
            price_minor: product.price_minor,
            tax_class: product.tax_class.clone(),
            tax_rate_bp: product.tax_rate_bp,
            category: product.category.clone(),
            barcodes: product.barcodes.clone(),
        }
    }
}

/// The version of one field group of a product, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupVersion {
    /// The row version.
    pub version: u64,
    /// The till; nil for head office.
    pub till: Uuid,
    /// The operator, if one is known.
    pub operator_name: Option<String>,
    /// UTC milliseconds by the clock of whoever made it.
    pub at_ms: Option<i64>,
}

/// What a group said under a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastGroup {
    /// The version and who made it.
    pub made: GroupVersion,
    /// What it said.
    pub fields: Fields,
}

/// A product as it is after an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductWrite {
    /// The product.
    pub product_id: Uuid,
    /// The whole row, with what the op left alone.
    pub fields: ProductFields,
    /// The groups that get the op's row version, with its till, operator and time.
    pub groups: BTreeSet<FieldGroup>,
    /// What these groups said before, to be kept under their old versions.
    pub replaced: BTreeMap<FieldGroup, PastGroup>,
    /// The operator, if one is known.
    pub operator_name: Option<String>,
    /// UTC milliseconds as the till believed.
    pub at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_belongs_to_one_group() {
        let one = ProductFields {
            code: None,
            name: "Tea".to_owned(),
            unit: Unit::Piece,
            price_minor: None,
            tax_class: "zero".to_owned(),
            tax_rate_bp: 0,
            category: None,
            barcodes: Vec::new(),
        };
        let other = ProductFields {
            code: Some("7".to_owned()),
            name: "Coffee".to_owned(),
            unit: Unit::Kilogram,
            price_minor: Some(1),
            tax_class: "standard".to_owned(),
            tax_rate_bp: 2_000,
            category: Some("Drinks".to_owned()),
            barcodes: vec!["1".to_owned()],
        };
        let mut taken = one.clone();
        let mut named = 0;
        for group in FieldGroup::ALL {
            assert_eq!(FieldGroup::from_word(group.as_str()), Some(group));
            named += one.group(group).len();
            taken.take(group, &other);
            assert_eq!(
                taken.group(group),
                other.group(group),
                "{group:?} is taken whole"
            );
        }
        assert_eq!(taken, other, "the four groups are the whole product");
        assert_eq!(named, 8, "and no field is in two of them");
    }
}
