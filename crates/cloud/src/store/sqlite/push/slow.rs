//! The slow path: op by op, each with a savepoint of its own, to find which one cannot be applied.

use std::collections::BTreeSet;

use rusqlite::{Connection, ErrorCode, Savepoint, Transaction};
use sync::ingest::{OpRow, Writes};
use uuid::Uuid;

use super::super::sql::failed;
use super::Entry;
use super::effects::{EffectWriter, StockMove};
use crate::store::StoreError;

/// Runs `act` on a savepoint. `Some` is why the rows themselves were refused, and then nothing of
/// `act` remains; any other failure (disk full, I/O) is not the rows' fault and ends the push.
pub(super) fn attempt(
    tx: &mut Transaction<'_>,
    act: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Option<rusqlite::Error>, StoreError> {
    let savepoint = tx.savepoint().map_err(failed("beginning to apply"))?;
    attempt_on(savepoint, act)
}

fn attempt_on(
    savepoint: Savepoint<'_>,
    act: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Option<rusqlite::Error>, StoreError> {
    let doing = "applying ops";
    match act(&savepoint) {
        Ok(()) => {
            savepoint.commit().map_err(failed(doing))?;
            Ok(None)
        }
        // Dropping the savepoint takes everything back.
        Err(error) if of_the_rows(&error) => Ok(Some(error)),
        Err(error) => Err(failed(doing)(error)),
    }
}

/// Which ops of a plan cannot be applied even alone, tried in their order. Leaves no trace.
pub(super) fn find_poison(
    tx: &mut Transaction<'_>,
    entry: &Entry,
    writes: &Writes,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let doing = "looking for the op that cannot be applied";
    let mut trial = tx.savepoint().map_err(failed(doing))?;
    let mut poison = BTreeSet::new();
    for (op, rv) in writes.ops.iter().zip(entry.rv_before + 1..) {
        let alone = trial.savepoint().map_err(failed(doing))?;
        if let Some(refusal) = attempt_on(alone, |sp| one(sp, entry, op, rv))? {
            tracing::warn!(op_id = %op.op_id, seq = op.seq, %refusal, "an op cannot be applied: it is parked");
            poison.insert(op.op_id);
        }
    }
    trial.rollback().map_err(failed(doing))?;
    Ok(poison)
}

/// One op with its own share of the stock.
fn one(tx: &Connection, entry: &Entry, op: &OpRow, rv: i64) -> rusqlite::Result<()> {
    let mut effects = EffectWriter::prepare(tx, entry)?;
    effects.write(op, rv)?;
    for movement in &op.effects.stock {
        effects.move_stock(StockMove {
            product: movement.product_id,
            delta_milli: movement.delta_milli,
            tracked: false,
            sold_as: None,
        })?;
    }
    Ok(())
}

/// Whether it was the rows that the database refused, and not the disk or the lock.
fn of_the_rows(error: &rusqlite::Error) -> bool {
    let refused = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
    );
    refused || overflows(error) || matches!(error, rusqlite::Error::ToSqlConversionFailure(_))
}

/// The smallest number there is has no `abs()`: the CHECK that asks for it raises an error of the
/// general sort, and only its words say that it is about a value.
fn overflows(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(_, Some(words)) if words == "integer overflow")
}
