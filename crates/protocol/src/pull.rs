//! What a till fetches: the cloud's rows changed since a watermark.
//!
//! Rows are state, the latest version of each, ordered by `(row_version, id)`. A page is read in
//! one snapshot; a row that changes while a till is paging moves to the end and is delivered there.
//! So only when a page says `more = false` does the till hold the state of that page's snapshot,
//! and only then does it publish. An entity that a till does not know is skipped by it.

use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::conflict::ConflictRow;
use crate::ids::SegmentId;

/// Rows of one page when nothing else is asked for.
pub const PULL_PAGE_ROWS: u32 = 2_000;
/// The most rows one page may hold.
pub const MAX_PULL_PAGE_ROWS: u32 = 5_000;
/// The largest part of a snapshot fetched in one call, bytes.
pub const SNAPSHOT_PART_BYTES: u32 = 1024 * 1024;
/// The content type of a snapshot: zstd of JSON lines.
pub const SNAPSHOT_MEDIA_TYPE: &str = "application/vnd.holdfast.snapshot+zstd";

/// Which of the cloud's rows are wanted. Each has its own cursor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PullScope {
    /// What became of conflicts of the branch.
    Conflicts,
    /// Operators with their rights, and the branch's settings.
    Config,
    /// The branch's stock.
    Stock,
    /// Tax classes, products with prices and barcodes, in-store rules.
    Catalogue,
}

impl PullScope {
    /// Every scope, in the order of work: what a person waits for first, the catalogue last.
    pub const ALL: [Self; 4] = [Self::Conflicts, Self::Config, Self::Stock, Self::Catalogue];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conflicts => "conflicts",
            Self::Config => "config",
            Self::Stock => "stock",
            Self::Catalogue => "catalogue",
        }
    }

    /// The scope of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// `GET /v1/sync/pull?scope=&cursor=&limit=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Which rows.
    pub scope: PullScope,
    /// The `next` of the page before; `None`: from the beginning.
    pub cursor: Option<String>,
    /// At most so many rows.
    pub limit: u32,
}

/// One page. A cursor of another epoch, branch or age is refused with 410 `cursor_reset`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PullAnswer {
    /// The cloud's epoch.
    pub cloud_epoch: Uuid,
    /// UTC milliseconds.
    pub server_time_ms: i64,
    /// The rows, each in its latest version.
    pub rows: Vec<PullRow>,
    /// What to ask with next; opaque.
    pub next: String,
    /// Whether more rows follow now. `false`: what the till holds is the snapshot of this page.
    pub more: bool,
    /// The tenant's version in this page's snapshot.
    pub watermark: u64,
    /// Scope `stock`: how much of each till's stream of this branch is in these rows.
    #[serde(default)]
    pub included: Vec<Included>,
}

/// How far one segment is contained in a page's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Included {
    /// The segment.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// Its last `seq` contained.
    pub seq: u64,
}

/// One row of a page or of a snapshot.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PullRow {
    /// The row's version.
    pub rv: u64,
    /// `tax_class`, `product`, `in_store_rule`, `operator`, `setting`, `stock`, `conflict`; others
    /// are skipped by a till that does not know them.
    pub entity: String,
    /// The row's key within its entity: a UUID, a tax class's code, a setting's name.
    pub id: String,
    /// A tombstone: the row is gone, `data` is absent.
    #[serde(default)]
    pub deleted: bool,
    /// The row.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Box<RawValue>>,
}

/// A row as this program understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRead {
    /// A tax class.
    TaxClass(TaxClassRow),
    /// A product.
    Product(Box<ProductRow>),
    /// An in-store barcode rule.
    InStoreRule(InStoreRuleRow),
    /// An operator.
    Operator(OperatorRow),
    /// A branch setting.
    Setting(SettingRow),
    /// A product's stock in the branch.
    Stock(StockLevelRow),
    /// A conflict.
    Conflict(Box<ConflictRow>),
    /// A row that is gone.
    Gone,
    /// An entity that this program does not know.
    Unknown,
}

impl PullRow {
    /// Reads the row. An error is a row of a known entity that cannot be read.
    pub fn read(&self) -> Result<RowRead, serde_json::Error> {
        if self.deleted {
            return Ok(RowRead::Gone);
        }
        let data = self.data.as_deref().map(RawValue::get);
        let data = || data.ok_or_else(|| serde_json::Error::custom("a row without data"));
        Ok(match self.entity.as_str() {
            "tax_class" => RowRead::TaxClass(serde_json::from_str(data()?)?),
            "product" => RowRead::Product(serde_json::from_str(data()?)?),
            "in_store_rule" => RowRead::InStoreRule(serde_json::from_str(data()?)?),
            "operator" => RowRead::Operator(serde_json::from_str(data()?)?),
            "setting" => RowRead::Setting(serde_json::from_str(data()?)?),
            "stock" => RowRead::Stock(serde_json::from_str(data()?)?),
            "conflict" => RowRead::Conflict(serde_json::from_str(data()?)?),
            _ => RowRead::Unknown,
        })
    }
}

/// A tax class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxClassRow {
    /// Its code, its key.
    pub code: String,
    /// For people.
    pub name: String,
    /// Basis points.
    pub rate_bp: i64,
}

/// A product with its price and its barcodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductRow {
    /// Its key.
    pub product_id: Uuid,
    /// The article code.
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// `piece`, `kilogram`, `litre`, `metre`.
    #[schema(value_type = String)]
    pub unit: domain::Unit,
    /// Minor units; `None`: the till asks.
    pub price_minor: Option<i64>,
    /// The tax class's code.
    pub tax_class: String,
    /// Its rate, basis points.
    pub tax_rate_bp: i64,
    /// The category's name.
    pub category: Option<String>,
    /// Codes it is scanned by.
    pub barcodes: Vec<String>,
    /// The version of each group of fields, for `base`: `price`, `tax`, `names`, `barcodes`.
    pub versions: std::collections::BTreeMap<String, u64>,
}

/// An in-store barcode rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InStoreRuleRow {
    /// Rules are tried in this order; its key.
    pub position: u32,
    /// The rule, in the domain's own shape.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
}

/// An operator of the branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorRow {
    /// Its key.
    pub operator_id: Uuid,
    /// The name.
    pub name: String,
    /// `cashier`, `supervisor`, `manager`, `installer`.
    #[schema(value_type = String)]
    pub role: domain::Role,
    /// Whether they may sign in.
    pub active: bool,
    /// Argon2id of the PIN in PHC form; `None`: no PIN was set yet, and they cannot sign in.
    pub pin_phc: Option<String>,
}

/// A setting of the branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingRow {
    /// Its key.
    pub name: String,
    /// Its value.
    #[schema(value_type = Object)]
    pub value: serde_json::Value,
}

/// A product's stock in the branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockLevelRow {
    /// Its key.
    pub product_id: Uuid,
    /// Thousandths; may be below zero.
    pub quantity_milli: i64,
    /// Whether the shop keeps book of it.
    pub tracked: bool,
}

/// The first line of a snapshot of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SnapshotHead {
    /// The cloud's epoch.
    pub cloud_epoch: Uuid,
    /// The tenant's version in the snapshot.
    pub watermark: u64,
    /// The cursor of scope `catalogue` that goes on from here.
    pub cursor: String,
    /// How many rows follow.
    pub rows: u64,
}

/// A part of a snapshot, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPart {
    /// Names this very snapshot; another one is another file.
    pub etag: String,
    /// The whole snapshot's size in bytes, compressed.
    pub total: u64,
    /// Where the part begins.
    pub from: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}
