//! Filling a journal with what the vault has and it has not.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use journal::{Entry, Journal, OpenJournal};
use protocol::StoredOp;
use rusqlite::{Connection, named_params};

use crate::error::VaultError;
use crate::paths::Paths;
use crate::reads::op_no;
use crate::rows::outbox;

/// Ops appended to the journal with one flush.
const BATCH: usize = 500;

/// Appends the vault's ops after `last` to the journal; returns how many.
pub(super) fn append_rest(
    db: &Connection,
    journal: &mut Journal,
    last: u64,
) -> Result<u64, VaultError> {
    append_if(db, journal, last, |_| true)
}

/// Appends the vault's ops that the journal has nowhere; returns how many. Reads the journal once
/// more and keeps the chain of each of its ops meanwhile: rare enough.
pub(super) fn append_lacking(
    db: &Connection,
    journal: &mut Journal,
    open: &OpenJournal,
    paths: &Paths,
) -> Result<u64, VaultError> {
    let mut held = BTreeSet::new();
    journal::read_in(paths.disk.as_ref(), &open.path, &open.key, |entry, _| {
        if let Entry::Op(op) = entry {
            held.insert(*op.chain.as_bytes());
        }
        ControlFlow::Continue(())
    })?;
    append_if(db, journal, 0, |op| !held.contains(op.chain.as_bytes()))
}

fn append_if(
    db: &Connection,
    journal: &mut Journal,
    last: u64,
    lacks: impl Fn(&StoredOp) -> bool,
) -> Result<u64, VaultError> {
    let mut batch = Vec::new();
    let mut count = 0;
    for_each_op(db, last, |op| {
        if !lacks(&op) {
            return Ok(());
        }
        batch.push(op);
        count += 1;
        if batch.len() >= BATCH {
            journal.append(&std::mem::take(&mut batch))?;
        }
        Ok(())
    })?;
    journal.append(&batch)?;
    Ok(count)
}

/// Every op after `last`, in cashier order.
pub(super) fn for_each_op(
    db: &Connection,
    last: u64,
    mut each: impl FnMut(StoredOp) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let mut statement = db.prepare_cached(
        "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no)
         WHERE o.op_no >= :from ORDER BY o.op_no",
    )?;
    let mut rows = statement.query(named_params! { ":from": op_no(last + 1) })?;
    while let Some(row) = rows.next()? {
        each(outbox::read_op(row)?)?;
    }
    Ok(())
}
