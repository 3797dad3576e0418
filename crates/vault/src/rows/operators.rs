//! The people who may sign in on this till, with the hash of their PIN and what wrong PINs cost.
//!
//! Also noted in the journal (attempts are not), so that a rebuilt vault lets the same people in.

use domain::{PinAttempts, Role};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db, uuid, word};
use crate::tx::Tx;

/// What an operator's journal note begins with.
pub(crate) const NOTE: &str = "operator:";

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "an id is spelled the same everywhere"
)]
pub struct Operator {
    /// Their id.
    pub operator_id: Uuid,
    /// Their name as printed.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The PIN's hash (a PHC string); never the PIN.
    pub pin_hash: String,
    /// Whether they may still sign in.
    pub active: bool,
    /// Whether head office gave this person: its word decides then.
    #[serde(default)]
    pub from_cloud: bool,
}

/// Adds or changes an operator; wrong attempts so far are kept.
pub fn put(tx: &mut Tx<'_>, operator: &Operator) -> Result<(), VaultError> {
    store(tx.db(), operator)?;
    let json = serde_json::to_string(operator).map_err(|error| VaultError::Unreadable {
        what: "operator".into(),
        why: error.to_string(),
    })?;
    tx.note(&format!("{NOTE}{}", operator.operator_id), &json);
    Ok(())
}

pub(crate) fn store(db: &Connection, operator: &Operator) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("../sql/operator_put.sql"))?
        .execute(named_params! {
            ":operator_id": blob(&operator.operator_id),
            ":name": operator.name,
            ":role": operator.role.as_str(),
            ":pin_hash": operator.pin_hash,
            ":active": operator.active,
            ":from_cloud": operator.from_cloud,
        })?;
    Ok(())
}

/// All operators by name, inactive ones too.
pub fn list(on: &impl Reads) -> Result<Vec<Operator>, VaultError> {
    list_from(on.db())
}

pub(crate) fn list_from(db: &Connection) -> Result<Vec<Operator>, VaultError> {
    let all = db
        .prepare_cached("SELECT * FROM operator ORDER BY name, operator_id")?
        .query_map([], read)?
        .collect::<Result<_, _>>()?;
    Ok(all)
}

/// One operator.
pub fn by_id(on: &impl Reads, operator_id: Uuid) -> Result<Option<Operator>, VaultError> {
    let found = on
        .db()
        .prepare_cached("SELECT * FROM operator WHERE operator_id = :operator_id")?
        .query_row(named_params! { ":operator_id": blob(&operator_id) }, read)
        .optional()?;
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Operator> {
    Ok(Operator {
        operator_id: uuid(row, "operator_id")?,
        name: row.get("name")?,
        role: word(row, "role")?,
        pin_hash: row.get("pin_hash")?,
        active: row.get("active")?,
        from_cloud: row.get("from_cloud")?,
    })
}

/// Wrong PINs in a row and the lock they brought.
pub fn attempts(on: &impl Reads, operator_id: Uuid) -> Result<PinAttempts, VaultError> {
    on.db()
        .prepare_cached(
            "SELECT failures, locked_until_ms FROM operator WHERE operator_id = :operator_id",
        )?
        .query_row(
            named_params! { ":operator_id": blob(&operator_id) },
            |row| {
                Ok(PinAttempts {
                    failures: row.get("failures")?,
                    locked_until_ms: row.get("locked_until_ms")?,
                })
            },
        )
        .optional()?
        .ok_or_else(|| missing(operator_id))
}

/// Keeps them: a restart forgives nothing.
pub fn set_attempts(
    tx: &Tx<'_>,
    operator_id: Uuid,
    attempts: &PinAttempts,
) -> Result<(), VaultError> {
    let changed = tx
        .db()
        .prepare_cached(
            "UPDATE operator SET failures = :failures, locked_until_ms = :locked_until_ms
             WHERE operator_id = :operator_id",
        )?
        .execute(named_params! {
            ":operator_id": blob(&operator_id),
            ":failures": attempts.failures,
            ":locked_until_ms": attempts.locked_until_ms,
        })?;
    if changed == 0 {
        return Err(missing(operator_id));
    }
    Ok(())
}

fn missing(operator_id: Uuid) -> VaultError {
    VaultError::Missing {
        what: "operator",
        id: operator_id.to_string(),
    }
}
