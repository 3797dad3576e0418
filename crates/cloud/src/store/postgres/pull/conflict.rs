//! What needs a person in a branch, and how it ended.

use protocol::conflict::ConflictRow;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;

use super::super::sql::{counter, failed, get, unreadable};
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, Place};

const CONFLICT: u8 = 1;

pub(super) async fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, id) = part.bound(CONFLICT);
    let found = part
        .tx
        .query(
            include_str!("conflicts.sql"),
            &[
                &part.reach.tenant,
                &part.reach.branch,
                &rv,
                &id,
                &part.limit,
            ],
        )
        .await;
    let rows = found.map_err(failed(DOING))?;
    rows.iter().map(candidate).collect()
}

fn candidate(row: &Row) -> Result<Candidate, StoreError> {
    let conflict = conflict(row)?;
    let place = Place {
        rv: counter(row, "rv")?,
        rank: CONFLICT,
        key: conflict.conflict.as_bytes().to_vec(),
    };
    let id = ("conflict", conflict.conflict.to_string());
    Candidate::of(place, id, Some(&conflict))
}

pub(in crate::store::postgres) fn conflict(row: &Row) -> Result<ConflictRow, StoreError> {
    let version = counter(row, "version")?;
    Ok(ConflictRow {
        conflict: get(row, "id")?,
        kind: word(row, "kind")?,
        code: maybe_word(row, "code")?,
        entity: get(row, "entity")?,
        title: get(row, "title")?,
        branch: get(row, "branch")?,
        op_id: get(row, "op_id")?,
        status: word(row, "status")?,
        version: u32::try_from(version)
            .map_err(|_| unreadable("version", format!("{version} is too high")))?,
        opened_at_ms: get(row, "opened_at_ms")?,
        mine: side(row, "mine")?,
        theirs: side(row, "theirs")?,
        base: side(row, "base")?,
        settled: side(row, "settled")?,
    })
}

fn word<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let word = Value::String(get(row, column)?);
    serde_json::from_value(word).map_err(|error| unreadable(column, error.to_string()))
}

fn maybe_word<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let word: Option<&str> = get(row, column)?;
    word.map(|_| self::word(row, column)).transpose()
}

fn side<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = get(row, column)?;
    let side = text.map(serde_json::from_str).transpose();
    side.map_err(|error| unreadable(column, error.to_string()))
}
