//! The named exceptions: all that code may settle by itself.
//!
//! Everything else on which two sides differ is a conflict that a person decides. Each exception is
//! used because nobody could decide otherwise, is reported in [`Writes::settled_by_rule`] and
//! logged by the store under its name. A new one is added here or nowhere.
//!
//! [`Writes::settled_by_rule`]: super::Writes::settled_by_rule

use uuid::Uuid;

/// What code may settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedException {
    /// Two edits of one product changed different groups of fields: both stand.
    OtherGroupsMerge,
    /// Two edits of one group say the same: there is nothing to choose.
    SameEdit,
    /// A count found what the cloud had computed, though others moved the stock meanwhile.
    CountAgrees,
    /// What a count had not seen happened after it by the clocks: it is added on top.
    LaterMovesOnTop,
    /// A newer program can read what an older one had to park: it is applied, once.
    ReadAfterUpgrade,
}

impl NamedException {
    /// Every exception.
    pub const ALL: [Self; 5] = [
        Self::OtherGroupsMerge,
        Self::SameEdit,
        Self::CountAgrees,
        Self::LaterMovesOnTop,
        Self::ReadAfterUpgrade,
    ];

    /// Its name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherGroupsMerge => "other_groups_merge",
            Self::SameEdit => "same_edit",
            Self::CountAgrees => "count_agrees",
            Self::LaterMovesOnTop => "later_moves_on_top",
            Self::ReadAfterUpgrade => "read_after_upgrade",
        }
    }
}

/// An exception was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleUsed {
    /// Which.
    pub rule: NamedException,
    /// For which op.
    pub op_id: Uuid,
    /// About what.
    pub entity: String,
}
