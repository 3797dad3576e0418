//! Writes what a plan asks for.

use std::collections::BTreeMap;

use protocol::outcome::OutcomeCode;
use protocol::{Outcome, SegmentId};
use rusqlite::{Connection, params};
use sync::ingest::{OpRow, QuarantineRow, StreamHead, Writes};
use uuid::Uuid;

use super::super::sql::as_i64;
use super::effects::{EffectWriter, StockMove};
use super::{Entry, conflicts};

/// Everything, in the order of recording: the log first, then what its ops did.
pub(super) fn all(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    log(tx, entry, &writes.ops)?;
    heads(tx, entry, writes)?;
    quarantine(tx, entry, writes)?;
    effects_of(tx, entry, writes)
}

/// What the ops did, and what a person is to be told.
pub(super) fn effects_of(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    conflicts::write(tx, entry, writes)?;
    let mut effects = EffectWriter::prepare(tx, entry)?;
    for (op, rv) in writes.ops.iter().zip(entry.rv_before + 1..) {
        effects.write(op, rv)?;
    }
    let names = names_sold(&writes.ops);
    for (product, delta_milli) in &writes.stock {
        effects.move_stock(StockMove {
            product: *product,
            delta_milli: *delta_milli,
            tracked: writes.tracked.contains(product),
            sold_as: names.get(product).copied(),
        })?;
    }
    counted(tx, entry, writes)
}

/// The counts that figures rest on from now on.
fn counted(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    for (product, count) in &writes.counted {
        tx.prepare_cached(include_str!("put_count.sql"))?
            .execute(params![
                entry.key.tenant.as_bytes(),
                entry.key.branch.as_bytes(),
                product.as_bytes(),
                count.op_id.as_bytes(),
                count.till.as_bytes(),
                as_i64(count.hlc.ms),
                count.hlc.counter,
                count.counted_milli,
                count.at_ms,
                entry.rv_last,
            ])?;
    }
    Ok(())
}

/// The name under which each product was last sold in this batch.
fn names_sold(ops: &[OpRow]) -> BTreeMap<Uuid, &str> {
    let sales = ops.iter().filter_map(|op| op.effects.sale.as_ref());
    let lines = sales.flat_map(|sale| &sale.lines);
    lines
        .map(|line| (line.product_id, line.name.as_str()))
        .collect()
}

fn log(tx: &Connection, entry: &Entry, ops: &[OpRow]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(include_str!("insert_op.sql"))?;
    for (op, rv) in ops.iter().zip(entry.rv_before + 1..) {
        assert!(rv <= entry.rv_last, "every op has a version of its own");
        // A position that repeats a fact leaves its bytes where they were first recorded.
        let bytes = (!op.dup).then_some(op.bytes.as_slice());
        insert.execute(params![
            entry.key.tenant.as_bytes(),
            op.segment.as_bytes(),
            as_i64(op.seq),
            op.op_id.as_bytes(),
            op.dup,
            op.till.as_bytes(),
            op.kind,
            op.chain.as_bytes(),
            op.op_hash.as_bytes(),
            bytes,
            op.outcome.as_str(),
            op.code.map(OutcomeCode::as_str),
            op.conflict.as_ref().map(Uuid::as_bytes),
            rv,
            entry.received_at_ms,
        ])?;
        if op.dup && op.outcome != Outcome::Duplicate {
            keep_variant(tx, entry, op)?;
        }
    }
    Ok(())
}

/// Other bytes under an op id that is taken: both byte strings are kept.
fn keep_variant(tx: &Connection, entry: &Entry, op: &OpRow) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO op_variant (tenant, op_id, op_hash, segment, seq, op, received_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant, op_id, op_hash) DO NOTHING",
    )?
    .execute(params![
        entry.key.tenant.as_bytes(),
        op.op_id.as_bytes(),
        op.op_hash.as_bytes(),
        op.segment.as_bytes(),
        as_i64(op.seq),
        op.bytes,
        entry.now_ms,
    ])?;
    Ok(())
}

fn heads(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    let mut put = tx.prepare_cached(include_str!("put_head.sql"))?;
    for (segment, head) in &writes.heads {
        head_row(&mut put, entry, segment, head)?;
    }
    Ok(())
}

fn head_row(
    put: &mut rusqlite::Statement<'_>,
    entry: &Entry,
    segment: &SegmentId,
    head: &StreamHead,
) -> rusqlite::Result<()> {
    let parent = head.parent.as_ref();
    put.execute(params![
        entry.key.tenant.as_bytes(),
        segment.as_bytes(),
        head.till.as_bytes(),
        as_i64(head.first_seq),
        as_i64(head.seq),
        head.chain.as_bytes(),
        parent.map(|parent| parent.segment.as_bytes()),
        parent.map(|parent| as_i64(parent.seq)),
        parent.map(|parent| parent.chain.as_bytes()),
        entry.rv_last,
    ])?;
    Ok(())
}

fn quarantine(tx: &Connection, entry: &Entry, writes: &Writes) -> rusqlite::Result<()> {
    let tenant = entry.key.tenant.as_bytes();
    for row in writes.quarantine.values() {
        put_aside(tx, entry, row)?;
    }
    for (op_id, op_hash) in &writes.quarantine_emptied {
        tx.prepare_cached(
            "UPDATE op_quarantine SET settled_at_ms = ?4
             WHERE tenant = ?1 AND op_id = ?2 AND op_hash = ?3 AND settled_at_ms IS NULL",
        )?
        .execute(params![
            tenant,
            op_id.as_bytes(),
            op_hash.as_bytes(),
            entry.now_ms
        ])?;
    }
    Ok(())
}

fn put_aside(tx: &Connection, entry: &Entry, row: &QuarantineRow) -> rusqlite::Result<()> {
    tx.prepare_cached(include_str!("insert_quarantine.sql"))?
        .execute(params![
            entry.key.tenant.as_bytes(),
            row.segment.as_bytes(),
            as_i64(row.seq),
            row.chain.as_bytes(),
            entry.key.till.as_bytes(),
            row.op_id.as_bytes(),
            row.op_hash.as_bytes(),
            row.bytes,
            row.reason.as_str(),
            entry.now_ms,
        ])?;
    Ok(())
}
