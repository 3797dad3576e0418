//! Stock as a person receives, corrects, counts and explains it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::cart::ProductDto;
use super::sync::SyncState;
use domain::MovementKind;

/// One product's stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockLevelDto {
    /// The product.
    pub product: ProductDto,
    /// On hand as this till knows it, thousandths; may be below zero.
    pub on_hand_milli: i64,
    /// As shown.
    pub on_hand_text: String,
    /// When it was counted last on this till.
    pub counted_at_ms: Option<i64>,
    /// What a person has to be told of what was just recorded: that a count settles nothing any more.
    pub remark: Option<String>,
}

/// One product's stock and how it came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockCard {
    /// The level now.
    pub level: StockLevelDto,
    /// The movements that this till knows one by one, newest first.
    pub movements: Vec<MovementView>,
    /// When the cloud last told the branch's stock; `null`: never, only this till's own is known.
    pub cloud_included_at_ms: Option<i64>,
}

/// One movement and what it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MovementView {
    /// When.
    pub at_ms: i64,
    /// Why, as a closed word.
    #[ts(as = "super::words::MovementKindWord")]
    pub kind: MovementKind,
    /// By how much, thousandths; negative leaves the shop.
    pub delta_milli: i64,
    /// As shown, with its sign.
    pub delta_text: String,
    /// What was there afterwards.
    pub balance_milli: i64,
    /// As shown.
    pub balance_text: String,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// The whole of it in one sentence.
    pub words: String,
    /// Where its op is on the way to the cloud.
    pub sync: SyncState,
    /// Whether it was made on this till.
    pub here: bool,
}

/// Goods booked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockEntry {
    /// What came, each product once.
    pub lines: Vec<StockEntryLine>,
    /// The delivery note's number.
    #[serde(default)]
    pub reference: Option<String>,
}

/// One product that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockEntryLine {
    /// The product.
    pub product_id: Uuid,
    /// Thousandths, above zero.
    pub quantity_milli: i64,
}

/// A correction by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockAdjust {
    /// The product.
    pub product_id: Uuid,
    /// Thousandths, signed, not 0.
    pub delta_milli: i64,
    /// Why: needed.
    pub reason: String,
}

/// A count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockCount {
    /// What was counted, each product once.
    pub lines: Vec<StockCountLine>,
    /// Why, in a person's words.
    #[serde(default)]
    pub reason: Option<String>,
    /// The conflict that this count settles: its decision `count_again` goes with it.
    #[serde(default)]
    pub settles: Option<Uuid>,
}

/// One product's count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StockCountLine {
    /// The product.
    pub product_id: Uuid,
    /// Thousandths found; never below zero.
    pub counted_milli: i64,
}
