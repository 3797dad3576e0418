//! What needs a person, and what a person may decide.
//!
//! Owns the closed kinds, the closed decisions and which belong together. Nothing is ever decided
//! by time or by order of arrival. What code may settle by itself is listed in one place,
//! `sync::ingest` ("named exceptions"), and logged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::outcome::OutcomeCode;

/// What two sides disagree on, or what cannot go on without a person.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConflictKind {
    /// Stock below zero; one open per branch and product, brought up to date in place.
    NegativeStock,
    /// Others moved the stock before the count, and the counter's till had not seen it.
    CountRace,
    /// One sale id under two ops.
    SaleIdReused,
    /// One op id with two byte strings.
    OpIdReused,
    /// More given back than sold.
    OverRefund,
    /// An edit on a version that is gone.
    EditConflict,
    /// One segment continued in two ways.
    StreamFork,
    /// A run whose parent its till cannot produce.
    StreamHole,
    /// An op that is recorded and cannot be applied yet: a dead letter.
    Parked,
    /// A command that was refused; the fact of it is recorded.
    Rejected,
}

impl ConflictKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::NegativeStock,
        Self::CountRace,
        Self::SaleIdReused,
        Self::OpIdReused,
        Self::OverRefund,
        Self::EditConflict,
        Self::StreamFork,
        Self::StreamHole,
        Self::Parked,
        Self::Rejected,
    ];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NegativeStock => "NEGATIVE_STOCK",
            Self::CountRace => "COUNT_RACE",
            Self::SaleIdReused => "SALE_ID_REUSED",
            Self::OpIdReused => "OP_ID_REUSED",
            Self::OverRefund => "OVER_REFUND",
            Self::EditConflict => "EDIT_CONFLICT",
            Self::StreamFork => "STREAM_FORK",
            Self::StreamHole => "STREAM_HOLE",
            Self::Parked => "PARKED",
            Self::Rejected => "REJECTED",
        }
    }

    /// The kind of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What a person may decide, the mildest first.
    pub const fn decisions(self) -> &'static [Decision] {
        match self {
            Self::EditConflict => &[
                Decision::KeepTheirs,
                Decision::KeepMine,
                Decision::FieldByField,
            ],
            Self::CountRace => &[
                Decision::CountAgain,
                Decision::AcceptCount,
                Decision::KeepComputed,
            ],
            Self::NegativeStock => &[Decision::CountAgain, Decision::KeepComputed],
            Self::SaleIdReused
            | Self::OpIdReused
            | Self::OverRefund
            | Self::StreamFork
            | Self::StreamHole
            | Self::Parked
            | Self::Rejected => &[Decision::Acknowledge],
        }
    }
}

/// What a person decided.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The proposal goes on top of the latest.
    KeepMine,
    /// The cloud's value stays.
    KeepTheirs,
    /// Some of both: the op carries the product as it shall be.
    FieldByField,
    /// The count is right: stock is what was counted, and what moved after it.
    AcceptCount,
    /// The computed figure is right.
    KeepComputed,
    /// Neither: it will be counted again, by an op of its own.
    CountAgain,
    /// Seen; there is nothing to choose.
    Acknowledge,
}

impl Decision {
    /// Every decision, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::KeepMine,
        Self::KeepTheirs,
        Self::FieldByField,
        Self::AcceptCount,
        Self::KeepComputed,
        Self::CountAgain,
        Self::Acknowledge,
    ];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeepMine => "keep_mine",
            Self::KeepTheirs => "keep_theirs",
            Self::FieldByField => "field_by_field",
            Self::AcceptCount => "accept_count",
            Self::KeepComputed => "keep_computed",
            Self::CountAgain => "count_again",
            Self::Acknowledge => "acknowledge",
        }
    }

    /// The decision of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// Whether a conflict still needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictStatus {
    /// It does.
    Open,
    /// A person has decided, or an upgrade made it good.
    Settled,
}

/// A conflict as the cloud tells it: both versions, who, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConflictRow {
    /// Its identity; follows from the facts.
    pub conflict: Uuid,
    /// What it is about.
    pub kind: ConflictKind,
    /// Why, where the kind has more than one reason.
    pub code: Option<OutcomeCode>,
    /// `stock:<branch>/<product>`, `sale:<id>`, `op:<id>`, `segment:<id>`, `product:<id>`.
    pub entity: String,
    /// The entity in words: a product's name, a receipt number.
    pub title: Option<String>,
    /// The branch it belongs to.
    pub branch: Option<Uuid>,
    /// The op that opened it or touched it last.
    pub op_id: Uuid,
    /// Whether it needs a person.
    pub status: ConflictStatus,
    /// Grows with each change; a decision names it.
    pub version: u32,
    /// When the cloud opened it, UTC milliseconds.
    pub opened_at_ms: i64,
    /// What the op wanted.
    pub mine: Option<ConflictSide>,
    /// What the cloud holds.
    pub theirs: Option<ConflictSide>,
    /// What both began from, where it is known.
    pub base: Option<ConflictSide>,
    /// How it ended.
    pub settled: Option<SettledBy>,
}

/// One version of the thing, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ConflictSide {
    /// The till; `None`: head office.
    pub till: Option<Uuid>,
    /// What people call it.
    pub till_name: Option<String>,
    /// The operator, if one is known.
    pub operator_name: Option<String>,
    /// When it was done, UTC milliseconds by the clock of the one who did it.
    pub at_ms: Option<i64>,
    /// Field by field: `name`, `price_minor`, `barcodes`, `quantity_milli`, `counted_milli`,
    /// `receipt_number`, `gross_minor`… Money in minor units, quantities in thousandths.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, serde_json::Value>,
}

/// How a conflict ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettledBy {
    /// The op that did it; `None`: an upgrade of the cloud.
    pub op_id: Option<Uuid>,
    /// What was decided; `None` for an upgrade.
    pub decision: Option<Decision>,
    /// Who, in words.
    pub operator_name: Option<String>,
    /// Where.
    pub till_name: Option<String>,
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// In their words.
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_decided_and_every_word_reads_back() {
        for kind in ConflictKind::ALL {
            assert!(!kind.decisions().is_empty(), "{kind:?} leaves no way on");
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(ConflictKind::from_word(kind.as_str()), Some(kind));
        }
        for decision in Decision::ALL {
            assert_eq!(serde_json::to_value(decision).unwrap(), decision.as_str());
            assert_eq!(Decision::from_word(decision.as_str()), Some(decision));
            assert!(
                ConflictKind::ALL
                    .iter()
                    .any(|kind| kind.decisions().contains(&decision)),
                "{decision:?} belongs to no kind"
            );
        }
    }
}
