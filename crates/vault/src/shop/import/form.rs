//! Which columns a source has, read from its header.
//!
//! Two forms: our own (`barcode` or `barcodes`, `code`, `name`, `price`, `category`, `tax_class`, `unit`; any
//! order, any of them missing except `name` and one of barcode or code) and Open Food Facts
//! (`barcode,gtin_type,check_digit_ok,product_name,alcohol_pct`, no prices). Columns we do not know are left
//! out and named in the report. The separator is a comma, a semicolon or a tab, whichever the header uses.

use super::fields::split;
use crate::shop::error::ShopError;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// Our own columns.
    Own,
    /// Open Food Facts.
    OpenFoodFacts,
}

impl SourceForm {
    /// As stored and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OpenFoodFacts => "open_food_facts",
        }
    }
}

/// Where each column stands.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) form: SourceForm,
    pub(super) separator: char,
    pub(super) width: usize,
    pub(super) name: usize,
    pub(super) barcodes: Option<usize>,
    pub(super) code: Option<usize>,
    pub(super) price: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) tax_class: Option<usize>,
    pub(super) unit: Option<usize>,
    /// Columns that mean nothing here.
    pub(super) ignored: Vec<String>,
}

/// Reads the header.
pub(super) fn columns(header: &str) -> Result<Columns, ShopError> {
    let unknown = || ShopError::HeaderUnknown {
        found: header.chars().take(200).collect(),
    };
    let separator = separator(header);
    let names: Vec<String> = split(header, separator)
        .map_err(|_| unknown())?
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
        (None, _) => return Err(unknown()),
    };
    let mut columns = Columns {
        form,
        separator,
        width: names.len(),
        name,
        barcodes,
        code,
        price: at(&["price"]),
        category: at(&["category"]),
        tax_class: at(&["tax_class"]),
        unit: at(&["unit"]),
        ignored: Vec::new(),
    };
    if columns.barcodes.is_none() && columns.code.is_none() {
        return Err(unknown());
    }
    columns.ignored = ignored(&columns, &names);
    Ok(columns)
}

/// A column that is named twice counts once; the second is ignored and said so.
fn ignored(columns: &Columns, names: &[String]) -> Vec<String> {
    let used = [
        Some(columns.name),
        columns.barcodes,
        columns.code,
        columns.price,
        columns.category,
        columns.tax_class,
        columns.unit,
    ];
    names
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(&Some(*at)))
        .map(|(_, name)| name.clone())
        .collect()
}

fn separator(header: &str) -> char {
    [',', ';', '\t']
        .into_iter()
        .max_by_key(|c| (header.matches(*c).count(), *c == ','))
        .unwrap_or(',')
}
