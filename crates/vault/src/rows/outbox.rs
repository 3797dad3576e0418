//! Which ops are not yet known to be safe elsewhere, and what became of those that are.
//!
//! The cloud's heads are the only upload cursor: what waits is a subtraction of `seq`s, never a flag
//! per op. Outcomes are kept only where a person is needed; the rest follows from the head.

use protocol::stream::{Head, Parent};
use protocol::wire::{CloudHead, OpResult};
use protocol::{ChainHash, Outcome, SegmentId, StoredOp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::VaultError;
use crate::head;
use crate::reads::{
    Reads, blob, int, op_no, scalar, sealed::Db, seq_of, uint, unreadable, uuid, uuid_maybe,
};
use crate::tx::Tx;

/// How many sales and ops are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueueSummary {
    /// Sales and refunds in the vault.
    pub sales_total: u64,
    /// Of them not yet known to be in the cloud.
    pub sales_waiting: u64,
    /// Ops in the vault.
    pub ops_total: u64,
    /// Ops not yet known to be in the cloud.
    pub ops_waiting: u64,
    /// Recorded by the cloud with an open conflict.
    pub conflicts: u64,
    /// Recorded; the command was refused.
    pub rejected: u64,
    /// Recorded; cannot be applied yet.
    pub parked: u64,
}

impl QueueSummary {
    /// Ops that a person has to look at.
    pub const fn needs_person(&self) -> u64 {
        self.conflicts + self.rejected + self.parked
    }
}

/// Where a segment begins and hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentStart {
    /// The segment.
    pub segment: SegmentId,
    /// The op before its first one.
    pub parent: Option<Parent>,
    /// The `seq` of its first op.
    pub first_seq: u64,
    /// The chain before its first op.
    pub prev: ChainHash,
}

/// An op that a person should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueItem {
    /// Its place.
    pub seq: u64,
    /// Its segment.
    pub segment: SegmentId,
    /// Its identity.
    pub op_id: Uuid,
    /// Its type with version.
    pub kind: String,
    /// The receipt number, if it is a sale or refund.
    pub number: Option<String>,
    /// UTC milliseconds.
    pub recorded_at_ms: i64,
    /// What the cloud said, if a person is needed; `None`: it only waits.
    pub outcome: Option<Outcome>,
    /// The cloud's reason as its closed word.
    pub code: Option<String>,
    /// The open conflict.
    pub conflict: Option<Uuid>,
    /// When the cloud said it.
    pub answered_at_ms: Option<i64>,
}

/// The own segments that the cloud is not known to hold whole, oldest first, each with its last op.
///
/// At most `limit` (see `protocol::limits::MAX_HELLO_HEADS`).
pub fn own_heads(on: &impl Reads, limit: u32) -> Result<Vec<Head>, VaultError> {
    let found = on
        .db()
        .prepare_cached(include_str!("../sql/own_heads.sql"))?
        .query_map(named_params! { ":limit": limit }, |row| {
            Ok(Head {
                segment: SegmentId(row.get("segment")?),
                seq: seq_of(row.get("op_no")?),
                chain: ChainHash(row.get("chain")?),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// How far the cloud said it holds a segment; `None` if it never did.
pub fn cloud_head(on: &impl Reads, segment: SegmentId) -> Result<Option<CloudHead>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT h.* FROM cloud_head h JOIN segment s USING (segment_no)
             WHERE s.segment = :segment",
        )?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            Ok(CloudHead {
                segment,
                seq: uint(row.get("seq")?),
                chain: ChainHash(row.get("chain")?),
                secured: uint(row.get("secured")?),
            })
        })
        .optional()?;
    Ok(found)
}

/// Where a segment begins, or `None` if it is not this till's.
pub fn segment_start(
    on: &impl Reads,
    segment: SegmentId,
) -> Result<Option<SegmentStart>, VaultError> {
    let db = on.db();
    let found = db
        .prepare_cached("SELECT * FROM segment WHERE segment = :segment")?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            Ok((read_parent(row)?, uint(row.get("first_seq")?)))
        })
        .optional()?;
    let Some((parent, first_seq)) = found else {
        return Ok(None);
    };
    let prev = match (&parent, super::identity::load(db)?) {
        (Some(parent), _) => parent.chain,
        (None, Some(identity)) => identity.genesis(),
        (None, None) => return Ok(None),
    };
    Ok(Some(SegmentStart {
        segment,
        parent,
        first_seq,
        prev,
    }))
}

fn read_parent(row: &Row<'_>) -> rusqlite::Result<Option<Parent>> {
    let segment: Option<[u8; 16]> = row.get("parent_segment")?;
    let Some(segment) = segment else {
        return Ok(None);
    };
    Ok(Some(Parent {
        segment: SegmentId(segment),
        seq: uint(row.get("parent_seq")?),
        chain: ChainHash(row.get("parent_chain")?),
    }))
}

/// The ops of a segment after `seq`, in order: at most `max_ops`, and no more than `max_bytes` of
/// them (but always one, if there is one).
pub fn ops_after(
    on: &impl Reads,
    segment: SegmentId,
    seq: u64,
    max_ops: u32,
    max_bytes: u64,
) -> Result<Vec<StoredOp>, VaultError> {
    let mut statement = on
        .db()
        .prepare_cached(include_str!("../sql/ops_after.sql"))?;
    let mut rows = statement.query(named_params! {
        ":segment": segment.as_bytes(),
        ":after": op_no(seq + 1),
        ":max_ops": max_ops,
    })?;
    let mut ops: Vec<StoredOp> = Vec::new();
    let mut bytes = 0_u64;
    while let Some(row) = rows.next()? {
        let op = read_op(row)?;
        bytes += op.bytes.len() as u64;
        if bytes > max_bytes && !ops.is_empty() {
            break;
        }
        ops.push(op);
    }
    Ok(ops)
}

/// One op from a row with `op.*` and its `segment`.
pub(crate) fn read_op(row: &Row<'_>) -> rusqlite::Result<StoredOp> {
    Ok(StoredOp {
        op_id: uuid(row, "op_id")?,
        segment: SegmentId(row.get("segment")?),
        seq: seq_of(row.get("op_no")?),
        prev: ChainHash(row.get("prev")?),
        chain: ChainHash(row.get("chain")?),
        bytes: row.get("bytes")?,
    })
}

/// Keeps what the cloud said of its heads. Only heads of own segments whose chain is ours are kept:
/// the rest is the engine's business (rewind, fork).
pub fn store_heads(tx: &Tx<'_>, heads: &[CloudHead]) -> Result<(), VaultError> {
    for head in heads {
        tx.db()
            .prepare_cached(include_str!("../sql/cloud_head_put.sql"))?
            .execute(named_params! {
                ":segment": head.segment.as_bytes(),
                ":seq": int(head.seq),
                ":chain": head.chain.as_bytes(),
                ":secured": int(head.secured),
                ":op_low": op_no(head.seq),
                ":op_high": op_no(head.seq + 1),
            })?;
    }
    complete_old_segments(tx.db())
}

/// The cloud is another one or was restored (a new epoch): nothing it said before counts.
pub fn forget_heads(tx: &Tx<'_>) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached("DELETE FROM cloud_head")?
        .execute([])?;
    tx.db().prepare_cached("DELETE FROM outcome")?.execute([])?;
    Ok(())
}

/// A segment that has ended and is held to its end needs no more looking at.
fn complete_old_segments(db: &Connection) -> Result<(), VaultError> {
    db.prepare_cached(
        "UPDATE cloud_head SET complete = 1
         WHERE complete = 0 AND seq = (
           SELECT s.last_seq FROM segment s WHERE s.segment_no = cloud_head.segment_no)",
    )?
    .execute([])?;
    Ok(())
}

/// Keeps the cloud's verdicts on ops of one segment; a later verdict replaces an earlier one, an
/// acceptance settles it. A duplicate is what it was at first: that answer may have got lost.
pub fn store_outcomes(
    tx: &Tx<'_>,
    segment: SegmentId,
    results: &[OpResult],
) -> Result<(), VaultError> {
    for result in results {
        match result.outcome.first(result.code) {
            Outcome::Accepted | Outcome::Duplicate => settle(tx, segment, result)?,
            Outcome::Conflict | Outcome::Rejected | Outcome::Parked => keep(tx, segment, result)?,
        }
    }
    Ok(())
}

fn settle(tx: &Tx<'_>, segment: SegmentId, result: &OpResult) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached(
            "DELETE FROM outcome WHERE op_no IN (
               SELECT o.op_no FROM op o JOIN segment s USING (segment_no)
               WHERE o.op_no >= :low AND o.op_no < :high AND s.segment = :segment)",
        )?
        .execute(named_params! {
            ":low": op_no(result.seq), ":high": op_no(result.seq + 1),
            ":segment": segment.as_bytes(),
        })?;
    Ok(())
}

fn keep(tx: &Tx<'_>, segment: SegmentId, result: &OpResult) -> Result<(), VaultError> {
    tx.db()
        .prepare_cached(include_str!("../sql/outcome_put.sql"))?
        .execute(named_params! {
            ":low": op_no(result.seq),
            ":high": op_no(result.seq + 1),
            ":segment": segment.as_bytes(),
            ":outcome": result.outcome.first(result.code).as_str(),
            ":code": result.code.map(protocol::outcome::OutcomeCode::as_str),
            ":conflict": result.conflict.as_ref().map(blob),
            ":now": tx.now_ms(),
        })?;
    Ok(())
}

/// How many sales and ops are where: arithmetic over the open segments, no scan of ops.
pub fn summary(on: &impl Reads) -> Result<QueueSummary, VaultError> {
    let db = on.db();
    let Some(head) = head::load(db)? else {
        return Ok(QueueSummary::default());
    };
    let (ops_waiting, sales_waiting): (i64, i64) = db
        .prepare_cached(include_str!("../sql/queue_waiting.sql"))?
        .query_row([], |row| Ok((row.get("ops")?, row.get("sales")?)))?;
    let of = |outcome: Outcome| -> Result<u64, VaultError> {
        let sql = "SELECT count(*) FROM outcome WHERE outcome = ?1";
        Ok(uint(scalar(db, sql, [outcome.as_str()])?))
    };
    Ok(QueueSummary {
        sales_total: head.sales + head.refunds,
        sales_waiting: uint(sales_waiting),
        ops_total: head.ops,
        ops_waiting: uint(ops_waiting),
        conflicts: of(Outcome::Conflict)?,
        rejected: of(Outcome::Rejected)?,
        parked: of(Outcome::Parked)?,
    })
}

/// Ops that need a person, oldest first.
pub fn needing_person(on: &impl Reads, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    items(
        on,
        "JOIN outcome c ON c.op_no = o.op_no ORDER BY o.op_no LIMIT :limit",
        limit,
    )
}

/// Ops that the cloud is not known to hold, oldest first.
pub fn waiting(on: &impl Reads, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    items(on, include_str!("../sql/waiting_where.sql"), limit)
}

fn items(on: &impl Reads, rest: &str, limit: u32) -> Result<Vec<QueueItem>, VaultError> {
    let select = include_str!("../sql/queue_item_select.sql");
    let found = on
        .db()
        .prepare_cached(&format!("{select} {rest}"))?
        .query_map(named_params! { ":limit": limit.min(1_000) }, read_item)?
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

/// Hands every op of one type to `each`, in cashier order; what cannot be read is left out.
///
/// For what `shop.db` must get back when it was made anew.
pub fn each_of_kind(
    on: &impl Reads,
    kind: &str,
    mut each: impl FnMut(protocol::Envelope),
) -> Result<(), VaultError> {
    let mut statement = on
        .db()
        .prepare_cached("SELECT bytes FROM op WHERE type = :kind ORDER BY op_no")?;
    let mut rows = statement.query(named_params! { ":kind": kind })?;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get("bytes")?;
        if let Ok(envelope) = protocol::Envelope::read(&bytes) {
            each(envelope);
        }
    }
    Ok(())
}
