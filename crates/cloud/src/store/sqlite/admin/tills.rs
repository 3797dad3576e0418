//! Tills as head office watches them.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::store::admin::{Lag, Put, TillRow, TillSeen};
use crate::store::sqlite::sql::{as_i64, counter, failed, fixed, uuid_column};
use crate::store::{Reach, StoreError};

pub(super) fn tills(snapshot: &Connection, reach: Reach) -> Result<Vec<TillRow>, StoreError> {
    let doing = "reading tills";
    let mut found = snapshot
        .prepare_cached(include_str!("tills.sql"))
        .map_err(failed(doing))?;
    let branch = reach.branch.map_or(Value::Null, |branch| {
        Value::Blob(branch.as_bytes().to_vec())
    });
    let rows = found.query_map(params![reach.tenant.as_bytes(), branch], till_row);
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

fn till_row(row: &Row<'_>) -> rusqlite::Result<TillRow> {
    let head_chain = match row.get_ref(11)?.as_blob_or_null()? {
        None => None,
        Some(_) => Some(hex::encode(fixed::<32>(row, 11)?)),
    };
    Ok(TillRow {
        till: uuid_column(row, 0)?,
        name: row.get(1)?,
        branch: uuid_column(row, 2)?,
        branch_name: row.get(3)?,
        enrolled_at_ms: row.get(4)?,
        revoked_at_ms: row.get(5)?,
        seen_at_ms: row.get(6)?,
        app: row.get(7)?,
        backlog: maybe_counter(row, 8)?,
        proof_ok: row.get(9)?,
        head_seq: maybe_counter(row, 10)?,
        head_chain,
    })
}

fn maybe_counter(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<u64>> {
    let value: Option<i64> = row.get(index)?;
    value.map(|_| counter(row, index)).transpose()
}

pub(super) fn seen(tx: &Connection, seen: &TillSeen) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO till_contact (tenant, till, seen_at_ms, app, backlog, proof_ok)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (tenant, till) DO UPDATE SET seen_at_ms = excluded.seen_at_ms,
             app = excluded.app, backlog = excluded.backlog, proof_ok = excluded.proof_ok",
    )
    .and_then(|mut put| {
        put.execute(params![
            seen.tenant.as_bytes(),
            seen.till.as_bytes(),
            seen.now_ms,
            seen.app,
            seen.backlog.map(as_i64),
            seen.proof_ok
        ])
    })
    .map_err(failed("keeping a till's last word"))?;
    Ok(())
}

pub(super) fn app(
    snapshot: &Connection,
    tenant: Uuid,
    till: Uuid,
) -> Result<Option<String>, StoreError> {
    snapshot
        .prepare_cached("SELECT app FROM till_contact WHERE tenant = ?1 AND till = ?2")
        .and_then(|mut found| {
            found
                .query_row(params![tenant.as_bytes(), till.as_bytes()], |row| {
                    row.get(0)
                })
                .optional()
        })
        .map_err(failed("reading a till's program version"))
}

pub(super) fn lags(snapshot: &Connection) -> Result<Vec<Lag>, StoreError> {
    let doing = "reading how far tills are behind";
    let mut found = snapshot
        .prepare_cached(
            "SELECT till, seen_at_ms, backlog FROM till_contact JOIN till USING (tenant, till)
             WHERE revoked_at_ms IS NULL",
        )
        .map_err(failed(doing))?;
    let rows = found.query_map([], |row| {
        Ok(Lag {
            till: uuid_column(row, 0)?,
            seen_at_ms: row.get(1)?,
            backlog: maybe_counter(row, 2)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

pub(super) fn revoke(
    tx: &Connection,
    tenant: Uuid,
    till: Uuid,
    now_ms: i64,
) -> Result<Option<Put>, StoreError> {
    let doing = "revoking a till";
    let known: Option<bool> = tx
        .query_row(
            "SELECT revoked_at_ms IS NOT NULL FROM till WHERE tenant = ?1 AND till = ?2
             AND NOT EXISTS (SELECT 1 FROM head_office AS o
                             WHERE o.tenant = till.tenant AND o.till = till.till)",
            params![tenant.as_bytes(), till.as_bytes()],
            |row| row.get(0),
        )
        .optional()
        .map_err(failed(doing))?;
    match known {
        None => return Ok(None),
        Some(true) => return Ok(Some(Put::Same)),
        Some(false) => {}
    }
    tx.execute(
        "UPDATE till SET revoked_at_ms = ?3 WHERE tenant = ?1 AND till = ?2",
        params![tenant.as_bytes(), till.as_bytes(), now_ms],
    )
    .map_err(failed(doing))?;
    Ok(Some(Put::Changed))
}
