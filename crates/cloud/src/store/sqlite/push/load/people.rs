//! People of the tenant, as far as a push needs them.

use std::collections::{BTreeMap, BTreeSet};

use domain::Role;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sync::ingest::{OperatorNow, TillKey};
use uuid::Uuid;

/// Whether head office knows anybody of the tenant.
pub(super) fn keeps_operators(tx: &Connection, key: &TillKey) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM operator WHERE tenant = ?1)")?
        .query_row([key.tenant.as_bytes()], |row| row.get(0))
}

/// The operators among these that head office knows; a deleted one is not active.
pub(super) fn operators(
    tx: &Connection,
    key: &TillKey,
    operators: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, OperatorNow>> {
    let mut found = tx.prepare_cached(
        "SELECT name, role, active AND NOT deleted, branches FROM operator
         WHERE tenant = ?1 AND operator_id = ?2",
    )?;
    let mut known = BTreeMap::new();
    for id in operators {
        let of = params![key.tenant.as_bytes(), id.as_bytes()];
        if let Some(operator) = found.query_row(of, operator).optional()? {
            known.insert(*id, operator);
        }
    }
    Ok(known)
}

fn operator(row: &Row<'_>) -> rusqlite::Result<OperatorNow> {
    let role: String = row.get(1)?;
    let branches: Option<String> = row.get(3)?;
    let branches = branches.map(|json| serde_json::from_str(&json)).transpose();
    Ok(OperatorNow {
        name: row.get(0)?,
        role: role.parse::<Role>().map_err(unreadable)?,
        active: row.get(2)?,
        branches: branches.map_err(unreadable)?,
    })
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}
