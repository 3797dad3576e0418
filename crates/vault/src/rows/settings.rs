//! Named settings of this till, each one JSON value; also noted in the journal, so that a vault
//! rebuilt from it sells on with the same rules.

use rusqlite::{Connection, OptionalExtension, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::VaultError;
use crate::reads::{Reads, sealed::Db};
use crate::tx::Tx;

/// What a setting's journal note begins with.
pub(crate) const NOTE: &str = "setting:";

/// The value under `name`, or `None` if it was never set.
///
/// # Errors
/// [`VaultError::Unreadable`] if what is stored is not a `T`.
pub fn get<T: DeserializeOwned>(on: &impl Reads, name: &str) -> Result<Option<T>, VaultError> {
    let json: Option<String> = on
        .db()
        .prepare_cached("SELECT json FROM setting WHERE name = :name")?
        .query_row(named_params! { ":name": name }, |row| row.get(0))
        .optional()?;
    json.map(|json| serde_json::from_str(&json).map_err(|error| unreadable(name, &error)))
        .transpose()
}

/// Sets `name`.
pub fn put(tx: &mut Tx<'_>, name: &str, value: &impl Serialize) -> Result<(), VaultError> {
    let json = serde_json::to_string(value).map_err(|error| unreadable(name, &error))?;
    store(tx.db(), name, &json, tx.now_ms())?;
    tx.note(&format!("{NOTE}{name}"), &json);
    Ok(())
}

/// Sets `name` in the vault alone: for what the cloud or the next sync gives again (cursors, last
/// answers), which would only fill the journal.
pub fn put_passing(tx: &Tx<'_>, name: &str, value: &impl Serialize) -> Result<(), VaultError> {
    let json = serde_json::to_string(value).map_err(|error| unreadable(name, &error))?;
    store(tx.db(), name, &json, tx.now_ms())
}

pub(crate) fn store(
    db: &Connection,
    name: &str,
    json: &str,
    now_ms: i64,
) -> Result<(), VaultError> {
    db.prepare_cached(
        "INSERT INTO setting (name, json, changed_at_ms) VALUES (:name, :json, :now)
         ON CONFLICT (name) DO UPDATE SET json = excluded.json, changed_at_ms = :now",
    )?
    .execute(named_params! { ":name": name, ":json": json, ":now": now_ms })?;
    Ok(())
}

fn unreadable(name: &str, error: &serde_json::Error) -> VaultError {
    VaultError::Unreadable {
        what: format!("setting {name}"),
        why: error.to_string(),
    }
}
