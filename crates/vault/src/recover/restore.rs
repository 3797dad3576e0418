//! Putting a recovered op into the vault with all its rows, as recorded and not told.

mod segments;

use std::collections::BTreeMap;

use protocol::hlc::Hlc;
use protocol::{Envelope, OpBody, StoredOp};
use rusqlite::{Connection, named_params};
use uuid::Uuid;

use crate::error::VaultError;
use crate::head::Head;
use crate::reads::{blob, op_no, scalar, uint};
use crate::record::{self, Placed};
use crate::rows::places::{self, PlaceNote, notes};
use crate::rows::print_jobs::{self, JobKind};
use crate::rows::{cart, sales};

/// What became of one op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// The vault has exactly it.
    Known,
    /// It is in now.
    Inserted,
    /// The op is here under another place; it has this one besides.
    Placed,
    /// The vault has something else under the same place or op id: both are kept, this one where it
    /// came from.
    Differs,
}

/// Where the ops that are put in come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The other medium of this till: nobody knows whether the sale was told.
    Medium,
    /// The cloud: it was told long ago.
    Cloud,
}

/// Inserts recovered ops; the head follows the highest `seq`.
pub(crate) struct Restoring<'a> {
    db: &'a Connection,
    source: Source,
    pub(crate) head: Head,
    now_ms: i64,
    pub(crate) inserted: u64,
    /// Notes of later places that wait for their ops.
    waiting: Vec<PlaceNote>,
    /// Later places made for ops of the cloud, for the journal.
    pub(crate) placed: Vec<PlaceNote>,
    /// Last place and sales of each segment that grew.
    grown: BTreeMap<i64, (u64, u64)>,
}

impl<'a> Restoring<'a> {
    pub(crate) fn new(db: &'a Connection, head: Head, now_ms: i64) -> Self {
        Self {
            db,
            source: Source::Medium,
            head,
            now_ms,
            inserted: 0,
            waiting: Vec::new(),
            placed: Vec::new(),
            grown: BTreeMap::new(),
        }
    }

    /// For ops that the cloud gives back.
    pub(crate) fn from_cloud(db: &'a Connection, head: Head, now_ms: i64) -> Self {
        Self {
            source: Source::Cloud,
            ..Self::new(db, head, now_ms)
        }
    }

    /// Whether the vault has an op with this `seq` at all.
    pub(crate) fn has_seq(&self, seq: u64) -> Result<bool, VaultError> {
        let sql = "SELECT count(*) FROM op WHERE op_no >= ?1 AND op_no < ?2";
        let found: i64 = scalar(self.db, sql, [op_no(seq), op_no(seq + 1)])?;
        Ok(found > 0)
    }

    /// Takes a note of later places; they are made once all their ops are in.
    pub(crate) fn note(&mut self, name: &str, json: &str) {
        self.waiting.extend(PlaceNote::read(name, json));
    }

    /// Whether a note of later places was read.
    pub(crate) fn notes_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Makes the places that can be made; all of them at the end, whatever is lost.
    pub(crate) fn make_places(&mut self, whatever_is_lost: bool) -> Result<u64, VaultError> {
        let mut made = 0;
        for note in std::mem::take(&mut self.waiting) {
            if !whatever_is_lost && !note.is_complete(self.db)? {
                self.waiting.push(note);
                continue;
            }
            let end = note.apply(self.db)?;
            made += end.placed;
            let stood_there = note.moved.iter().any(|moved| {
                let head = self.head.segment.map(|(_, segment)| segment);
                head == Some(moved.segment) && self.head.seq > moved.after
            });
            if end.placed > 0 && (stood_there || end.seq > self.head.seq) {
                self.head.seq = end.seq;
                self.head.chain = end.chain;
                self.head.segment = Some((end.segment_no, note.segment));
                self.head.sales_in_segment = end.sales_in_segment;
            }
        }
        Ok(made)
    }

    /// Puts one op in, if it is not.
    pub(crate) fn put(&mut self, op: &StoredOp) -> Result<Put, VaultError> {
        if let Some(chain) = places::chain_in(self.db, op.segment, op.seq)? {
            return Ok(if chain == op.chain {
                Put::Known
            } else {
                Put::Differs
            });
        }
        if !op.links() {
            return Ok(Put::Differs);
        }
        let envelope = Envelope::read(&op.bytes).ok();
        let body = envelope.as_ref().map(|envelope| &envelope.body);
        if let Some(op_no) = notes::op_no_of(self.db, op.op_id)? {
            return match self.source {
                Source::Medium => Ok(Put::Differs),
                Source::Cloud => self.place_again(op, op_no),
            };
        }
        // Another op holds the sale already: the fact is kept, and counts for nothing here.
        let counts = !self.sale_is_held(body)?;
        let placed = self.place(op, body.filter(|_| counts), envelope.as_ref())?;
        record::insert(self.db, &placed, op, body, counts)?;
        self.after_insert(placed.op_no, body.filter(|_| counts))?;
        self.inserted += 1;
        Ok(Put::Inserted)
    }

    /// The op is here; it stands at another place too. Other bytes under its id are kept beside.
    fn place_again(&mut self, op: &StoredOp, op_no: i64) -> Result<Put, VaultError> {
        let row = self.segment_row(op)?;
        let known: [u8; 32] = scalar(self.db, "SELECT op_hash FROM op WHERE op_no = ?1", [op_no])?;
        let hash = op.op_hash();
        let before = notes::sales_before(self.db, row.segment_no, row.first_seq, op.seq)?;
        let sql = "SELECT count(*) FROM sale WHERE op_no = ?1";
        let sales_in_segment = before + uint(scalar(self.db, sql, [op_no])?);
        let other = (known != *hash.as_bytes()).then_some(op.bytes.as_slice());
        notes::insert(
            self.db,
            &notes::PlaceRow {
                segment_no: row.segment_no,
                seq: op.seq,
                op_no,
                prev: op.prev,
                chain: op.chain,
                op_hash: hash,
                bytes: other,
                sales_in_segment,
            },
        )?;
        self.follow(op, row.segment_no, sales_in_segment);
        self.placed.push(PlaceNote {
            segment: op.segment,
            parent: record::parent_of(self.db, row.segment_no)?,
            first_seq: row.first_seq,
            from: op.seq,
            prev: op.prev,
            ops: vec![notes::Given {
                op_id: op.op_id,
                op_hash: notes::OpHashHex(*hash.as_bytes()),
            }],
            moved: Vec::new(),
        });
        Ok(Put::Placed)
    }

    fn sale_is_held(&self, body: Option<&OpBody>) -> Result<bool, VaultError> {
        let Some(id) = sale_id_of(body) else {
            return Ok(false);
        };
        let sql = "SELECT count(*) FROM sale WHERE sale_id = ?1";
        let sales: i64 = scalar(self.db, sql, [blob(&id)])?;
        Ok(sales > 0)
    }

    fn place(
        &mut self,
        op: &StoredOp,
        body: Option<&OpBody>,
        envelope: Option<&Envelope>,
    ) -> Result<Placed, VaultError> {
        let row = self.segment_row(op)?;
        let before = self.sales_before(op, &row)?;
        let counted = self.head.sales_in_segment;
        self.head.count(body);
        let sales_in_segment = before + (self.head.sales_in_segment - counted);
        self.head.sales_in_segment = counted;
        self.follow(op, row.segment_no, sales_in_segment);
        let hlc = envelope.map_or(Hlc::default(), |envelope| envelope.hlc);
        self.head.hlc = self.head.hlc.max(hlc);
        Ok(Placed {
            op_no: record::free_op_no(self.db, op.seq)?,
            segment_no: row.segment_no,
            sales_in_segment,
            at_ms: envelope.map_or(0, |envelope| envelope.wall_ms),
        })
    }

    /// The head follows the highest `seq`; a segment that grew ends later.
    fn follow(&mut self, op: &StoredOp, segment_no: i64, sales_in_segment: u64) {
        let grown = self.grown.entry(segment_no).or_default();
        *grown = (*grown).max((op.seq, sales_in_segment));
        if op.seq > self.head.seq {
            if let Some((before, _)) = self.head.segment {
                let end = (self.head.seq, self.head.sales_in_segment);
                let grown = self.grown.entry(before).or_default();
                *grown = (*grown).max(end);
            }
            self.head.seq = op.seq;
            self.head.chain = op.chain;
            self.head.segment = Some((segment_no, op.segment));
            self.head.sales_in_segment = sales_in_segment;
        }
    }

    /// Its cart is paid, or was given up. From the other medium: nobody knows whether it was printed or seen.
    fn after_insert(&self, op_no: i64, body: Option<&OpBody>) -> Result<(), VaultError> {
        sales::milestone(self.db, op_no, self.now_ms, "recovered")?;
        if let Some(OpBody::CartVoidedV1(voided)) = body {
            // Its op is taken: a cart left open could neither be voided again nor be paid.
            return cart::clear_in(self.db, voided.sale_id);
        }
        let Some(sale_id) = sale_id_of(body) else {
            return Ok(());
        };
        cart::clear_in(self.db, sale_id)?;
        if self.source == Source::Cloud {
            self.db
                .prepare_cached("DELETE FROM untold WHERE op_no = ?1")?
                .execute([op_no])?;
            return Ok(());
        }
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
