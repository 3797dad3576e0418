//! Importing a catalogue from a CSV file (plain, gzip or zstd).
//!
//! The story: the source streams through three hands at once. One keeps it (`kept`), one hashes it, one reads
//! it row by row into a copy of the catalogue beside the one in use (`fill`). At the end the copy takes the
//! other's place by a rename. So a scan or a sale never waits for an import, an import that is cut short
//! leaves the old catalogue, and a dry run is the very same work with the last step left out.
//!
//! Nothing is removed by an import: an article that a new file does not name stays.

mod article;
mod fill;
mod identity;
mod lines;

use domain::Currency;
pub use domain::catalogue_file::SourceForm;
use serde::{Deserialize, Serialize};

pub(super) use fill::fill;
pub use identity::{price_from_barcode, product_id_of_barcode, product_id_of_code};
pub(super) use lines::unpacked;

/// The most rows of one source: six times the largest catalogue seen.
pub const MAX_ROWS: u64 = 5_000_000;
/// The most bytes of one source, unpacked: 4 GiB; a small packed file cannot fill the disk.
pub const MAX_SOURCE_BYTES: u64 = 4 << 30;
/// The most refused rows that a report lists; all are counted.
pub const MAX_REFUSED_LISTED: usize = 10_000;

/// Where prices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceRule {
    /// From the price column; an empty price means that the till asks.
    AsGiven,
    /// By [`price_from_barcode`] from the first barcode (or the own code): demo branches and measurements.
    FromBarcode,
}

/// How to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Do everything except taking the result over.
    #[serde(skip)]
    pub dry_run: bool,
    /// The class of rows that name none; none: such rows are refused.
    pub default_tax_class: Option<String>,
    /// Where prices come from.
    pub price_rule: PriceRule,
    /// The till's currency: how many decimals a price may have.
    pub currency: Currency,
    /// Now, UTC milliseconds.
    pub at_ms: i64,
}

/// What became of each row: `rows = imported + updated + refused_rows`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Whose columns the file had.
    pub form: SourceForm,
    /// Rows below the header that were not blank.
    pub rows: u64,
    /// Rows that made an article.
    pub imported: u64,
    /// Rows that met an article that was there already, in the catalogue or higher up in the file.
    pub updated: u64,
    /// Rows that were not imported.
    pub refused_rows: u64,
    /// Each of them (the first [`MAX_REFUSED_LISTED`]).
    pub refused: Vec<RowRefused>,
    /// Columns of the header that mean nothing here.
    pub ignored_columns: Vec<String>,
    /// SHA-256 of the unpacked source, hex.
    pub source_sha256: String,
    /// Nothing was taken over.
    pub dry_run: bool,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRefused {
    /// The row as a spreadsheet counts: the header is 1.
    pub row: u64,
    /// Why, in words that name the field, the value and the limit.
    pub reason: String,
}
