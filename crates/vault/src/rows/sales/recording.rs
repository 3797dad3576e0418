//! Recording a sale or refund once: op, rows, tally, print job and the cart's end in one
//! transaction; the second time it is answered and not repeated.

use domain::{Refund, Sale};
use protocol::body::{RefundRecordedV1, SaleRecordedV1};
use protocol::{Actor, ChainHash, OpBody, OpDraft, OpHash, Position};
use rusqlite::{Connection, OptionalExtension, named_params};
use uuid::Uuid;

use super::tell;
use crate::error::VaultError;
use crate::reads::{blob, sealed::Db, seq_of, uuid};
use crate::rows::{cart, print_jobs};
use crate::tx::Tx;

/// What goes around a fact when it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Minted with the cart (or the act); the same one again is the same op.
    pub op_id: Uuid,
    /// Who does it.
    pub actor: Actor,
    /// The shift, once there are shifts.
    pub shift: Option<Uuid>,
    /// The day it is booked on, `YYYY-MM-DD`.
    pub business_date: String,
    /// `<branch>-<till>`: what receipt numbers begin with.
    pub number_prefix: String,
    /// Whether a receipt is to be printed: its job is part of the same transaction.
    pub print: bool,
    /// Whether the cashier knows already (a replay): no "recorded, not told" is left behind.
    pub told: bool,
}

/// A sale or refund that is in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSale {
    /// The sale's or refund's id.
    pub sale_id: Uuid,
    /// Its op.
    pub op_id: Uuid,
    /// Its place in cashier order.
    pub seq: u64,
    /// What the receipt says.
    pub number: String,
    /// The hash of the op's bytes.
    pub op_hash: OpHash,
    /// The chain after it; the receipt's QR carries it.
    pub chain: ChainHash,
    /// UTC milliseconds of the sealing.
    pub recorded_at_ms: i64,
    /// It had been recorded before; nothing was done now.
    pub already: bool,
    /// The receipt's print job, if one was made now.
    pub print_job: Option<Uuid>,
}

/// Records a completed sale: op, rows, tally, print job, the cart's end, in the running transaction.
/// A sale that is recorded already is answered again and not repeated.
pub fn record_sale(
    tx: &mut Tx<'_>,
    sale: &Sale,
    recording: &Recording,
) -> Result<RecordedSale, VaultError> {
    record(tx, sale.sale_id, recording, Vec::new(), |number| {
        OpBody::SaleRecordedV1(Box::new(SaleRecordedV1::of(sale, number)))
    })
}

/// Records a refund; as [`record_sale`]. It is applied after its sale everywhere.
pub fn record_refund(
    tx: &mut Tx<'_>,
    refund: &Refund,
    recording: &Recording,
) -> Result<RecordedSale, VaultError> {
    let after = match refund.of_sale {
        Some(sale_id) => op_id_of(tx.db(), sale_id)?.into_iter().collect(),
        None => Vec::new(),
    };
    record(tx, refund.refund_id, recording, after, |number| {
        OpBody::RefundRecordedV1(Box::new(RefundRecordedV1::of(refund, number)))
    })
}

fn record(
    tx: &mut Tx<'_>,
    sale_id: Uuid,
    recording: &Recording,
    after: Vec<Uuid>,
    body: impl FnOnce(String) -> OpBody,
) -> Result<RecordedSale, VaultError> {
    if let Some(first) = recorded(tx.db(), sale_id)? {
        cart::clear(tx, sale_id)?;
        return Ok(first);
    }
    let mut number = String::new();
    let op = tx.append_op(|position| {
        number = receipt_number(&recording.number_prefix, position);
        OpDraft {
            op_id: recording.op_id,
            actor: recording.actor.clone(),
            shift: recording.shift,
            business_date: recording.business_date.clone(),
            after,
            base: Vec::new(),
            body: body(number.clone()),
        }
    })?;
    let print_job = recording.print.then(|| tx.new_id());
    let now = tx.now_ms();
    if let Some(job_id) = print_job {
        let kind = print_jobs::JobKind::Receipt;
        print_jobs::insert(tx.db(), job_id, kind, Some(op.op_no), now)?;
    }
    if recording.told {
        tell(tx.db(), op.op_no, now)?;
    }
    cart::clear(tx, sale_id)?;
    Ok(RecordedSale {
        sale_id,
        op_id: op.op_id,
        seq: op.seq,
        number,
        op_hash: op.op_hash,
        chain: op.chain,
        recorded_at_ms: op.at_ms,
        already: false,
        print_job,
    })
}

/// `<branch>-<till>-<seq>-<2 characters of the segment>`.
fn receipt_number(prefix: &str, position: &Position) -> String {
    format!(
        "{prefix}-{}-{}",
        position.seq,
        position.segment.receipt_mark()
    )
}

/// What was recorded under a sale's id, if anything was.
fn recorded(db: &Connection, sale_id: Uuid) -> Result<Option<RecordedSale>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT s.op_no, s.number, o.op_id, o.op_hash, o.chain, o.recorded_at_ms
             FROM sale s JOIN op o USING (op_no) WHERE s.sale_id = :sale_id",
        )?
        .query_row(named_params! { ":sale_id": blob(&sale_id) }, |row| {
            Ok(RecordedSale {
                sale_id,
                op_id: uuid(row, "op_id")?,
                seq: seq_of(row.get("op_no")?),
                number: row.get("number")?,
                op_hash: OpHash(row.get("op_hash")?),
                chain: ChainHash(row.get("chain")?),
                recorded_at_ms: row.get("recorded_at_ms")?,
                already: true,
                print_job: None,
            })
        })
        .optional()?;
    Ok(found)
}

fn op_id_of(db: &Connection, sale_id: Uuid) -> Result<Option<Uuid>, VaultError> {
    Ok(recorded(db, sale_id)?.map(|sale| sale.op_id))
}
