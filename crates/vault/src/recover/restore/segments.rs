//! The segments that recovered ops belong to: where they begin, what they hang on, where they end.

use protocol::stream::Parent;
use protocol::{ChainHash, SegmentId, StoredOp};
use rusqlite::{OptionalExtension, named_params};

use super::Restoring;
use crate::error::VaultError;
use crate::reads::{int, op_no, seq_of, uint};
use crate::record;
use crate::rows::places::notes;

/// A segment as its row says.
pub(super) struct SegmentRow {
    pub(super) segment_no: i64,
    pub(super) first_seq: u64,
}

impl Restoring<'_> {
    pub(super) fn segment_row(&mut self, op: &StoredOp) -> Result<SegmentRow, VaultError> {
        if let Some(known) = self.known_segment(op.segment)? {
            return Ok(known);
        }
        // Ops were put under it before it got any of its own.
        self.make_places(false)?;
        if let Some(known) = self.known_segment(op.segment)? {
            return Ok(known);
        }
        let parent = self.parent_of(op)?;
        let segment_no = record::insert_segment(self.db, op.segment, parent.as_ref(), op.seq)?;
        Ok(SegmentRow {
            segment_no,
            first_seq: op.seq,
        })
    }

    fn known_segment(&self, segment: SegmentId) -> Result<Option<SegmentRow>, VaultError> {
        let known = self
            .db
            .prepare_cached("SELECT segment_no, first_seq FROM segment WHERE segment = :segment")?
            .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
                Ok(SegmentRow {
                    segment_no: row.get(0)?,
                    first_seq: uint(row.get(1)?),
                })
            })
            .optional()?;
        Ok(known)
    }

    /// The op whose chain this one continues; if that is lost, the last one known before it.
    fn parent_of(&self, op: &StoredOp) -> Result<Option<Parent>, VaultError> {
        let near = op_no(op.seq.saturating_sub(1));
        let exact = "WHERE p.place_no >= :near AND p.place_no < :here AND p.chain = :prev";
        let last = "WHERE p.place_no < :here AND coalesce(:near, :prev) IS NOT NULL
                    ORDER BY p.place_no DESC LIMIT 1";
        for rest in [exact, last] {
            let sql = format!(
                "SELECT s.segment, p.place_no, p.chain
                 FROM place p JOIN segment s ON s.segment_no = p.segment_no {rest}"
            );
            let found = self
                .db
                .prepare_cached(&sql)?
                .query_row(
                    named_params! {
                        ":near": near, ":here": op_no(op.seq), ":prev": op.prev.as_bytes(),
                    },
                    |row| {
                        Ok(Parent {
                            segment: SegmentId(row.get("segment")?),
                            seq: seq_of(row.get("place_no")?),
                            chain: ChainHash(row.get("chain")?),
                        })
                    },
                )
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    pub(super) fn sales_before(&self, op: &StoredOp, row: &SegmentRow) -> Result<u64, VaultError> {
        let on_top = self
            .head
            .segment
            .is_some_and(|(no, _)| no == row.segment_no);
        if on_top && op.seq > self.head.seq {
            return Ok(self.head.sales_in_segment);
        }
        notes::sales_before(self.db, row.segment_no, row.first_seq, op.seq)
    }

    /// The segments that grew end where they end now.
    pub(crate) fn end_grown(&self) -> Result<(), VaultError> {
        let current = self.head.segment.map(|(no, _)| no);
        for (segment_no, (seq, sales)) in &self.grown {
            self.db
                .prepare_cached(
                    "UPDATE segment SET last_seq = :seq, sales = :sales
                     WHERE segment_no = :no AND first_seq <= :seq
                       AND (last_seq IS NOT NULL OR :no IS NOT :current)
                       AND (last_seq IS NULL OR last_seq < :seq)",
                )?
                .execute(named_params! {
                    ":no": segment_no, ":seq": int(*seq), ":sales": int(*sales),
                    ":current": current,
                })?;
        }
        Ok(())
    }

    /// Segments other than the last have ended where their ops end.
    pub(crate) fn end_segments(&self) -> Result<(), VaultError> {
        let current = self.head.segment.map(|(no, _)| no);
        self.db
            .prepare_cached(include_str!("../../sql/segments_end.sql"))?
            .execute(named_params! { ":current": current, ":head_seq": int(self.head.seq) })?;
        Ok(())
    }
}
