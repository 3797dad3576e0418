//! Writes what a plan asks for: one statement for each table, its rows as columns of arrays.

use std::collections::BTreeMap;

use protocol::outcome::OutcomeCode;
use protocol::{Outcome, SegmentId};
use sync::ingest::{OpRow, QuarantineRow, Writes};
use uuid::Uuid;

use super::Entry;
use super::conflicts::{self, TillNames};
use super::effects::{self, StockMove};
use crate::store::StoreError;
use crate::store::postgres::sql::{as_i64, text};
use crate::store::postgres::tx::Write;

/// Everything, in the order of recording: the log first, then what its ops did. A table that gets
/// no rows gets no statement.
pub(super) fn all<'a>(
    entry: &Entry,
    writes: &'a Writes,
    till_names: &TillNames,
) -> Result<Vec<Write<'a>>, StoreError> {
    let ops = with_versions(entry, writes);
    assert!(
        ops.last().is_none_or(|(_, rv)| *rv <= entry.rv_last),
        "every op has a version of its own"
    );
    let mut all = Vec::new();
    all.extend(log(entry, &ops));
    all.extend(variants(entry, &writes.ops));
    all.extend(heads(entry, writes));
    all.extend(quarantine(entry, writes));
    all.extend(effects_of(entry, writes, till_names)?);
    Ok(all)
}

fn with_versions<'a>(entry: &Entry, writes: &'a Writes) -> Vec<(&'a OpRow, i64)> {
    writes.ops.iter().zip(entry.rv_before + 1..).collect()
}

/// What the ops did, and what a person is to be told.
pub(super) fn effects_of<'a>(
    entry: &Entry,
    writes: &'a Writes,
    till_names: &TillNames,
) -> Result<Vec<Write<'a>>, StoreError> {
    let mut all = Vec::new();
    all.extend(conflicts::of(entry, writes, till_names)?);
    all.extend(effects::of_ops(entry, &with_versions(entry, writes))?);
    let names = names_sold(&writes.ops);
    let moves = writes.stock.iter().map(|(product, delta_milli)| StockMove {
        product: *product,
        delta_milli: *delta_milli,
        tracked: writes.tracked.contains(product),
        sold_as: names.get(product).copied(),
    });
    all.extend(effects::move_stock(entry, &Vec::from_iter(moves)));
    all.extend(counted(entry, writes));
    Ok(all)
}

/// The counts that figures rest on from now on.
fn counted<'a>(entry: &Entry, writes: &'a Writes) -> Option<Write<'a>> {
    let column = || writes.counted.values();
    (!writes.counted.is_empty()).then(|| Write {
        sql: include_str!("put_counts.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.key.branch),
            Box::new(entry.rv_last),
            Box::new(Vec::from_iter(writes.counted.keys().copied())),
            Box::new(Vec::from_iter(column().map(|count| count.op_id))),
            Box::new(Vec::from_iter(column().map(|count| count.till))),
            Box::new(Vec::from_iter(column().map(|count| as_i64(count.hlc.ms)))),
            Box::new(Vec::from_iter(
                column().map(|count| i64::from(count.hlc.counter)),
            )),
            Box::new(Vec::from_iter(column().map(|count| count.counted_milli))),
            Box::new(Vec::from_iter(column().map(|count| count.at_ms))),
        ],
    })
}

/// The name under which each product was last sold in this batch.
fn names_sold(ops: &[OpRow]) -> BTreeMap<Uuid, &str> {
    let sales = ops.iter().filter_map(|op| op.effects.sale.as_ref());
    let lines = sales.flat_map(|sale| &sale.lines);
    lines
        .map(|line| (line.product_id, line.name.as_str()))
        .collect()
}

fn bits(segment: SegmentId) -> Uuid {
    Uuid::from_bytes(segment.0)
}

fn log<'a>(entry: &Entry, ops: &[(&'a OpRow, i64)]) -> Option<Write<'a>> {
    let column = || ops.iter().map(|(op, _)| *op);
    (!ops.is_empty()).then(|| Write {
        sql: include_str!("insert_ops.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.received_at_ms),
            Box::new(Vec::from_iter(column().map(|op| bits(op.segment)))),
            Box::new(Vec::from_iter(column().map(|op| as_i64(op.seq)))),
            Box::new(Vec::from_iter(column().map(|op| op.op_id))),
            Box::new(Vec::from_iter(column().map(|op| op.dup))),
            Box::new(Vec::from_iter(column().map(|op| op.till))),
            Box::new(Vec::from_iter(column().map(|op| text(&op.kind)))),
            Box::new(Vec::from_iter(
                column().map(|op| op.chain.as_bytes().as_slice()),
            )),
            Box::new(Vec::from_iter(
                column().map(|op| op.op_hash.as_bytes().as_slice()),
            )),
            // A position that repeats a fact leaves its bytes where they were first recorded.
            Box::new(Vec::from_iter(
                column().map(|op| (!op.dup).then_some(op.bytes.as_slice())),
            )),
            Box::new(Vec::from_iter(column().map(|op| op.outcome.as_str()))),
            Box::new(Vec::from_iter(
                column().map(|op| op.code.map(OutcomeCode::as_str)),
            )),
            Box::new(Vec::from_iter(column().map(|op| op.conflict))),
            Box::new(Vec::from_iter(ops.iter().map(|(_, rv)| *rv))),
        ],
    })
}

/// Other bytes under an op id that is taken: both byte strings are kept.
fn variants<'a>(entry: &Entry, ops: &'a [OpRow]) -> Option<Write<'a>> {
    let others: Vec<&OpRow> = ops
        .iter()
        .filter(|op| op.dup && op.outcome != Outcome::Duplicate)
        .collect();
    let column = || others.iter().copied();
    (!others.is_empty()).then(|| Write {
        sql: include_str!("insert_variants.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.now_ms),
            Box::new(Vec::from_iter(column().map(|op| op.op_id))),
            Box::new(Vec::from_iter(
                column().map(|op| op.op_hash.as_bytes().as_slice()),
            )),
            Box::new(Vec::from_iter(column().map(|op| bits(op.segment)))),
            Box::new(Vec::from_iter(column().map(|op| as_i64(op.seq)))),
            Box::new(Vec::from_iter(column().map(|op| op.bytes.as_slice()))),
        ],
    })
}

fn heads<'a>(entry: &Entry, writes: &'a Writes) -> Option<Write<'a>> {
    let column = || writes.heads.values();
    let parent = || column().map(|head| head.parent.as_ref());
    (!writes.heads.is_empty()).then(|| Write {
        sql: include_str!("put_heads.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.rv_last),
            Box::new(Vec::from_iter(
                writes.heads.keys().map(|segment| bits(*segment)),
            )),
            Box::new(Vec::from_iter(column().map(|head| head.till))),
            Box::new(Vec::from_iter(column().map(|head| as_i64(head.first_seq)))),
            Box::new(Vec::from_iter(column().map(|head| as_i64(head.seq)))),
            Box::new(Vec::from_iter(
                column().map(|head| head.chain.as_bytes().as_slice()),
            )),
            Box::new(Vec::from_iter(
                parent().map(|to| to.map(|to| bits(to.segment))),
            )),
            Box::new(Vec::from_iter(
                parent().map(|to| to.map(|to| as_i64(to.seq))),
            )),
            Box::new(Vec::from_iter(
                parent().map(|to| to.map(|to| to.chain.as_bytes().as_slice())),
            )),
        ],
    })
}

fn quarantine<'a>(entry: &Entry, writes: &'a Writes) -> Vec<Write<'a>> {
    let mut both = Vec::new();
    if !writes.quarantine.is_empty() {
        both.push(put_aside(
            entry,
            &Vec::from_iter(writes.quarantine.values()),
        ));
    }
    let arrived = || writes.quarantine_emptied.iter();
    if !writes.quarantine_emptied.is_empty() {
        both.push(Write {
            sql: include_str!("settle_quarantine.sql"),
            values: vec![
                Box::new(entry.key.tenant),
                Box::new(entry.now_ms),
                Box::new(Vec::from_iter(arrived().map(|(op_id, _)| *op_id))),
                Box::new(Vec::from_iter(
                    arrived().map(|(_, hash)| hash.as_bytes().as_slice()),
                )),
            ],
        });
    }
    both
}

fn put_aside<'a>(entry: &Entry, rows: &[&'a QuarantineRow]) -> Write<'a> {
    let column = || rows.iter().copied();
    Write {
        sql: include_str!("insert_quarantine.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.key.till),
            Box::new(entry.now_ms),
            Box::new(Vec::from_iter(column().map(|row| bits(row.segment)))),
            Box::new(Vec::from_iter(column().map(|row| as_i64(row.seq)))),
            Box::new(Vec::from_iter(
                column().map(|row| row.chain.as_bytes().as_slice()),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.op_id))),
            Box::new(Vec::from_iter(
                column().map(|row| row.op_hash.as_bytes().as_slice()),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.bytes.as_slice()))),
            Box::new(Vec::from_iter(column().map(|row| row.reason.as_str()))),
        ],
    }
}
