//! When the cloud starts: dead letters that this program can read are judged, once, in the order
//! of the log.

use protocol::outcome::OutcomeCode;
use protocol::{ChainHash, SegmentId};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use sync::ingest::{self, OpRow, ParkedOp, Unparking, Writes};
use uuid::Uuid;

use super::super::sql::{counter, failed, fixed, uuid_column};
use super::super::tenancy;
use super::{Entry, apply, load, product, slow, till_key};
use crate::store::StoreError;

const DOING: &str = "judging parked ops again";

/// Goes through every tenant's dead letters. One that cannot be judged stays what it is.
pub(in crate::store::sqlite) fn all(
    connection: &mut Connection,
    cloud_epoch: Uuid,
    now_ms: i64,
) -> Result<(), StoreError> {
    for tenant in tenants(connection).map_err(failed(DOING))? {
        let mut tx = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed(DOING))?;
        unpark(&mut tx, tenant, cloud_epoch, now_ms)?;
        tx.commit().map_err(failed(DOING))?;
    }
    Ok(())
}

/// Tenants that have dead letters.
fn tenants(connection: &Connection) -> rusqlite::Result<Vec<Uuid>> {
    let mut found = connection.prepare(
        "SELECT t.tenant FROM tenant t WHERE EXISTS
         (SELECT 1 FROM op_log o WHERE o.tenant = t.tenant AND o.outcome = 'parked' AND o.dup = 0)",
    )?;
    let tenants = found.query_map([], |row| uuid_column(row, 0))?;
    tenants.collect()
}

/// One tenant's dead letters.
fn unpark(
    tx: &mut Transaction<'_>,
    tenant: Uuid,
    cloud_epoch: Uuid,
    now_ms: i64,
) -> Result<(), StoreError> {
    let letters = dead_letters(tx, tenant).map_err(failed(DOING))?;
    for (till, parked) in letters {
        let Some(credential) = tenancy::till(tx, till)? else {
            continue;
        };
        let mut entry = Entry {
            key: till_key(&credential),
            cloud_epoch,
            rv_before: clock(tx, tenant).map_err(failed(DOING))?,
            rv_last: 0,
            received_at_ms: now_ms,
            now_ms,
        };
        entry.rv_last = entry.rv_before + 1;
        one(tx, &entry, &parked)?;
    }
    Ok(())
}

fn one(tx: &mut Transaction<'_>, entry: &Entry, parked: &ParkedOp) -> Result<(), StoreError> {
    let mut state = load::state(tx, entry, &parked.needs(&entry.key))?;
    loop {
        let judged = ingest::unpark(&state, parked, &entry.key, entry.now_ms);
        let (Unparking::Judged(writes) | Unparking::Stays(writes)) = &judged;
        if writes.is_empty() {
            return Ok(());
        }
        let Some(refusal) = slow::attempt(tx, |sp| write(sp, entry, writes))? else {
            super::tell_rules(entry, writes);
            return Ok(());
        };
        let Unparking::Judged(writes) = judged else {
            return Err(failed(DOING)(refusal));
        };
        tracing::warn!(seq = parked.seq, %refusal, "a parked op cannot be applied: it stays parked");
        state
            .poisoned
            .extend(writes.ops.iter().map(|row| row.op_id));
    }
}

/// The later judgement beside the log, and what it does.
fn write(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE tenant_clock SET v = ?2 WHERE tenant = ?1")?
        .execute(params![entry.key.tenant.as_bytes(), entry.rv_last])?;
    for op in &writes.ops {
        judgement(tx, entry, op)?;
    }
    apply::effects_of(tx, entry, writes)
}

fn judgement(tx: &Connection, entry: &Entry, op: &OpRow) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO op_unparked (tenant, op_id, op_hash, outcome, code, conflict, rv, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        entry.key.tenant.as_bytes(),
        op.op_id.as_bytes(),
        op.op_hash.as_bytes(),
        op.outcome.as_str(),
        op.code.map(OutcomeCode::as_str),
        op.conflict.as_ref().map(Uuid::as_bytes),
        entry.rv_last,
        entry.now_ms,
    ])?;
    Ok(())
}

fn clock(tx: &Connection, tenant: Uuid) -> rusqlite::Result<i64> {
    tx.prepare_cached("SELECT v FROM tenant_clock WHERE tenant = ?1")?
        .query_row([tenant.as_bytes()], |row| row.get(0))
}

/// Parked ops that no upgrade has judged yet, in the order of the log, with their tills.
fn dead_letters(tx: &Connection, tenant: Uuid) -> rusqlite::Result<Vec<(Uuid, ParkedOp)>> {
    let mut found = tx.prepare_cached(include_str!("dead_letters.sql"))?;
    let letters = found.query_map([tenant.as_bytes()], |row| {
        Ok((uuid_column(row, 0)?, dead_letter(row)?))
    })?;
    letters.collect()
}

fn dead_letter(row: &Row<'_>) -> rusqlite::Result<ParkedOp> {
    let code: String = row.get(4)?;
    Ok(ParkedOp {
        segment: SegmentId(fixed(row, 1)?),
        seq: counter(row, 2)?,
        chain: ChainHash(fixed(row, 3)?),
        code: OutcomeCode::from_word(&code).ok_or_else(|| product::no_word(4, &code))?,
        bytes: row.get(5)?,
    })
}
