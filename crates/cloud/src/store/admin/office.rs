//! The values around head office itself: its credential, its branches, its own till.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::TillCredential;

/// An admin token to be kept, hashed.
#[derive(Debug, Clone)]
pub struct AdminTokenWanted {
    /// The tenant's name.
    pub tenant_name: String,
    /// What the token is called in the office's log.
    pub token_id: Uuid,
    /// What is kept of the token.
    pub token_hash: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// A person of head office, as far as the cloud knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admin {
    /// The one business they belong to.
    pub tenant: Uuid,
    /// Their token; `None`: the command line beside the database.
    pub token_id: Option<Uuid>,
}

/// A business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// Its id.
    pub tenant: Uuid,
    /// Its name.
    pub name: String,
    /// When it was made, UTC milliseconds.
    pub created_at_ms: i64,
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BranchRow {
    /// Its id.
    pub branch: Uuid,
    /// Its name, one of a kind in the business.
    pub name: String,
    /// When it was made, UTC milliseconds.
    pub created_at_ms: i64,
}

/// A branch as it shall be.
#[derive(Debug, Clone)]
pub struct BranchPut {
    /// The business.
    pub tenant: Uuid,
    /// The branch.
    pub branch: Uuid,
    /// Its name.
    pub name: String,
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// An enrolment code for a branch that is there.
#[derive(Debug, Clone)]
pub struct CodeForBranch {
    /// The business.
    pub tenant: Uuid,
    /// The branch.
    pub branch: Uuid,
    /// What is kept of the code.
    pub code_hash: [u8; 32],
    /// When it ends, UTC milliseconds.
    pub expires_at_ms: i64,
}

/// What a person of head office did that no op tells.
#[derive(Debug, Clone)]
pub struct Note {
    /// Who.
    pub admin: Admin,
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// What: `revoke`, `salvage`, `enrol_code`.
    pub act: &'static str,
    /// About what, in words.
    pub about: String,
}

/// A key for head office's till, if it needs one.
#[derive(Clone)]
pub struct OfficeKey {
    /// The till's id.
    pub till: Uuid,
    /// The secret half.
    pub secret: [u8; 32],
    /// The public half.
    pub public_key: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// Head office as a till whose only vault is the cloud.
#[derive(Clone)]
pub struct HeadOffice {
    /// Who it is.
    pub credential: TillCredential,
    /// The secret half of its key.
    pub secret: [u8; 32],
}
