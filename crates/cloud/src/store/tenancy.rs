//! The values around who may speak: codes, tokens, tills.

use protocol::wire::EnrolRequest;
use uuid::Uuid;

/// An enrolment code to be kept, hashed, with the names it stands for.
#[derive(Debug, Clone)]
pub struct CodeWanted {
    /// The tenant's name; made if new.
    pub tenant_name: String,
    /// The branch's name; made if new.
    pub branch_name: String,
    /// The id the tenant gets if it is new.
    pub new_tenant: Uuid,
    /// The id the branch gets if it is new.
    pub new_branch: Uuid,
    /// What is kept of the code.
    pub code_hash: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
    /// When the code ends, UTC milliseconds.
    pub expires_at_ms: i64,
}

/// A read token to be kept, hashed.
#[derive(Debug, Clone)]
pub struct TokenWanted {
    /// The tenant's name.
    pub tenant_name: String,
    /// What is kept of the token.
    pub token_hash: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// A till at the door.
#[derive(Debug, Clone)]
pub struct EnrolWanted {
    /// What it said; its signature is already checked.
    pub request: EnrolRequest,
    /// The hash of the code it brought.
    pub code_hash: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
}

/// A till that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The business.
    pub tenant: Uuid,
    /// Its name.
    pub tenant_name: String,
    /// The shop.
    pub branch: Uuid,
    /// Its name.
    pub branch_name: String,
    /// Whether this very enrolment was answered before.
    pub repeated: bool,
}

/// Why a till was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolRefused {
    /// No such code. Also said of a used one: whoever guesses learns nothing.
    CodeUnknown,
    /// The code's quarter of an hour is over.
    CodeExpired,
    /// The till is enrolled with another key, or in another branch.
    AlreadyEnrolled,
}

/// What is kept of a code, with what it stands for.
pub(super) struct CodeKept {
    pub(super) tenant: Uuid,
    pub(super) tenant_name: String,
    pub(super) branch: Uuid,
    pub(super) branch_name: String,
    pub(super) expires_at_ms: i64,
    pub(super) used_by: Option<Uuid>,
}

/// Whether a till may come in with a code: the decision, apart from the writing. A till that was
/// revoked may with a code that was made for it since; its key and its place must be the same.
pub(super) fn admit(
    code: &CodeKept,
    known: Option<&TillCredential>,
    wanted: &EnrolWanted,
) -> Result<Enrolled, EnrolRefused> {
    let request = &wanted.request;
    let same_till = known.is_none_or(|till| {
        till.public_key == request.public_key
            && (till.tenant, till.branch) == (code.tenant, code.branch)
            && (till.genesis_tenant, till.genesis_branch)
                == (request.genesis_tenant, request.genesis_branch)
    });
    // The code that a till came in with before it was revoked is a used code.
    let lives = known.is_some_and(|till| till.revoked_at_ms.is_none());
    let repeated = code.used_by == Some(request.till) && lives;
    if code.used_by.is_some() && !repeated {
        return Err(EnrolRefused::CodeUnknown);
    }
    if !repeated && wanted.now_ms >= code.expires_at_ms {
        return Err(EnrolRefused::CodeExpired);
    }
    if !same_till {
        return Err(EnrolRefused::AlreadyEnrolled);
    }
    Ok(Enrolled {
        tenant: code.tenant,
        tenant_name: code.tenant_name.clone(),
        branch: code.branch,
        branch_name: code.branch_name.clone(),
        repeated,
    })
}

/// What the cloud knows of a till that speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillCredential {
    /// The business.
    pub tenant: Uuid,
    /// The shop.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
    /// Its public key.
    pub public_key: [u8; 32],
    /// The tenant its chain began with.
    pub genesis_tenant: Uuid,
    /// The branch its chain began with.
    pub genesis_branch: Uuid,
    /// When it was revoked, UTC milliseconds.
    pub revoked_at_ms: Option<i64>,
}
