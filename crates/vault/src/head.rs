//! Where the till stands: the last op, the clock, and what was counted so far.
//!
//! Held in memory by the writer and written as one row with every op, in the same transaction.
//! Promises that `seq` grows by one and the clock strictly.

use protocol::audit::Counts;
use protocol::hlc::Hlc;
use protocol::stream::Parent;
use protocol::{ChainHash, OpBody, SegmentId};
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::VaultError;
use crate::reads::{int, uint};

/// The till's place and tally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    /// The row and the id of the segment the last op is in; `None` before the first op.
    pub(crate) segment: Option<(i64, SegmentId)>,
    pub(crate) chain: ChainHash,
    pub(crate) sales_in_segment: u64,
    pub(crate) hlc: Hlc,
    pub(crate) journal_mark: u64,
    pub(crate) ops: u64,
    pub(crate) sales: u64,
    pub(crate) refunds: u64,
    pub(crate) lines: u64,
    pub(crate) net_minor: i64,
}

impl Head {
    /// Before the first op.
    pub(crate) fn at_genesis(genesis: ChainHash) -> Self {
        Self {
            seq: 0,
            segment: None,
            chain: genesis,
            sales_in_segment: 0,
            hlc: Hlc::default(),
            journal_mark: 0,
            ops: 0,
            sales: 0,
            refunds: 0,
            lines: 0,
            net_minor: 0,
        }
    }

    /// Adds what an op counts for.
    pub(crate) fn count(&mut self, body: Option<&OpBody>) {
        self.ops += 1;
        let (lines, net) = match body {
            Some(OpBody::SaleRecordedV1(sale)) => {
                self.sales += 1;
                (sale.lines.len(), sale.totals.net_minor)
            }
            Some(OpBody::RefundRecordedV1(refund)) => {
                self.refunds += 1;
                (refund.lines.len(), -refund.totals.net_minor)
            }
            Some(
                OpBody::CartVoidedV1(_)
                | OpBody::StockMovedV1(_)
                | OpBody::StockCountedV1(_)
                | OpBody::PriceSetV1(_)
                | OpBody::ProductEditedV1(_)
                | OpBody::ConflictSettledV1(_)
                | OpBody::TillIncidentV1(_),
            )
            | None => return,
        };
        self.sales_in_segment += 1;
        self.lines += lines as u64;
        self.net_minor += net;
    }

    /// The place a segment that begins now hangs on.
    pub(crate) fn as_parent(&self) -> Option<Parent> {
        self.segment.map(|(_, segment)| Parent {
            segment,
            seq: self.seq,
            chain: self.chain,
        })
    }

    /// As the audit compares it.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            ops: self.ops,
            sales: self.sales,
            refunds: self.refunds,
            lines: self.lines,
            net_minor: self.net_minor,
            head_seq: self.seq,
            head_chain: self.segment.map(|_| self.chain),
        }
    }
}

/// Reads the row; `None` in a new vault.
pub(crate) fn load(db: &Connection) -> Result<Option<Head>, VaultError> {
    let head = db
        .prepare_cached("SELECT h.*, s.segment FROM head h LEFT JOIN segment s USING (segment_no)")?
        .query_row([], |row| {
            let segment_no: Option<i64> = row.get("segment_no")?;
            let segment: Option<[u8; 16]> = row.get("segment")?;
            Ok(Head {
                seq: uint(row.get("seq")?),
                segment: segment_no.zip(segment.map(SegmentId)),
                chain: ChainHash(row.get("chain")?),
                sales_in_segment: uint(row.get("sales_in_segment")?),
                hlc: Hlc {
                    ms: uint(row.get("hlc_ms")?),
                    counter: row.get("hlc_counter")?,
                },
                journal_mark: uint(row.get("journal_mark")?),
                ops: uint(row.get("ops")?),
                sales: uint(row.get("sales")?),
                refunds: uint(row.get("refunds")?),
                lines: uint(row.get("lines")?),
                net_minor: row.get("net_minor")?,
            })
        })
        .optional()?;
    Ok(head)
}

/// Writes the row; once per transaction, last.
pub(crate) fn store(db: &Connection, head: &Head) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("sql/head_store.sql"))?
        .execute(named_params! {
            ":seq": int(head.seq),
            ":segment_no": head.segment.map(|(no, _)| no),
            ":chain": head.chain.as_bytes(),
            ":sales_in_segment": int(head.sales_in_segment),
            ":hlc_ms": int(head.hlc.ms),
            ":hlc_counter": head.hlc.counter,
            ":journal_mark": int(head.journal_mark),
            ":ops": int(head.ops),
            ":sales": int(head.sales),
            ":refunds": int(head.refunds),
            ":lines": int(head.lines),
            ":net_minor": head.net_minor,
        })?;
    Ok(())
}
