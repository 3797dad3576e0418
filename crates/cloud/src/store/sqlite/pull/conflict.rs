//! What needs a person in a branch, and how it ended.

use protocol::conflict::{ConflictKind, ConflictRow, ConflictStatus};
use rusqlite::{Row, params};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, Place};
use crate::store::sqlite::sql::{counter, failed, maybe_uuid_column, uuid_column};

const CONFLICT: u8 = 1;

pub(super) fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.bound(CONFLICT);
    let mut found = part
        .snapshot
        .prepare_cached(include_str!("conflicts.sql"))
        .map_err(failed(DOING))?;
    let (tenant, branch) = (part.reach.tenant.as_bytes(), part.reach.branch.as_bytes());
    let mut rows = found
        .query(params![tenant, branch, rv, key, part.limit])
        .map_err(failed(DOING))?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let rv = counter(row, 0).map_err(failed(DOING))?;
        let conflict = conflict(row)?;
        let place = Place {
            rv,
            rank: CONFLICT,
            key: conflict.conflict.as_bytes().to_vec(),
        };
        let id = ("conflict", conflict.conflict.to_string());
        candidates.push(Candidate::of(place, id, Some(&conflict))?);
    }
    Ok(candidates)
}

fn conflict(row: &Row<'_>) -> Result<ConflictRow, StoreError> {
    let kind: ConflictKind = word(row, 2, "kind")?;
    let status: ConflictStatus = word(row, 8, "status")?;
    let (mine, theirs) = (side(row, 11, "mine")?, side(row, 12, "theirs")?);
    let (base, settled) = (side(row, 13, "base")?, side(row, 14, "settled")?);
    let code: Option<String> = row.get(3).map_err(failed(DOING))?;
    let code = code.map(|code| read(Value::String(code), "code"));
    let code = code.transpose()?;
    let rest = || {
        Ok(ConflictRow {
            conflict: uuid_column(row, 1)?,
            kind,
            code,
            entity: row.get(4)?,
            title: row.get(5)?,
            branch: maybe_uuid_column(row, 6)?,
            op_id: uuid_column(row, 7)?,
            status,
            version: row.get(9)?,
            opened_at_ms: row.get(10)?,
            mine,
            theirs,
            base,
            settled,
        })
    };
    rest().map_err(failed(DOING))
}

fn word<T: DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
    column: &'static str,
) -> Result<T, StoreError> {
    let word: String = row.get(index).map_err(failed(DOING))?;
    read(Value::String(word), column)
}

fn side<T: DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(index).map_err(failed(DOING))?;
    let side = text.map(|text| serde_json::from_str(&text).map_err(unreadable(column)));
    side.transpose()
}

fn read<T: DeserializeOwned>(value: Value, column: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(unreadable(column))
}

fn unreadable(column: &'static str) -> impl Fn(serde_json::Error) -> StoreError {
    move |error| StoreError::Unreadable {
        table: "conflict",
        column,
        cause: error.to_string(),
    }
}
