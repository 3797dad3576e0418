//! What happened to a sale after it was recorded: the later steps of its time line.
//!
//! Promises that a step, once there, stays, and that saying it twice is fine.

use rusqlite::{Connection, named_params};
use uuid::Uuid;

use super::op_no_of;
use crate::error::VaultError;
use crate::reads::Reads;

/// A step on a sale's time line after it was recorded: `told`, `printed`, `copy_printed`,
/// `print_dropped`, `recovered`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// What happened.
    pub what: String,
    /// UTC milliseconds.
    pub at_ms: i64,
}

pub(crate) fn milestone(
    db: &Connection,
    op_no: i64,
    at_ms: i64,
    what: &str,
) -> Result<(), VaultError> {
    db.prepare_cached(
        "INSERT INTO milestone (op_no, at_ms, what) VALUES (:op_no, :at_ms, :what)
         ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! { ":op_no": op_no, ":at_ms": at_ms, ":what": what })?;
    Ok(())
}

/// What happened to a sale after it was recorded, in order.
pub fn milestones(on: &impl Reads, sale_id: Uuid) -> Result<Vec<Milestone>, VaultError> {
    let op_no = op_no_of(on.db(), sale_id)?;
    let found = on
        .db()
        .prepare_cached("SELECT what, at_ms FROM milestone WHERE op_no = :op_no ORDER BY at_ms")?
        .query_map(named_params! { ":op_no": op_no }, |row| {
            Ok(Milestone {
                what: row.get("what")?,
                at_ms: row.get("at_ms")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
