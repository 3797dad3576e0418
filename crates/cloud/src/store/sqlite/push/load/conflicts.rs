//! Conflicts, open and settled, and what waits for parked ops.

use std::collections::{BTreeMap, BTreeSet};

use protocol::SegmentId;
use protocol::outcome::OutcomeCode;
use rusqlite::types::Type;
use rusqlite::{Connection, Params, Row, params};
use serde::de::DeserializeOwned;
use sync::ingest::{ConflictKind, ConflictNow, TillKey};
use uuid::Uuid;

use super::super::super::sql::{maybe_uuid_column, uuid_column};

const COLUMNS: &str = "SELECT id, kind, code, entity, title, branch, op_id, version,
                              mine, theirs, base, settled FROM conflict";

type Conflicts = BTreeMap<Uuid, ConflictNow>;

/// Conflicts by their ids.
pub(super) fn by_id(
    tx: &Connection,
    key: &TillKey,
    ids: &BTreeSet<Uuid>,
    into: &mut Conflicts,
) -> rusqlite::Result<()> {
    let query = format!("{COLUMNS} WHERE tenant = ?1 AND id = ?2");
    for id in ids {
        take(
            tx,
            &query,
            params![key.tenant.as_bytes(), id.as_bytes()],
            into,
        )?;
    }
    Ok(())
}

/// Open conflicts about the stock of these products in the till's branch.
pub(super) fn about_stock(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
    into: &mut Conflicts,
) -> rusqlite::Result<()> {
    let query = format!("{COLUMNS} WHERE tenant = ?1 AND entity = ?2 AND status = 'open'");
    for product in products {
        let entity = format!("stock:{}/{product}", key.branch);
        take(tx, &query, params![key.tenant.as_bytes(), entity], into)?;
    }
    Ok(())
}

/// What is told of forks and holes of these segments.
pub(super) fn about_segments(
    tx: &Connection,
    key: &TillKey,
    segments: &BTreeSet<SegmentId>,
    into: &mut Conflicts,
) -> rusqlite::Result<()> {
    let query = format!("{COLUMNS} WHERE tenant = ?1 AND entity = ?2");
    for segment in segments {
        let entity = format!("segment:{segment}");
        take(tx, &query, params![key.tenant.as_bytes(), entity], into)?;
    }
    Ok(())
}

fn take(
    tx: &Connection,
    query: &str,
    of: impl Params,
    into: &mut Conflicts,
) -> rusqlite::Result<()> {
    let mut found = tx.prepare_cached(query)?;
    for row in found.query_map(of, |row| Ok((uuid_column(row, 0)?, conflict(row)?)))? {
        let (id, conflict) = row?;
        into.insert(id, conflict);
    }
    Ok(())
}

fn conflict(row: &Row<'_>) -> rusqlite::Result<ConflictNow> {
    let kind: String = row.get(1)?;
    let code: Option<String> = row.get(2)?;
    Ok(ConflictNow {
        kind: ConflictKind::from_word(&kind).ok_or_else(|| unreadable(1, kind.into()))?,
        code: code.as_deref().and_then(OutcomeCode::from_word),
        entity: row.get(3)?,
        title: row.get(4)?,
        branch: maybe_uuid_column(row, 5)?,
        op_id: uuid_column(row, 6)?,
        version: row.get(7)?,
        mine: json(row, 8)?,
        theirs: json(row, 9)?,
        base: json(row, 10)?,
        settled: json(row, 11)?,
    })
}

fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    let value = text.map(|text| serde_json::from_str(&text)).transpose();
    value.map_err(|error| unreadable(index, error.into()))
}

fn unreadable(index: usize, cause: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, cause)
}

/// Parked ops of the till that touch these entities. There are nearly never any: one question
/// spares a thousand.
pub(super) fn waiting(
    tx: &Connection,
    key: &TillKey,
    entities: &BTreeSet<String>,
) -> rusqlite::Result<BTreeMap<String, BTreeSet<Uuid>>> {
    let mut waiting: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    let of_till = params![key.tenant.as_bytes(), key.till.as_bytes()];
    if entities.is_empty()
        || !tx
            .prepare_cached("SELECT 1 FROM parked_touch WHERE tenant = ?1 AND till = ?2 LIMIT 1")?
            .exists(of_till)?
    {
        return Ok(waiting);
    }
    let mut found = tx.prepare_cached(
        "SELECT op_id FROM parked_touch WHERE tenant = ?1 AND till = ?2 AND entity = ?3",
    )?;
    for entity in entities {
        let of = params![key.tenant.as_bytes(), key.till.as_bytes(), entity];
        for op_id in found.query_map(of, |row| uuid_column(row, 0))? {
            waiting.entry(entity.clone()).or_default().insert(op_id?);
        }
    }
    Ok(waiting)
}
