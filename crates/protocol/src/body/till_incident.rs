//! `till_incident_v1`: something about the till itself that head office must know.

use serde::{Deserialize, Serialize};

/// What was noticed, and in words what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillIncidentV1 {
    /// The closed kind.
    pub kind: IncidentKind,
    /// What happened, for a person.
    pub words: String,
    /// The `seq` numbers that are missing, as closed ranges; empty if none.
    pub missing: Vec<(u64, u64)>,
    /// UTC milliseconds.
    pub noticed_at_ms: i64,
}

/// Kinds of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// The vault was damaged and rebuilt from the journal.
    VaultRebuilt,
    /// The journal was damaged and rebuilt from the vault.
    JournalRebuilt,
    /// Both were damaged; what could be read was recovered.
    BothDamaged,
    /// The cloud holds ops of this till that the till does not.
    Rewind,
    /// The same stream was continued in two places.
    Cloned,
}
