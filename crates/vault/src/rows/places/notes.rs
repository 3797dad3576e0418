//! Later places as the journal keeps them: a note that an older program passes over and from which
//! the rows are made again.
//!
//! The note names ops by id and hash alone; the bytes lie where they were recorded first. Whatever
//! puts ops under a segment, now or at a rebuild, does it by applying such a note, so that both
//! come to the same rows.

use protocol::stream::Parent;
use protocol::{ChainHash, OpHash, SegmentId, chain};
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{blob, int, op_no, scalar, seq_of, uint};
use crate::record;

/// How the notes' names begin.
pub(crate) const NOTE: &str = "places/";
/// Ops in one note: well under the journal's limit for an entry.
const MOST_OPS: usize = 4_000;

/// Ops put under a segment, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaceNote {
    pub(crate) segment: SegmentId,
    pub(crate) parent: Option<Parent>,
    pub(crate) first_seq: u64,
    /// The place of the first op named here.
    pub(crate) from: u64,
    /// The chain before it.
    pub(crate) prev: ChainHash,
    pub(crate) ops: Vec<Given>,
    /// Segments of which nothing beyond a place counts any more.
    pub(crate) moved: Vec<MovedFrom>,
}

/// One op at a later place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) op_id: Uuid,
    pub(crate) op_hash: OpHashHex,
}

/// The hash of the bytes at that place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct OpHashHex(#[serde(with = "hex::serde")] pub(crate) [u8; 32]);

/// A segment that was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MovedFrom {
    pub(crate) segment: SegmentId,
    pub(crate) after: u64,
}

/// Where the places of a note end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied {
    pub(crate) segment_no: i64,
    pub(crate) seq: u64,
    pub(crate) chain: ChainHash,
    pub(crate) sales_in_segment: u64,
    /// Places made now; the rest was there.
    pub(crate) placed: u64,
}

impl PlaceNote {
    /// The note's name in the journal.
    pub(crate) fn name(&self) -> String {
        format!("{NOTE}{}/{}", self.segment, self.from)
    }

    /// Reads a note; `None` if the name is another kind's or the text is not what this program
    /// writes.
    pub(crate) fn read(name: &str, json: &str) -> Option<Self> {
        name.starts_with(NOTE)
            .then(|| serde_json::from_str(json).ok())
            .flatten()
    }

    /// The note's text.
    pub(crate) fn json(&self) -> Result<String, VaultError> {
        serde_json::to_string(self).map_err(|error| VaultError::Unreadable {
            what: "a note of places".into(),
            why: error.to_string(),
        })
    }

    /// Cuts a long note into some that the journal takes, each going on where the one before ends.
    pub(crate) fn parts(self) -> Vec<Self> {
        let (mut from, mut prev) = (self.from, self.prev);
        let mut parts = Vec::new();
        for ops in self.ops.chunks(MOST_OPS) {
            let part = Self {
                segment: self.segment,
                parent: self.parent,
                first_seq: self.first_seq,
                from,
                prev,
                ops: ops.to_vec(),
                moved: Vec::new(),
            };
            prev = part.last_chain();
            from += ops.len() as u64;
            parts.push(part);
        }
        if let Some(last) = parts.last_mut() {
            last.moved = self.moved;
        }
        parts
    }

    /// The chain after the last op.
    pub(crate) fn last_chain(&self) -> ChainHash {
        let mut chain = self.prev;
        for (seq, given) in (self.from..).zip(&self.ops) {
            chain = chain::link(&chain, &self.segment, seq, &OpHash(given.op_hash.0));
        }
        chain
    }

    /// The last place.
    pub(crate) fn last_seq(&self) -> u64 {
        self.from + self.ops.len() as u64 - 1
    }

    /// Whether every op it names is in the vault.
    pub(crate) fn is_complete(&self, db: &Connection) -> Result<bool, VaultError> {
        for given in &self.ops {
            if op_no_of(db, given.op_id)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the rows. An op that is lost leaves its place empty; a place that is taken stays.
    pub(crate) fn apply(&self, db: &Connection) -> Result<Applied, VaultError> {
        let segment_no = self.segment_row(db)?;
        let mut applied = Applied {
            segment_no,
            seq: self.last_seq(),
            chain: self.prev,
            sales_in_segment: sales_before(db, segment_no, self.first_seq, self.from)?,
            placed: 0,
        };
        for (seq, given) in (self.from..).zip(&self.ops) {
            let prev = applied.chain;
            let hash = OpHash(given.op_hash.0);
            applied.chain = chain::link(&prev, &self.segment, seq, &hash);
            let Some(op_no) = op_no_of(db, given.op_id)? else {
                continue;
            };
            let sql = "SELECT count(*) FROM sale WHERE op_no = ?1";
            applied.sales_in_segment += uint(scalar(db, sql, [op_no])?);
            if super::chain_in(db, self.segment, seq)?.is_some() {
                continue;
            }
            let row = PlaceRow {
                segment_no,
                seq,
                op_no,
                prev,
                chain: applied.chain,
                op_hash: hash,
                bytes: None,
                sales_in_segment: applied.sales_in_segment,
            };
            insert(db, &row)?;
            applied.placed += 1;
        }
        for moved in &self.moved {
            leave(db, moved)?;
        }
        Ok(applied)
    }

    fn segment_row(&self, db: &Connection) -> Result<i64, VaultError> {
        let known: Option<i64> = db
            .prepare_cached("SELECT segment_no FROM segment WHERE segment = :segment")?
            .query_row(
                named_params! { ":segment": self.segment.as_bytes() },
                |row| row.get(0),
            )
            .optional()?;
        match known {
            Some(no) => Ok(no),
            None => record::insert_segment(db, self.segment, self.parent.as_ref(), self.first_seq),
        }
    }
}

/// What the vault's own rows say, as notes: for a journal that lacks them.
pub(crate) fn all(db: &Connection) -> Result<Vec<PlaceNote>, VaultError> {
    let mut moved = Vec::new();
    let mut statement = db.prepare_cached(
        "SELECT segment, moved_after FROM segment WHERE moved_after IS NOT NULL ORDER BY segment_no",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        moved.push(MovedFrom {
            segment: SegmentId(row.get("segment")?),
            after: uint(row.get("moved_after")?),
        });
    }
    let mut notes: Vec<PlaceNote> = Vec::new();
    let mut statement = db.prepare_cached(include_str!("../../sql/places_all.sql"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let segment = SegmentId(row.get("segment")?);
        let seq = seq_of(row.get("place_no")?);
        let given = Given {
            op_id: Uuid::from_bytes(row.get("op_id")?),
            op_hash: OpHashHex(row.get("op_hash")?),
        };
        match notes.last_mut() {
            Some(note) if note.segment == segment && note.last_seq() + 1 == seq => {
                note.ops.push(given);
            }
            _ => notes.push(PlaceNote {
                segment,
                parent: record::parent_of(db, row.get("segment_no")?)?,
                first_seq: uint(row.get("first_seq")?),
                from: seq,
                prev: ChainHash(row.get("prev")?),
                ops: vec![given],
                moved: Vec::new(),
            }),
        }
    }
    let with_moved = |note: PlaceNote| PlaceNote {
        moved: moved.clone(),
        ..note
    };
    Ok(notes
        .into_iter()
        .flat_map(PlaceNote::parts)
        .map(with_moved)
        .collect())
}

/// How many later places the vault holds.
pub(crate) fn count(db: &Connection) -> Result<u64, VaultError> {
    Ok(uint(scalar(db, "SELECT count(*) FROM op_place", [])?))
}

/// One row of `op_place`.
pub(crate) struct PlaceRow<'a> {
    pub(crate) segment_no: i64,
    pub(crate) seq: u64,
    pub(crate) op_no: i64,
    pub(crate) prev: ChainHash,
    pub(crate) chain: ChainHash,
    pub(crate) op_hash: OpHash,
    pub(crate) bytes: Option<&'a [u8]>,
    pub(crate) sales_in_segment: u64,
}

/// Adds a later place.
pub(crate) fn insert(db: &Connection, row: &PlaceRow<'_>) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("../../sql/place_insert.sql"))?
        .execute(named_params! {
            ":low": op_no(row.seq),
            ":high": op_no(row.seq + 1),
            ":segment_no": row.segment_no,
            ":op_no": row.op_no,
            ":prev": row.prev.as_bytes(),
            ":chain": row.chain.as_bytes(),
            ":op_hash": row.op_hash.as_bytes(),
            ":bytes": row.bytes,
            ":sales_in_segment": int(row.sales_in_segment),
        })?;
    Ok(())
}

/// Sales and refunds of a segment before a place.
pub(crate) fn sales_before(
    db: &Connection,
    segment_no: i64,
    first_seq: u64,
    seq: u64,
) -> Result<u64, VaultError> {
    let before: Option<i64> = db
        .prepare_cached(
            "SELECT sales_in_segment FROM place
             WHERE segment_no = :no AND place_no >= :first AND place_no < :here
             ORDER BY place_no DESC LIMIT 1",
        )?
        .query_row(
            named_params! { ":no": segment_no, ":first": op_no(first_seq), ":here": op_no(seq) },
            |row| row.get(0),
        )
        .optional()?;
    Ok(uint(before.unwrap_or(0)))
}

/// Nothing of the segment beyond the place counts any more.
fn leave(db: &Connection, moved: &MovedFrom) -> Result<(), VaultError> {
    let found: Option<(i64, u64)> = db
        .prepare_cached("SELECT segment_no, first_seq FROM segment WHERE segment = :segment")?
        .query_row(
            named_params! { ":segment": moved.segment.as_bytes() },
            |row| Ok((row.get(0)?, uint(row.get(1)?))),
        )
        .optional()?;
    let Some((segment_no, first_seq)) = found else {
        return Ok(());
    };
    let sales = sales_before(db, segment_no, first_seq, moved.after + 1)?;
    db.prepare_cached(
        "UPDATE segment SET moved_after = :after, moved_sales = :sales
         WHERE segment_no = :no AND (moved_after IS NULL OR moved_after > :after)",
    )?
    .execute(
        named_params! { ":no": segment_no, ":after": int(moved.after), ":sales": int(sales) },
    )?;
    Ok(())
}

pub(crate) fn op_no_of(db: &Connection, op_id: Uuid) -> Result<Option<i64>, VaultError> {
    let found = db
        .prepare_cached("SELECT op_no FROM op WHERE op_id = :op_id")?
        .query_row(named_params! { ":op_id": blob(&op_id) }, |row| row.get(0))
        .optional()?;
    Ok(found)
}
