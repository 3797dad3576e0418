//! Who this till is. The anchor of its chain (`till`, `genesis_*`, `public_key`) never changes;
//! joining a cloud changes `tenant` and `branch` for the ops to come.

use protocol::TillIdentity;
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db, uuid};
use crate::tx::Tx;

/// The journal note that carries it.
pub(crate) const NOTE: &str = "identity";

/// The till's identity; a vault always has one.
pub fn get(on: &impl Reads) -> Result<TillIdentity, VaultError> {
    load(on.db())?.ok_or(VaultError::Missing {
        what: "identity",
        id: "till".into(),
    })
}

/// Joins a cloud: every later op carries the new tenant and branch.
///
/// # Errors
/// [`VaultError::Exists`] if the anchor of the chain would change.
pub fn change(tx: &mut Tx<'_>, identity: TillIdentity) -> Result<(), VaultError> {
    let kept = tx.identity();
    let same_anchor = TillIdentity {
        tenant: kept.tenant,
        branch: kept.branch,
        ..identity
    };
    if same_anchor != kept {
        return Err(VaultError::Exists {
            what: format!(
                "a chain of till {} here: it cannot become another till",
                kept.till
            ),
        });
    }
    store(tx.db(), &identity, tx.now_ms())?;
    tx.note(NOTE, &to_json(&identity)?);
    tx.state.identity = identity;
    Ok(())
}

pub(crate) fn to_json(identity: &TillIdentity) -> Result<String, VaultError> {
    serde_json::to_string(identity).map_err(|error| VaultError::Unreadable {
        what: NOTE.into(),
        why: error.to_string(),
    })
}

pub(crate) fn load(db: &Connection) -> Result<Option<TillIdentity>, VaultError> {
    let found = db
        .prepare_cached("SELECT * FROM identity")?
        .query_row([], |row| {
            Ok(TillIdentity {
                tenant: uuid(row, "tenant")?,
                branch: uuid(row, "branch")?,
                till: uuid(row, "till")?,
                genesis_tenant: uuid(row, "genesis_tenant")?,
                genesis_branch: uuid(row, "genesis_branch")?,
                public_key: row.get("public_key")?,
            })
        })
        .optional()?;
    Ok(found)
}

pub(crate) fn store(
    db: &Connection,
    identity: &TillIdentity,
    now_ms: i64,
) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("../sql/identity_store.sql"))?
        .execute(named_params! {
            ":tenant": blob(&identity.tenant),
            ":branch": blob(&identity.branch),
            ":till": blob(&identity.till),
            ":genesis_tenant": blob(&identity.genesis_tenant),
            ":genesis_branch": blob(&identity.genesis_branch),
            ":public_key": identity.public_key.as_slice(),
            ":changed_at_ms": now_ms,
        })?;
    Ok(())
}
