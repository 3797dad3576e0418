//! What a start finds and mends: the vault and the journal against each other.
//!
//! The two media fail independently. In short:
//!
//! | found | done |
//! |---|---|
//! | torn tail of the journal | set aside, cut; the op comes back from the vault if it has it |
//! | op in the journal, not in the vault | inserted with all its rows, as *recorded, not told* |
//! | op in the vault, not in the journal, at its end or among old numbers | appended |
//! | journal broken in the middle, missing or not a journal | set aside, written anew from the vault |
//! | vault broken, missing, or its rows do not add up | set aside, built anew from journal and what still reads |
//! | both broken | both set aside, the union recovered, what is missing named by number |
//!
//! Each repair leaves an incident op for head office. Nothing is deleted: what is set aside lies in
//! `quarantine/`, read-only.

pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod rebuild;
mod refill;
pub(crate) mod restore;
pub(crate) mod salvage;

use std::path::PathBuf;

/// Whether one of the two media had to be made anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Damage {
    /// It was whole, or only its tail was behind.
    #[default]
    None,
    /// It was set aside and made anew.
    Rebuilt {
        /// What was wrong with it, in words.
        why: String,
    },
}

impl Damage {
    /// Whether something was rebuilt.
    pub const fn is_some(&self) -> bool {
        matches!(self, Self::Rebuilt { .. })
    }
}

/// What a start found and did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartReport {
    /// The vault was made now.
    pub made_new: bool,
    /// Every row and every record was looked at, not only the newest.
    pub fully_checked: bool,
    /// Ops that the journal had and the vault did not: inserted, recorded and not told.
    pub recovered_ops: u64,
    /// Ops that the vault had and the journal did not: appended.
    pub journaled_ops: u64,
    /// The journal ended in an unfinished write.
    pub torn_tail: bool,
    /// What became of the vault.
    pub vault: Damage,
    /// What became of the journal.
    pub journal: Damage,
    /// Records that contradict each other: both are kept, one of them in quarantine.
    pub contradictions: u64,
    /// Numbers (`seq`) that neither medium has any more, as closed ranges; named now.
    pub missing: Vec<(u64, u64)>,
    /// Files set aside.
    pub set_aside: Vec<PathBuf>,
    /// Sales recorded and not told: to be looked at before a new sale.
    pub untold: u64,
}
