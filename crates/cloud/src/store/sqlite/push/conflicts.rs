//! Writes conflicts as they are from now on, and what waits for parked ops.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sync::ingest::{ConflictNow, ConflictWrite, Writes};
use uuid::Uuid;

use super::Entry;
use super::product::json;
use protocol::outcome::OutcomeCode;

/// Conflicts that open, change and end; entities that parked ops hold up, and those set free.
pub(super) fn write(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    for conflict in writes.conflicts.values() {
        let mut now = conflict.now.clone();
        name_tills(tx, entry, &mut now)?;
        if conflict.opens {
            open(tx, entry, conflict, &now)?;
        } else {
            change(tx, entry, conflict, &now)?;
        }
    }
    let tenant = entry.key.tenant.as_bytes();
    for (entity, op_id) in &writes.parked {
        tx.prepare_cached(
            "INSERT INTO parked_touch (tenant, till, entity, op_id) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, till, entity, op_id) DO NOTHING",
        )?
        .execute(params![
            tenant,
            entry.key.till.as_bytes(),
            entity,
            op_id.as_bytes()
        ])?;
    }
    for op_id in &writes.released {
        tx.prepare_cached("DELETE FROM parked_touch WHERE tenant = ?1 AND op_id = ?2")?
            .execute(params![tenant, op_id.as_bytes()])?;
    }
    Ok(())
}

fn name_tills(tx: &Connection, entry: &Entry, now: &mut ConflictNow) -> rusqlite::Result<()> {
    let mut found = tx.prepare_cached("SELECT name FROM till WHERE tenant = ?1 AND till = ?2")?;
    let mut failed = None;
    now.name_tills(entry.key.till, |till: Uuid| {
        let of = params![entry.key.tenant.as_bytes(), till.as_bytes()];
        let name = found.query_row(of, |row| row.get(0)).optional();
        name.unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    failed.map_or(Ok(()), Err)
}

fn open(
    tx: &Connection,
    entry: &Entry,
    conflict: &ConflictWrite,
    now: &ConflictNow,
) -> rusqlite::Result<()> {
    tx.prepare_cached(include_str!("open_conflict.sql"))?
        .execute(params![
            entry.key.tenant.as_bytes(),
            conflict.id.as_bytes(),
            now.kind.as_str(),
            now.code.map(OutcomeCode::as_str),
            now.entity,
            now.title,
            now.branch.as_ref().map(Uuid::as_bytes),
            now.op_id.as_bytes(),
            status(now),
            now.version,
            maybe(now.mine.as_ref())?,
            maybe(now.theirs.as_ref())?,
            maybe(now.base.as_ref())?,
            maybe(now.settled.as_ref())?,
            entry.rv_last,
            entry.now_ms,
        ])?;
    Ok(())
}

fn change(
    tx: &Connection,
    entry: &Entry,
    conflict: &ConflictWrite,
    now: &ConflictNow,
) -> rusqlite::Result<()> {
    tx.prepare_cached(include_str!("change_conflict.sql"))?
        .execute(params![
            entry.key.tenant.as_bytes(),
            conflict.id.as_bytes(),
            now.title,
            now.op_id.as_bytes(),
            status(now),
            now.version,
            maybe(now.mine.as_ref())?,
            maybe(now.theirs.as_ref())?,
            maybe(now.base.as_ref())?,
            maybe(now.settled.as_ref())?,
            entry.rv_last,
        ])?;
    Ok(())
}

const fn status(now: &ConflictNow) -> &'static str {
    if now.settled.is_some() {
        "settled"
    } else {
        "open"
    }
}

fn maybe(value: Option<&impl Serialize>) -> rusqlite::Result<Option<String>> {
    value.map(json).transpose()
}
