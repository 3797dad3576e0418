//! The list of this till's sales, their details, and refunds.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::sync::SyncState;
use super::tender::{TenderLineView, TotalsView};
use domain::{TenderKind, Unit};

/// Which sales to list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SalesQuery {
    /// A receipt number, an amount, or words of articles.
    pub text: Option<String>,
    /// Only older ones.
    pub before_seq: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

/// Sale or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SaleKind {
    /// Goods out, money in.
    Sale,
    /// Goods back, money out.
    Refund,
}

/// One sale in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaleRow {
    /// Identity.
    pub sale_id: Uuid,
    /// Cashier order.
    pub seq: u64,
    /// Receipt number.
    pub number: String,
    /// Sale or refund.
    pub kind: SaleKind,
    /// When it was paid.
    pub completed_at_ms: i64,
    /// Who sold.
    pub operator_name: String,
    /// How many lines.
    pub lines: u32,
    /// What was paid; negative for a refund.
    pub total_minor: i64,
    /// Where it is on its way to the cloud.
    pub sync: SyncState,
    /// How much of it came back.
    pub given_back: GivenBack,
}

/// How much of a sale came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GivenBack {
    /// Nothing.
    None,
    /// A part.
    Part,
    /// Everything.
    All,
}

/// One sale whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaleDetail {
    /// As in the list.
    pub row: SaleRow,
    /// For a refund: the sale it gives back.
    pub of_sale: Option<Uuid>,
    /// What was sold.
    pub lines: Vec<SaleLineView>,
    /// What was handed over.
    pub tenders: Vec<TenderLineView>,
    /// The sums.
    pub totals: TotalsView,
    /// What rounding the cash amount added or took.
    pub cash_rounding_minor: i64,
    /// What was due.
    pub to_pay_minor: i64,
    /// What went back.
    pub change_minor: i64,
    /// For a refund: why.
    pub reason: Option<String>,
    /// For a refund: who approved it.
    pub approved_by: Option<String>,
    /// What happened to it, in order.
    pub time_line: Vec<TimeLineEntry>,
    /// The hash of the op's bytes, hex.
    pub op_hash: String,
    /// What was given back of it.
    pub refunds: Vec<SaleRow>,
    /// Why it is not in the cloud yet, in one sentence; `null`: it is.
    pub why_waiting: Option<String>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaleLineView {
    /// 1, 2, 3…
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
    /// As shown: with tax if prices hold tax, else without.
    pub amount_minor: i64,
    /// Given back so far.
    pub given_back_milli: i64,
    /// Can still be given back.
    pub may_give_back_milli: i64,
}

/// One moment in a sale's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TimeLineEntry {
    /// What happened.
    pub what: TimeLineWhat,
    /// When.
    pub at_ms: i64,
    /// In words.
    pub words: String,
}

/// Kinds of moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TimeLineWhat {
    /// The first article was scanned.
    Scanned,
    /// It was flushed to vault and journal.
    Vaulted,
    /// The cashier saw it.
    Told,
    /// The receipt was printed.
    Printed,
    /// It was sent.
    Sent,
    /// The cloud answered.
    Answered,
    /// It is in the cloud.
    InCloud,
}

/// What to give back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefundRequest {
    /// The quote's: the same one again is the same refund. Without one, each call is a new refund.
    pub refund_id: Option<Uuid>,
    /// The sale.
    pub sale_id: Uuid,
    /// Its lines.
    pub lines: Vec<RefundLineRequest>,
    /// Why.
    pub reason: String,
    /// How the money goes back.
    #[ts(as = "super::words::TenderKindWord")]
    pub tender: TenderKind,
    /// The external terminal's reference.
    pub reference: Option<String>,
}

/// One line to give back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefundLineRequest {
    /// The line of the sale.
    pub line_no: u32,
    /// Thousandths.
    pub quantity_milli: i64,
    /// Whether it can be sold again.
    pub back_to_stock: bool,
}

/// What a refund would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefundQuote {
    /// The refund to be, for its request.
    pub refund_id: Uuid,
    /// The sums.
    pub totals: TotalsView,
    /// What rounding the cash amount adds or takes.
    pub cash_rounding_minor: i64,
    /// What to hand back.
    pub to_give_minor: i64,
}
