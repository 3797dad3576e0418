//! What needs a person, as head office reads it.

use protocol::conflict::ConflictRow;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::admin::ConflictsWanted;
use crate::store::sqlite::sql::{failed, maybe_uuid_column, uuid_column};

const DOING: &str = "reading conflicts";
const COLUMNS: &str =
    "SELECT id, kind, code, entity, title, branch, op_id, status, version, opened_at_ms,
    mine, theirs, base, settled FROM conflict ";

/// Open or settled ones, the newest first.
pub(super) fn conflicts(
    snapshot: &Connection,
    tenant: Uuid,
    wanted: ConflictsWanted,
) -> Result<Vec<ConflictRow>, StoreError> {
    let query = format!(
        "{COLUMNS} WHERE tenant = :tenant AND status = :status
         AND (opened_at_ms, id) < (:at_ms, :id) ORDER BY opened_at_ms DESC, id DESC LIMIT :limit"
    );
    let (at_ms, id) = wanted.before.unwrap_or((i64::MAX, Uuid::max()));
    let mut found = snapshot.prepare_cached(&query).map_err(failed(DOING))?;
    let rows = found.query_map(
        named_params! {
            ":tenant": tenant.as_bytes(),
            ":status": if wanted.settled { "settled" } else { "open" },
            ":at_ms": at_ms,
            ":id": id.as_bytes(),
            ":limit": wanted.limit,
        },
        conflict_row,
    );
    rows.and_then(Iterator::collect).map_err(failed(DOING))
}

/// One of them.
pub(super) fn conflict(
    snapshot: &Connection,
    tenant: Uuid,
    conflict: Uuid,
) -> Result<Option<ConflictRow>, StoreError> {
    let query = format!("{COLUMNS} WHERE tenant = ?1 AND id = ?2");
    snapshot
        .prepare_cached(&query)
        .and_then(|mut found| {
            let key = params![tenant.as_bytes(), conflict.as_bytes()];
            found.query_row(key, conflict_row).optional()
        })
        .map_err(failed(DOING))
}

fn conflict_row(row: &Row<'_>) -> rusqlite::Result<ConflictRow> {
    let code: Option<String> = row.get(2)?;
    Ok(ConflictRow {
        conflict: uuid_column(row, 0)?,
        kind: word(row.get(1)?)?,
        code: code.map(word).transpose()?,
        entity: row.get(3)?,
        title: row.get(4)?,
        branch: maybe_uuid_column(row, 5)?,
        op_id: uuid_column(row, 6)?,
        status: word(row.get(7)?)?,
        version: row.get(8)?,
        opened_at_ms: row.get(9)?,
        mine: value(row, 10)?,
        theirs: value(row, 11)?,
        base: value(row, 12)?,
        settled: value(row, 13)?,
    })
}

fn word<T: DeserializeOwned>(word: String) -> rusqlite::Result<T> {
    serde_json::from_value(Value::String(word)).map_err(unreadable)
}

fn value<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| serde_json::from_str(&text).map_err(unreadable))
        .transpose()
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}
