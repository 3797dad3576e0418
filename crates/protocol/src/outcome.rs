//! What became of an op at the cloud.
//!
//! All outcomes are of *recorded* ops and let the queue advance; they are sticky: the same op
//! always gets the same answer until a person or an upgrade appends a new fact.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The cloud's answer for one op.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Recorded, effects applied.
    Accepted,
    /// Recorded before, here or under another segment; the effects were not repeated. A success.
    /// It carries the first outcome's code and conflict; see [`Outcome::first`].
    Duplicate,
    /// Recorded, effects applied as far as facts go; a person is asked to look.
    Conflict,
    /// Recorded; a command (price or product edit) was refused. Never a sale.
    Rejected,
    /// Recorded; it cannot be applied yet.
    Parked,
}

impl Outcome {
    /// Every outcome, for tables and tests.
    pub const ALL: [Self; 5] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Conflict,
        Self::Rejected,
        Self::Parked,
    ];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
            Self::Parked => "parked",
        }
    }

    /// What became of the op when it was first judged: a duplicate is as good as that.
    #[must_use]
    pub const fn first(self, code: Option<OutcomeCode>) -> Self {
        match (self, code) {
            (Self::Duplicate, None) => Self::Accepted,
            (Self::Duplicate, Some(code)) => code.first_outcome(),
            (Self::Accepted | Self::Conflict | Self::Rejected | Self::Parked, _) => self,
        }
    }

    /// The outcome of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// Why an op was not simply accepted; closed, so that every one has a sentence on the screen.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OutcomeCode {
    /// The stock of an article fell below zero.
    NegativeStock,
    /// The same sale arrived under two op ids.
    SaleIdReused,
    /// The same op id arrived with other bytes; both are kept.
    OpIdReused,
    /// More was given back than was sold.
    OverRefund,
    /// The cloud does not know this type or version yet.
    UnknownType,
    /// The body could not be read.
    BodyUnreadable,
    /// Applying it failed; its neighbours were applied.
    ApplyError,
    /// An op it depends on is parked.
    DependsOnParked,
    /// The op names another tenant, branch or till than its credential.
    WrongIdentity,
    /// The operator had no right to the command.
    NotAllowed,
    /// The same fields were changed since the version the edit was made on.
    EditConflict,
    /// Others moved the stock before the count, and the counter's till had not seen it.
    CountRace,
    /// Somebody else settled the conflict first; nothing was changed.
    AlreadyResolved,
    /// The conflict has changed since it was decided on; nothing was changed.
    ConflictChanged,
}

impl OutcomeCode {
    /// Every code, for tables and tests.
    pub const ALL: [Self; 14] = [
        Self::NegativeStock,
        Self::SaleIdReused,
        Self::OpIdReused,
        Self::OverRefund,
        Self::UnknownType,
        Self::BodyUnreadable,
        Self::ApplyError,
        Self::DependsOnParked,
        Self::WrongIdentity,
        Self::NotAllowed,
        Self::EditConflict,
        Self::CountRace,
        Self::AlreadyResolved,
        Self::ConflictChanged,
    ];

    /// The word on the wire and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NegativeStock => "NEGATIVE_STOCK",
            Self::SaleIdReused => "SALE_ID_REUSED",
            Self::OpIdReused => "OP_ID_REUSED",
            Self::OverRefund => "OVER_REFUND",
            Self::UnknownType => "UNKNOWN_TYPE",
            Self::BodyUnreadable => "BODY_UNREADABLE",
            Self::ApplyError => "APPLY_ERROR",
            Self::DependsOnParked => "DEPENDS_ON_PARKED",
            Self::WrongIdentity => "WRONG_IDENTITY",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::EditConflict => "EDIT_CONFLICT",
            Self::CountRace => "COUNT_RACE",
            Self::AlreadyResolved => "ALREADY_RESOLVED",
            Self::ConflictChanged => "CONFLICT_CHANGED",
        }
    }

    /// The outcome that carries the code: what a duplicate with this code was answered first.
    pub const fn first_outcome(self) -> Outcome {
        match self {
            Self::NegativeStock
            | Self::SaleIdReused
            | Self::OverRefund
            | Self::EditConflict
            | Self::CountRace
            | Self::AlreadyResolved
            | Self::ConflictChanged => Outcome::Conflict,
            Self::NotAllowed => Outcome::Rejected,
            Self::OpIdReused
            | Self::UnknownType
            | Self::BodyUnreadable
            | Self::ApplyError
            | Self::DependsOnParked
            | Self::WrongIdentity => Outcome::Parked,
        }
    }

    /// The code of a word; `None` for an unknown one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_belongs_to_an_outcome_that_a_person_is_told_of() {
        for code in OutcomeCode::ALL {
            assert!(
                !matches!(code.first_outcome(), Outcome::Accepted | Outcome::Duplicate),
                "{code:?} is the reason of a conflict, a refusal or a parking"
            );
        }
    }

    #[test]
    fn words_are_the_same_in_sql_and_on_the_wire() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(Outcome::from_word(outcome.as_str()), Some(outcome));
        }
        for code in OutcomeCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(OutcomeCode::from_word(code.as_str()), Some(code));
        }
    }
}
