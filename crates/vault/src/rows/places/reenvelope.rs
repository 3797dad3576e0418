//! Putting own ops under a fresh segment: same bytes, same ids, another place.

use std::collections::BTreeMap;

use protocol::SegmentId;
use protocol::stream::Parent;
use rusqlite::{Connection, named_params};
use uuid::Uuid;

use super::notes::{Given, MovedFrom, OpHashHex, PlaceNote};
use crate::error::VaultError;
use crate::reads::{Reads, op_no, sealed::Db, uint};
use crate::tx::Tx;

/// What was put where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The fresh segment.
    pub segment: SegmentId,
    /// How many ops stand under it now.
    pub ops: u64,
}

/// A segment, and the place after which nothing of it counts any more.
struct Leaving {
    segment_no: i64,
    segment: SegmentId,
    first_seq: u64,
    last_seq: u64,
    after: u64,
}

/// Opens a fresh segment after `base` (`None`: at the till's beginning) and puts everything under it
/// that stands in `segment` beyond `after`, and everything that follows from there in later
/// segments. New ops go on behind them. `None` if there is nothing to move.
///
/// # Errors
/// The vault's own; nothing is changed then.
pub fn reenvelope(
    tx: &mut Tx<'_>,
    base: Option<Parent>,
    segment: SegmentId,
    after: u64,
) -> Result<Option<Moved>, VaultError> {
    let leaving = leaving(tx.db(), segment, after)?;
    let ops = places_of(tx, &leaving)?;
    if ops.is_empty() {
        return Ok(None);
    }
    tx.room().for_op()?;
    let first_seq = base.map_or(1, |base| base.seq + 1);
    let note = PlaceNote {
        segment: tx.mint_segment(),
        parent: base,
        first_seq,
        from: first_seq,
        prev: base.map_or_else(|| tx.identity().genesis(), |base| base.chain),
        moved: leaving
            .iter()
            .map(|one| MovedFrom {
                segment: one.segment,
                after: one.after,
            })
            .collect(),
        ops,
    };
    let moved = Moved {
        segment: note.segment,
        ops: note.ops.len() as u64,
    };
    let heads: Vec<i64> = leaving.iter().map(|one| one.segment_no).collect();
    if !cfg!(mutant = "tail_not_reenveloped") {
        tx.put_under(note.parts(), &heads)?;
    }
    Ok(Some(moved))
}

/// The segment, and those that hang on what it loses.
fn leaving(db: &Connection, segment: SegmentId, after: u64) -> Result<Vec<Leaving>, VaultError> {
    let mut found: Vec<Leaving> = Vec::new();
    let mut lost: BTreeMap<SegmentId, u64> = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT o.segment_no, o.segment, o.first_seq, o.last_seq, s.parent_segment, s.parent_seq
         FROM own_segment o JOIN segment s USING (segment_no)
         WHERE o.segment_no >= (SELECT segment_no FROM segment WHERE segment = :segment)
         ORDER BY o.segment_no",
    )?;
    let mut rows = statement.query(named_params! { ":segment": segment.as_bytes() })?;
    while let Some(row) = rows.next()? {
        let parent: Option<[u8; 16]> = row.get("parent_segment")?;
        let parent_seq: Option<i64> = row.get("parent_seq")?;
        let mut one = Leaving {
            segment_no: row.get("segment_no")?,
            segment: SegmentId(row.get("segment")?),
            first_seq: uint(row.get("first_seq")?),
            last_seq: uint(row.get("last_seq")?),
            after,
        };
        if one.segment != segment {
            let hangs_on = parent
                .map(SegmentId)
                .zip(parent_seq.map(uint))
                .and_then(|(of, seq)| {
                    let kept = lost.get(&of)?;
                    (seq > *kept).then_some(())
                });
            if hangs_on.is_none() {
                continue;
            }
            one.after = one.first_seq - 1;
        }
        lost.insert(one.segment, one.after);
        found.push(one);
    }
    Ok(found)
}

/// The ops to be put elsewhere, in order.
fn places_of(on: &impl Reads, leaving: &[Leaving]) -> Result<Vec<Given>, VaultError> {
    let mut all = Vec::new();
    for one in leaving {
        let mut statement = on
            .db()
            .prepare_cached(include_str!("../../sql/places_of_segment.sql"))?;
        let mut rows = statement.query(named_params! {
            ":segment_no": one.segment_no,
            ":low": op_no(one.first_seq.max(one.after + 1)),
            ":high": op_no(one.last_seq + 1),
        })?;
        while let Some(row) = rows.next()? {
            all.push(Given {
                op_id: Uuid::from_bytes(row.get("op_id")?),
                op_hash: OpHashHex(row.get("op_hash")?),
            });
        }
    }
    Ok(all)
}
