//! Putting a recovered op into the vault with all its rows, as recorded and not told.

use protocol::hlc::Hlc;
use protocol::stream::Parent;
use protocol::{ChainHash, Envelope, OpBody, SegmentId, StoredOp};
use rusqlite::{Connection, OptionalExtension, named_params};
use uuid::Uuid;

use crate::error::VaultError;
use crate::head::Head;
use crate::reads::{blob, int, op_no, scalar, seq_of, uint};
use crate::record::{self, Placed};
use crate::rows::print_jobs::{self, JobKind};
use crate::rows::{cart, sales};

/// What became of one op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// The vault has exactly it.
    Known,
    /// It is in now.
    Inserted,
    /// The vault has something else under the same place, op id or sale id: both are kept, this
    /// one where it came from.
    Differs,
}

/// Inserts recovered ops; the head follows the highest `seq`.
pub(crate) struct Restoring<'a> {
    db: &'a Connection,
    pub(crate) head: Head,
    now_ms: i64,
    pub(crate) inserted: u64,
}

struct Slot {
    op_no: i64,
    segment: SegmentId,
    chain: ChainHash,
}

impl<'a> Restoring<'a> {
    pub(crate) fn new(db: &'a Connection, head: Head, now_ms: i64) -> Self {
        Self {
            db,
            head,
            now_ms,
            inserted: 0,
        }
    }

    /// Whether the vault has an op with this `seq` at all.
    pub(crate) fn has_seq(&self, seq: u64) -> Result<bool, VaultError> {
        Ok(!self.slots(seq)?.is_empty())
    }

    /// Puts one op in, if it is not.
    pub(crate) fn put(&mut self, op: &StoredOp) -> Result<Put, VaultError> {
        let slots = self.slots(op.seq)?;
        if let Some(same) = slots.iter().find(|slot| slot.segment == op.segment) {
            return Ok(if same.chain == op.chain {
                Put::Known
            } else {
                Put::Differs
            });
        }
        let envelope = Envelope::read(&op.bytes).ok();
        let body = envelope.as_ref().map(|envelope| &envelope.body);
        if !op.links() || self.ids_taken(op, body)? {
            return Ok(Put::Differs);
        }
        let placed = self.place(op, body, &slots, envelope.as_ref())?;
        record::insert(self.db, &placed, op, body)?;
        self.after_insert(placed.op_no, body)?;
        self.inserted += 1;
        Ok(Put::Inserted)
    }

    fn slots(&self, seq: u64) -> Result<Vec<Slot>, VaultError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT o.op_no, o.chain, s.segment FROM op o JOIN segment s USING (segment_no)
                 WHERE o.op_no >= :low AND o.op_no < :high ORDER BY o.op_no",
            )?
            .query_map(
                named_params! { ":low": op_no(seq), ":high": op_no(seq + 1) },
                |row| {
                    Ok(Slot {
                        op_no: row.get("op_no")?,
                        segment: SegmentId(row.get("segment")?),
                        chain: ChainHash(row.get("chain")?),
                    })
                },
            )?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    fn ids_taken(&self, op: &StoredOp, body: Option<&OpBody>) -> Result<bool, VaultError> {
        let sql = "SELECT count(*) FROM op WHERE op_id = ?1";
        let ops: i64 = scalar(self.db, sql, [blob(&op.op_id)])?;
        let sales: i64 = match sale_id_of(body) {
            Some(id) => scalar(
                self.db,
                "SELECT count(*) FROM sale WHERE sale_id = ?1",
                [blob(&id)],
            )?,
            None => 0,
        };
        Ok(ops + sales > 0)
    }

    fn place(
        &mut self,
        op: &StoredOp,
        body: Option<&OpBody>,
        slots: &[Slot],
        envelope: Option<&Envelope>,
    ) -> Result<Placed, VaultError> {
        let segment_no = self.segment_no(op)?;
        let before = self.sales_before(op, segment_no)?;
        let counted = self.head.sales_in_segment;
        self.head.count(body);
        let sales_in_segment = before + (self.head.sales_in_segment - counted);
        if op.seq > self.head.seq {
            self.head.seq = op.seq;
            self.head.chain = op.chain;
            self.head.segment = Some((segment_no, op.segment));
            self.head.sales_in_segment = sales_in_segment;
        } else {
            self.head.sales_in_segment = counted;
        }
        let hlc = envelope.map_or(Hlc::default(), |envelope| envelope.hlc);
        self.head.hlc = self.head.hlc.max(hlc);
        Ok(Placed {
            op_no: slots.last().map_or(op_no(op.seq), |slot| slot.op_no + 1),
            segment_no,
            sales_in_segment,
            at_ms: envelope.map_or(0, |envelope| envelope.wall_ms),
        })
    }

    fn segment_no(&self, op: &StoredOp) -> Result<i64, VaultError> {
        if let Some((no, segment)) = self.head.segment
            && segment == op.segment
        {
            return Ok(no);
        }
        let known: Option<i64> = self
            .db
            .prepare_cached("SELECT segment_no FROM segment WHERE segment = :segment")?
            .query_row(named_params! { ":segment": op.segment.as_bytes() }, |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(no) = known {
            return Ok(no);
        }
        let parent = self.parent_of(op)?;
        record::insert_segment(self.db, op.segment, parent.as_ref(), op.seq)
    }

    /// The op whose chain this one continues; if that is lost, the last one known before it.
    fn parent_of(&self, op: &StoredOp) -> Result<Option<Parent>, VaultError> {
        let near = op_no(op.seq.saturating_sub(1));
        let exact = "WHERE o.op_no >= :near AND o.op_no < :here AND o.chain = :prev";
        let last = "WHERE o.op_no < :here AND coalesce(:near, :prev) IS NOT NULL ORDER BY o.op_no DESC LIMIT 1";
        for rest in [exact, last] {
            let sql = format!(
                "SELECT s.segment, o.op_no, o.chain
                 FROM op o JOIN segment s USING (segment_no) {rest}"
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
                            seq: seq_of(row.get("op_no")?),
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

    fn sales_before(&self, op: &StoredOp, segment_no: i64) -> Result<u64, VaultError> {
        if self.head.segment.is_some_and(|(no, _)| no == segment_no) && op.seq > self.head.seq {
            return Ok(self.head.sales_in_segment);
        }
        let before: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT sales_in_segment FROM op WHERE segment_no = :no AND op_no < :here
                 ORDER BY op_no DESC LIMIT 1",
            )?
            .query_row(
                named_params! { ":no": segment_no, ":here": op_no(op.seq) },
                |row| row.get(0),
            )
            .optional()?;
        Ok(uint(before.unwrap_or(0)))
    }

    /// Nobody knows whether it was printed or seen; its cart is paid.
    fn after_insert(&self, op_no: i64, body: Option<&OpBody>) -> Result<(), VaultError> {
        sales::milestone(self.db, op_no, self.now_ms, "recovered")?;
        let Some(sale_id) = sale_id_of(body) else {
            return Ok(());
        };
        cart::clear_in(self.db, sale_id)?;
        // The job's id is the sale's: the same recovery twice makes one job.
        print_jobs::insert(self.db, sale_id, JobKind::Receipt, Some(op_no), self.now_ms)?;
        self.db
            .prepare_cached(
                "UPDATE print_job SET state = 'unconfirmed',
                   trouble = 'recovered: look whether the customer has the receipt'
                 WHERE job_id = :job_id",
            )?
            .execute(named_params! { ":job_id": blob(&sale_id) })?;
        Ok(())
    }

    /// Segments other than the last have ended where their ops end.
    pub(crate) fn end_segments(&self) -> Result<(), VaultError> {
        let current = self.head.segment.map(|(no, _)| no);
        self.db
            .prepare_cached(include_str!("../sql/segments_end.sql"))?
            .execute(named_params! { ":current": current, ":head_seq": int(self.head.seq) })?;
        Ok(())
    }
}

fn sale_id_of(body: Option<&OpBody>) -> Option<Uuid> {
    match body? {
        OpBody::SaleRecordedV1(sale) => Some(sale.sale_id),
        OpBody::RefundRecordedV1(refund) => Some(refund.refund_id),
        OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}
