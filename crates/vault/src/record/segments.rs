//! Rows of segments, and the keys that ops take in them.

use protocol::stream::Parent;
use protocol::{ChainHash, SegmentId};
use rusqlite::{Connection, named_params};

use crate::error::VaultError;
use crate::reads::{int, op_no, scalar, uint};

/// The next free key for an op at a `seq`: the first, unless two histories hold it.
pub(crate) fn free_op_no(db: &Connection, seq: u64) -> Result<i64, VaultError> {
    let low = op_no(seq);
    let taken: Option<i64> = scalar(
        db,
        "SELECT max(op_no) FROM op WHERE op_no >= ?1 AND op_no < ?2",
        [low, op_no(seq + 1)],
    )?;
    Ok(taken.map_or(low, |taken| taken + 1))
}

/// What a segment hangs on, as its row says.
pub(crate) fn parent_of(db: &Connection, segment_no: i64) -> Result<Option<Parent>, VaultError> {
    let parent = db
        .prepare_cached(
            "SELECT parent_segment, parent_seq, parent_chain FROM segment WHERE segment_no = ?1",
        )?
        .query_row([segment_no], |row| {
            let segment: Option<[u8; 16]> = row.get("parent_segment")?;
            let Some(segment) = segment else {
                return Ok(None);
            };
            Ok(Some(Parent {
                segment: SegmentId(segment),
                seq: uint(row.get("parent_seq")?),
                chain: ChainHash(row.get("parent_chain")?),
            }))
        })?;
    Ok(parent)
}

/// A segment's beginning; returns its number.
pub(crate) fn insert_segment(
    db: &Connection,
    segment: SegmentId,
    parent: Option<&Parent>,
    first_seq: u64,
) -> Result<i64, VaultError> {
    db.prepare_cached(
        "INSERT INTO segment (segment, parent_segment, parent_seq, parent_chain, first_seq)
         VALUES (:segment, :parent_segment, :parent_seq, :parent_chain, :first_seq)",
    )?
    .execute(named_params! {
        ":segment": segment.as_bytes(),
        ":parent_segment": parent.map(|p| p.segment.as_bytes()),
        ":parent_seq": parent.map(|p| int(p.seq)),
        ":parent_chain": parent.map(|p| p.chain.as_bytes()),
        ":first_seq": int(first_seq),
    })?;
    Ok(db.last_insert_rowid())
}

/// Adds a segment's end, once the next one begins.
pub(crate) fn end_segment(
    db: &Connection,
    segment_no: i64,
    last_seq: u64,
    sales: u64,
) -> Result<(), VaultError> {
    db.prepare_cached(
        "UPDATE segment SET last_seq = :last_seq, sales = :sales
         WHERE segment_no = :segment_no AND last_seq IS NULL AND first_seq <= :last_seq",
    )?
    .execute(named_params! {
        ":segment_no": segment_no, ":last_seq": int(last_seq), ":sales": int(sales),
    })?;
    Ok(())
}
