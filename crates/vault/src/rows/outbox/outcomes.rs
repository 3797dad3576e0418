//! What the cloud said of single ops, kept only where a person or an upgrade has still to settle it.
//!
//! Promises: what nobody has to look at is not kept, and what was settled since can be let go. Never decides that
//! something is settled: the cloud's rows say so.

use protocol::outcome::OutcomeCode;
use protocol::wire::OpResult;
use protocol::{Outcome, SegmentId};
use rusqlite::named_params;
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db, uuid, uuid_maybe};
use crate::rows::places;
use crate::tx::Tx;

/// What the cloud said of one op and a person has not settled as far as this till knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The op.
    pub op_id: Uuid,
    /// The conflict that was opened, if it was named.
    pub conflict: Option<Uuid>,
    /// Whether it needs nobody, whatever the cloud's rows say: kept by an older program.
    pub needs_nobody: bool,
}

/// Keeps the cloud's verdicts on ops of one segment; a later verdict replaces an earlier one, an
/// acceptance settles it. A duplicate is what it was at first: that answer may have got lost.
pub fn store_outcomes(
    tx: &Tx<'_>,
    segment: SegmentId,
    results: &[OpResult],
) -> Result<(), VaultError> {
    for result in results {
        for op_no in places::ops_at(tx.db(), segment, result.seq)? {
            if result.code.is_some_and(needs_nobody) {
                settle(tx, op_no)?;
                continue;
            }
            match result.outcome.first(result.code) {
                Outcome::Accepted | Outcome::Duplicate => settle(tx, op_no)?,
                Outcome::Conflict | Outcome::Rejected | Outcome::Parked => keep(tx, op_no, result)?,
            }
        }
    }
    Ok(())
}

/// Every op whose verdict is still kept.
pub fn unsettled(on: &impl Reads) -> Result<Vec<Unsettled>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT o.op_id, c.conflict, c.code FROM outcome c JOIN op o USING (op_no) ORDER BY op_no",
        )?
        .query_map([], |row| {
            let code: Option<String> = row.get("code")?;
            let code = code.as_deref().and_then(OutcomeCode::from_word);
            Ok(Unsettled {
                op_id: uuid(row, "op_id")?,
                conflict: uuid_maybe(row, "conflict")?,
                needs_nobody: code.is_some_and(needs_nobody),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Lets the verdict on an op go: it is settled.
pub fn settle_op(tx: &Tx<'_>, op_id: Uuid) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached(
            "DELETE FROM outcome WHERE op_no IN (SELECT op_no FROM op WHERE op_id = :op_id)",
        )?
        .execute(named_params! { ":op_id": blob(&op_id) })?;
    Ok(())
}

/// A decision that came second, or on an older version: it changed nothing, and the conflict says the rest.
const fn needs_nobody(code: OutcomeCode) -> bool {
    matches!(
        code,
        OutcomeCode::AlreadyResolved | OutcomeCode::ConflictChanged
    )
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
            ":code": result.code.map(OutcomeCode::as_str),
            ":conflict": result.conflict.as_ref().map(blob),
            ":now": tx.now_ms(),
        })?;
    Ok(())
}
