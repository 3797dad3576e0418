//! Where ops stand in the till's streams: first places, later places, and whose segments are not
//! this vault's.
//!
//! A fact never changes; its place may, after a fork or beyond numbers that were lost. Promises that
//! an op keeps its bytes and its id whatever place it takes, and that nothing is ever left without
//! one.

pub(crate) mod notes;
mod recovered;
mod reenvelope;
pub(crate) mod strangers;

use protocol::stream::Parent;
use protocol::{ChainHash, SegmentId};
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::VaultError;
use crate::reads::{Reads, op_no, seq_of, uint};

pub(crate) use notes::PlaceNote;
pub use recovered::{Recovered, recover};
pub use reenvelope::{Moved, reenvelope};
pub use strangers::{any_stranger, are_strangers, mark_strangers};

/// A segment of this vault and the part of it that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Within {
    pub(crate) segment_no: i64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
}

/// One place of one op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The segment.
    pub segment: SegmentId,
    /// The place in it.
    pub seq: u64,
    /// The chain after it.
    pub chain: ChainHash,
    /// When the op was recorded, UTC milliseconds.
    pub recorded_at_ms: i64,
}

/// The part of a segment that counts; `None` if it is not this till's or nothing of it counts.
pub(crate) fn within(db: &Connection, segment: SegmentId) -> Result<Option<Within>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT segment_no, first_seq, last_seq FROM own_segment WHERE segment = :segment",
        )?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            Ok(Within {
                segment_no: row.get("segment_no")?,
                first_seq: uint(row.get("first_seq")?),
                last_seq: uint(row.get("last_seq")?),
            })
        })
        .optional()?;
    Ok(found)
}

/// The last place of a segment that holds an op: lost numbers may end it early.
pub(crate) fn last_within(
    db: &Connection,
    within: &Within,
) -> Result<Option<(u64, ChainHash)>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT place_no, chain FROM place
             WHERE segment_no = :segment_no AND place_no >= :low AND place_no < :high
             ORDER BY place_no DESC LIMIT 1",
        )?
        .query_row(
            named_params! {
                ":segment_no": within.segment_no,
                ":low": op_no(within.first_seq),
                ":high": op_no(within.last_seq + 1),
            },
            |row| Ok((seq_of(row.get("place_no")?), ChainHash(row.get("chain")?))),
        )
        .optional()?;
    Ok(found)
}

/// The ops that stand or stood at a place: one, or none.
pub(crate) fn ops_at(
    db: &Connection,
    segment: SegmentId,
    seq: u64,
) -> Result<Vec<i64>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT p.op_no FROM place p JOIN segment s ON s.segment_no = p.segment_no
             WHERE p.place_no >= :low AND p.place_no < :high AND s.segment = :segment",
        )?
        .query_map(
            named_params! {
                ":low": op_no(seq), ":high": op_no(seq + 1), ":segment": segment.as_bytes(),
            },
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The chain that this vault holds at a place, whether or not the place still counts.
pub fn chain_at(
    on: &impl Reads,
    segment: SegmentId,
    seq: u64,
) -> Result<Option<ChainHash>, VaultError> {
    chain_in(on.db(), segment, seq)
}

pub(crate) fn chain_in(
    db: &Connection,
    segment: SegmentId,
    seq: u64,
) -> Result<Option<ChainHash>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT p.chain FROM place p JOIN segment s ON s.segment_no = p.segment_no
             WHERE p.place_no >= :low AND p.place_no < :high AND s.segment = :segment",
        )?
        .query_row(
            named_params! {
                ":low": op_no(seq), ":high": op_no(seq + 1), ":segment": segment.as_bytes(),
            },
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.map(ChainHash))
}

/// The last place of a segment before or at a `seq` that this vault holds; `None` if it holds none.
pub fn last_in(on: &impl Reads, segment: SegmentId, seq: u64) -> Result<Option<u64>, VaultError> {
    let found = on
        .db()
        .prepare_cached("SELECT segment_no, first_seq FROM segment WHERE segment = :segment")?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            Ok(Within {
                segment_no: row.get("segment_no")?,
                first_seq: uint(row.get("first_seq")?),
                last_seq: seq,
            })
        })
        .optional()?;
    let Some(within) = found else {
        return Ok(None);
    };
    Ok(last_within(on.db(), &within)?.map(|(last, _)| last))
}

/// Every place with this `seq`, in all segments: one, or one per history.
pub fn at_seq(on: &impl Reads, seq: u64) -> Result<Vec<Placed>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT s.segment, p.chain, o.recorded_at_ms
             FROM place p
             JOIN segment s ON s.segment_no = p.segment_no
             JOIN op o ON o.op_no = p.op_no
             WHERE p.place_no >= :low AND p.place_no < :high ORDER BY p.place_no",
        )?
        .query_map(
            named_params! { ":low": op_no(seq), ":high": op_no(seq + 1) },
            |row| {
                Ok(Placed {
                    segment: SegmentId(row.get("segment")?),
                    seq,
                    chain: ChainHash(row.get("chain")?),
                    recorded_at_ms: row.get("recorded_at_ms")?,
                })
            },
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The places that follow a chain directly: what this vault holds after it.
pub fn after_chain(on: &impl Reads, prev: &ChainHash, seq: u64) -> Result<Vec<Placed>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT s.segment, p.chain, o.recorded_at_ms
             FROM place p
             JOIN segment s ON s.segment_no = p.segment_no
             JOIN op o ON o.op_no = p.op_no
             WHERE p.place_no >= :low AND p.place_no < :high AND p.prev = :prev",
        )?
        .query_map(
            named_params! {
                ":low": op_no(seq), ":high": op_no(seq + 1), ":prev": prev.as_bytes(),
            },
            |row| {
                Ok(Placed {
                    segment: SegmentId(row.get("segment")?),
                    seq,
                    chain: ChainHash(row.get("chain")?),
                    recorded_at_ms: row.get("recorded_at_ms")?,
                })
            },
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Whether a place of an own segment was given up for a later one.
pub fn was_moved(on: &impl Reads, segment: SegmentId, seq: u64) -> Result<bool, VaultError> {
    Ok(moved_after(on, segment)?.is_some_and(|after| after < seq))
}

/// The last place of a segment that still counts, if what lies beyond it was put elsewhere.
pub(crate) fn moved_after(on: &impl Reads, segment: SegmentId) -> Result<Option<u64>, VaultError> {
    let after: Option<Option<i64>> = on
        .db()
        .prepare_cached("SELECT moved_after FROM segment WHERE segment = :segment")?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(after.flatten().map(uint))
}

/// The newest place that still counts before a `seq`: what a stretch behind lost numbers hangs on.
pub fn last_before(on: &impl Reads, seq: u64) -> Result<Option<Parent>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT s.segment, p.place_no, p.chain
             FROM place p
             JOIN own_segment s ON s.segment_no = p.segment_no
             WHERE p.place_no < :here AND p.place_no < (s.last_seq + 1) * 256
             ORDER BY p.place_no DESC LIMIT 1",
        )?
        .query_row(named_params! { ":here": op_no(seq) }, |row| {
            Ok(Parent {
                segment: SegmentId(row.get("segment")?),
                seq: seq_of(row.get("place_no")?),
                chain: ChainHash(row.get("chain")?),
            })
        })
        .optional()?;
    Ok(found)
}
