//! What the cloud said of single ops, kept only where a person or an upgrade has still to settle it.

use protocol::wire::OpResult;
use protocol::{Outcome, SegmentId};
use rusqlite::named_params;

use crate::error::VaultError;
use crate::reads::{blob, sealed::Db};
use crate::rows::places;
use crate::tx::Tx;

/// Keeps the cloud's verdicts on ops of one segment; a later verdict replaces an earlier one, an
/// acceptance settles it. A duplicate is what it was at first: that answer may have got lost.
pub fn store_outcomes(
    tx: &Tx<'_>,
    segment: SegmentId,
    results: &[OpResult],
) -> Result<(), VaultError> {
    for result in results {
        for op_no in places::ops_at(tx.db(), segment, result.seq)? {
            match result.outcome.first(result.code) {
                Outcome::Accepted | Outcome::Duplicate => settle(tx, op_no)?,
                Outcome::Conflict | Outcome::Rejected | Outcome::Parked => keep(tx, op_no, result)?,
            }
        }
    }
    Ok(())
}

fn settle(tx: &Tx<'_>, op_no: i64) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached("DELETE FROM outcome WHERE op_no = :op_no")?
        .execute(named_params! { ":op_no": op_no })?;
    Ok(())
}

fn keep(tx: &Tx<'_>, op_no: i64, result: &OpResult) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached(include_str!("../../sql/outcome_put.sql"))?
        .execute(named_params! {
            ":op_no": op_no,
            ":outcome": result.outcome.first(result.code).as_str(),
            ":code": result.code.map(protocol::outcome::OutcomeCode::as_str),
            ":conflict": result.conflict.as_ref().map(blob),
            ":now": tx.now_ms(),
        })?;
    Ok(())
}
