//! Single ops of the queue, as a person looks at them.

use protocol::{Outcome, SegmentId};
use rusqlite::{Row, named_params};

use super::QueueItem;
use crate::error::VaultError;
use crate::reads::{Reads, scalar, seq_of, unreadable, uuid, uuid_maybe};

/// Ops listed at once.
const MOST: u32 = 1_000;

/// Ops that need a person: the newest of them, oldest first.
pub fn needing_person(on: &impl Reads, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    let rest = "JOIN outcome c ON c.op_no = o.op_no ORDER BY o.op_no DESC LIMIT :limit";
    let mut newest = items(on, rest, limit)?;
    newest.reverse();
    Ok(newest)
}

/// Ops that the cloud is not known to hold, oldest first.
pub fn waiting(on: &impl Reads, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    items(on, include_str!("../../sql/waiting_where.sql"), limit)
}

/// The `seq` up to which the cloud is known to hold every op of this till.
pub fn held_up_to(on: &impl Reads) -> Result<u64, VaultError> {
    if let Some(first) = waiting(on, 1)?.first() {
        return Ok(first.seq.saturating_sub(1));
    }
    let last = scalar(on.db(), "SELECT coalesce(max(op_no), 0) FROM op", [])?;
    Ok(seq_of(last))
}

fn items(on: &impl Reads, rest: &str, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    let select = include_str!("../../sql/queue_item_select.sql");
    let found = on
        .db()
        .prepare_cached(&format!("{select} {rest}"))?
        .query_map(named_params! { ":limit": limit.min(MOST) }, read_item)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn read_item(row: &Row<'_>) -> rusqlite::Result<QueueItem> {
    let outcome: Option<String> = row.get("outcome")?;
    let outcome = outcome
        .map(|word| Outcome::from_word(&word).ok_or_else(|| unreadable("outcome", &word)))
        .transpose()?;
    Ok(QueueItem {
        seq: seq_of(row.get("op_no")?),
        segment: SegmentId(row.get("segment")?),
        op_id: uuid(row, "op_id")?,
        kind: row.get("type")?,
        number: row.get("number")?,
        recorded_at_ms: row.get("recorded_at_ms")?,
        outcome,
        code: row.get("code")?,
        conflict: uuid_maybe(row, "conflict")?,
        answered_at_ms: row.get("answered_at_ms")?,
    })
}
