//! The frame around every screen: who, where, what is safe.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::AppError;
use domain::{PriceMode, Role};

/// Everything the frame shows; also the payload of the event `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TillStatus {
    /// Counts up with every status made: a lower one than the one shown is old.
    pub revision: u64,
    /// `false`: the first-run screen is due.
    pub set_up: bool,
    /// The shop.
    pub branch_name: String,
    /// This till.
    pub till_name: String,
    /// What money is counted in.
    pub currency: CurrencyDto,
    /// Whether prices hold tax already.
    #[ts(as = "super::words::PriceModeWord")]
    pub price_mode: PriceMode,
    /// Who is signed in.
    pub operator: Option<OperatorDto>,
    /// What is safe where.
    pub safety: Safety,
    /// The printer.
    pub printer: PrinterState,
    /// The till's wall clock.
    pub clock_at_ms: i64,
    /// How wrong it is, when the cloud has told us and it matters.
    pub clock_wrong_by_ms: Option<i64>,
    /// Sales recorded but not told: to be looked at before a new sale.
    pub untold: u32,
    /// Receipts that wait for the printer.
    pub print_waiting: u32,
    /// Why selling is refused, if it is.
    pub trouble: Option<AppError>,
}

/// A currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CurrencyDto {
    /// ISO 4217.
    pub code: String,
    /// Decimal places.
    pub exponent: u8,
    /// What people write.
    pub symbol: String,
}

impl From<domain::Currency> for CurrencyDto {
    fn from(currency: domain::Currency) -> Self {
        Self {
            code: currency.code().to_owned(),
            exponent: currency.exponent(),
            symbol: currency.symbol().to_owned(),
        }
    }
}

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OperatorDto {
    /// Identity.
    pub operator_id: Uuid,
    /// Name.
    pub name: String,
    /// What they may do.
    #[ts(as = "super::words::RoleWord")]
    pub role: Role,
}

/// Where the sales are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Safety {
    /// Chooses the sentence and its colour.
    pub kind: SafetyKind,
    /// Sales and refunds in the vault.
    pub sales_total: u64,
    /// Of them not yet known to be in the cloud.
    pub sales_waiting: u64,
    /// Ops not yet known to be in the cloud.
    pub ops_waiting: u64,
    /// Things that need a person.
    pub needs_person: u64,
    /// Offline since.
    pub since_at_ms: Option<i64>,
    /// When the till tries again.
    pub next_attempt_at_ms: Option<i64>,
    /// What the other side said last, in words.
    pub last_answer: Option<String>,
}

/// Kinds of safety.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SafetyKind {
    /// The till belongs to no cloud.
    Alone,
    /// Everything is in the cloud.
    AllSafe,
    /// On its way.
    Sending,
    /// The cloud does not answer.
    Offline,
    /// Something needs a person.
    NeedsPerson,
}

/// The printer in the frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PrinterState {
    /// Its state.
    pub kind: PrinterKind,
    /// Its name.
    pub name: String,
    /// What is wrong, in words.
    pub trouble: Option<String>,
}

/// Kinds of printer states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PrinterKind {
    /// No printer is set up.
    None,
    /// Nothing to print.
    Ready,
    /// Printing now.
    Printing,
    /// Receipts wait: it is off, slow or out of paper.
    Waiting,
}
