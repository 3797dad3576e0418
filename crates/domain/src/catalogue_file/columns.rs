//! Which columns a file has, read from its header.
//!
//! Two forms: our own (`barcode` or `barcodes`, `code`, `name`, `price`, `category`, `tax_class`, `unit`; any
//! order, any of them missing except `name` and one of barcode or code) and Open Food Facts
//! (`barcode,gtin_type,check_digit_ok,product_name,alcohol_pct`, no prices). Columns we do not know are left
//! out and named in the report. The separator is a comma, a semicolon or a tab, whichever the header uses.

use serde::{Deserialize, Serialize};

use super::fields::split;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// Our own columns.
    Own,
    /// Open Food Facts.
    OpenFoodFacts,
}

impl SourceForm {
    /// As stored and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OpenFoodFacts => "open_food_facts",
        }
    }
}

/// Where each column stands.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Whose file it is.
    pub form: SourceForm,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
    pub(super) separator: char,
    pub(super) width: usize,
    pub(super) name: usize,
    pub(super) barcodes: Option<usize>,
    pub(super) code: Option<usize>,
    pub(super) price: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) tax_class: Option<usize>,
    pub(super) unit: Option<usize>,
}

impl Columns {
    /// Reads the header; `None` if it names no columns that an article list has.
    #[must_use]
    pub fn of(header: &str) -> Option<Self> {
        let separator = separator(header);
        let names: Vec<String> = split(header, separator)
            .ok()?
            .iter()
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let at = |wanted: &[&str]| {
            names
                .iter()
                .position(|name| wanted.contains(&name.as_str()))
        };
        let barcodes = at(&["barcode", "barcodes"]);
        let code = at(&["code"]);
        let (form, name) = match (at(&["name"]), at(&["product_name"])) {
            (Some(name), _) => (SourceForm::Own, name),
            (None, Some(name)) if at(&["gtin_type"]).is_some() => (SourceForm::OpenFoodFacts, name),
            (None, _) => return None,
        };
        if barcodes.is_none() && code.is_none() {
            return None;
        }
        let mut columns = Self {
            form,
            ignored: Vec::new(),
            separator,
            width: names.len(),
            name,
            barcodes,
            code,
            price: at(&["price"]),
            category: at(&["category"]),
            tax_class: at(&["tax_class"]),
            unit: at(&["unit"]),
        };
        columns.ignored = columns.ignored_of(&names);
        Some(columns)
    }

    /// A column that is named twice counts once; the second is ignored and said so.
    fn ignored_of(&self, names: &[String]) -> Vec<String> {
        let used = [
            Some(self.name),
            self.barcodes,
            self.code,
            self.price,
            self.category,
            self.tax_class,
            self.unit,
        ];
        let all = names.iter().enumerate();
        let ignored = all.filter(|(at, _)| !used.contains(&Some(*at)));
        ignored.map(|(_, name)| name.clone()).collect()
    }
}

fn separator(header: &str) -> char {
    [',', ';', '\t']
        .into_iter()
        .max_by_key(|c| (header.matches(*c).count(), *c == ','))
        .unwrap_or(',')
}
