//! Sales and refunds: recorded once, listed, found, told.
//!
//! Recording is idempotent: a sale whose id is in the vault is answered with what was recorded the
//! first time. A sale in full is read back from its op's own bytes, so what is shown is what was
//! hashed and sent; the rows serve lists, searches and the recount.

mod milestones;
mod recording;

use domain::{GivenBack, LineAmounts, Refund, Sale};
use protocol::{ChainHash, Envelope, OpBody, OpHash, Outcome, SegmentId};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, op_no, sealed::Db, seq_of, uint, unreadable, uuid, uuid_maybe};
use crate::tx::Tx;

pub(crate) use milestones::milestone;
pub use milestones::{Milestone, milestones};
pub use recording::{RecordedSale, Recording, record_refund, record_sale};

/// Sales a search by words or amount looks through, newest first: some weeks of a busy till. Older
/// ones are found by their number.
pub const SEARCHED: u32 = 20_000;

/// Sale or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    /// Goods out, money in.
    Sale,
    /// Goods in, money out.
    Refund,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// Its id (a refund's own).
    pub sale_id: Uuid,
    /// Cashier order.
    pub seq: u64,
    /// What the receipt says.
    pub number: String,
    /// Sale or refund.
    pub kind: SaleKind,
    /// The sale a refund gives back.
    pub of_sale: Option<Uuid>,
    /// UTC milliseconds.
    pub completed_at_ms: i64,
    /// Who did it.
    pub operator_name: String,
    /// Its lines.
    pub lines: u64,
    /// What was paid, or for a refund given; always positive, minor units.
    pub to_pay_minor: i64,
    /// Whether the cloud said it has it.
    pub in_cloud: bool,
    /// The cloud's outcome if a person is needed; `None`: accepted, duplicate or not there yet.
    pub outcome: Option<Outcome>,
    /// Quantity sold over all lines, thousandths.
    pub sold_milli: i64,
    /// Quantity given back so far, thousandths.
    pub given_back_milli: i64,
    /// Nobody has said yet that the cashier saw it.
    pub untold: bool,
}

/// A sale or a refund in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleFact {
    /// A sale.
    Sale(Box<Sale>),
    /// A refund.
    Refund(Box<Refund>),
}

/// A sale or refund as it lies in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSale {
    /// Its row in the list.
    pub row: SaleRow,
    /// The fact itself.
    pub fact: SaleFact,
    /// Its op.
    pub op_id: Uuid,
    /// The op's segment.
    pub segment: SegmentId,
    /// The hash of the op's bytes.
    pub op_hash: OpHash,
    /// The chain after it.
    pub chain: ChainHash,
    /// UTC milliseconds of the sealing.
    pub recorded_at_ms: i64,
}

/// Which sales to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SalesQuery {
    /// Only those before this `seq`.
    pub before_seq: Option<u64>,
    /// At most so many (capped at 500).
    pub limit: u32,
}

pub(crate) fn op_no_of(db: &Connection, sale_id: Uuid) -> Result<i64, VaultError> {
    db.prepare_cached("SELECT op_no FROM sale WHERE sale_id = :sale_id")?
        .query_row(named_params! { ":sale_id": blob(&sale_id) }, |row| {
            row.get(0)
        })
        .optional()?
        .ok_or_else(|| VaultError::Missing {
            what: "sale",
            id: sale_id.to_string(),
        })
}

/// A sale or refund in full, or `None`.
pub fn by_id(on: &impl Reads, sale_id: Uuid) -> Result<Option<StoredSale>, VaultError> {
    let db = on.db();
    let found = db
        .prepare_cached(&format!("{SELECT} WHERE s.sale_id = :sale_id"))?
        .query_row(named_params! { ":sale_id": blob(&sale_id) }, |row| {
            Ok((read_row(row)?, row.get::<_, i64>("op_no")?))
        })
        .optional()?;
    let Some((row, op_no)) = found else {
        return Ok(None);
    };
    let stored = db
        .prepare_cached(
            "SELECT o.*, g.segment FROM op o JOIN segment g USING (segment_no)
             WHERE o.op_no = :op_no",
        )?
        .query_row(named_params! { ":op_no": op_no }, |op| {
            let bytes = op.get_ref("bytes")?.as_blob()?;
            Ok(StoredSale {
                fact: read_fact(bytes).ok_or_else(|| unreadable("bytes", &row.number))?,
                row,
                op_id: uuid(op, "op_id")?,
                segment: SegmentId(op.get("segment")?),
                op_hash: OpHash(op.get("op_hash")?),
                chain: ChainHash(op.get("chain")?),
                recorded_at_ms: op.get("recorded_at_ms")?,
            })
        })?;
    Ok(Some(stored))
}

fn read_fact(bytes: &[u8]) -> Option<SaleFact> {
    match Envelope::read(bytes).ok()?.body {
        OpBody::SaleRecordedV1(sale) => Some(SaleFact::Sale(Box::new(sale.to_sale()))),
        OpBody::RefundRecordedV1(refund) => Some(SaleFact::Refund(Box::new(refund.to_refund()))),
        OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}

/// Newest first.
pub fn list(on: &impl Reads, query: &SalesQuery) -> Result<Vec<SaleRow>, VaultError> {
    rows(
        on,
        "WHERE s.op_no < :before ORDER BY s.op_no DESC LIMIT :limit",
        named_params! { ":before": before(query), ":limit": query.limit.min(500) },
    )
}

/// Sales whose number, reference or lines hold `text`, or whose amount it is; newest first.
///
/// A receipt number is found however old it is; words and amounts among the newest [`SEARCHED`].
/// `amount_minor` is what `text` reads as in the till's currency, if it does.
pub fn search(
    on: &impl Reads,
    text: &str,
    amount_minor: Option<i64>,
    query: &SalesQuery,
) -> Result<Vec<SaleRow>, VaultError> {
    let text = text.trim();
    let seq = seq_in_number(text);
    let like = format!("%{}%", text.replace(['%', '_'], " ").trim());
    rows(
        on,
        include_str!("../sql/sales_search_where.sql"),
        named_params! {
            ":before": before(query),
            ":text": text,
            ":like": like,
            ":seq_low": seq.map(op_no),
            ":seq_high": seq.map(|seq| op_no(seq + 1)),
            ":amount": amount_minor,
            ":searched": SEARCHED,
            ":limit": query.limit.min(500),
        },
    )
}

/// The `seq` inside a receipt number, with or without prefix and mark.
fn seq_in_number(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split('-').collect();
    let at = if parts.len() >= 2 { parts.len() - 2 } else { 0 };
    parts.get(at)?.parse().ok().filter(|seq| *seq < 1 << 50)
}

fn before(query: &SalesQuery) -> i64 {
    query
        .before_seq
        .map_or(i64::MAX, |seq| op_no(seq.min(1 << 50)))
}

/// Refunds of a sale, oldest first.
pub fn refunds_of(on: &impl Reads, sale_id: Uuid) -> Result<Vec<SaleRow>, VaultError> {
    rows(
        on,
        "WHERE s.of_sale = :sale_id ORDER BY s.op_no",
        named_params! { ":sale_id": blob(&sale_id) },
    )
}

/// What earlier refunds gave back of a sale, one entry per refunded line.
pub fn given_back(on: &impl Reads, sale_id: Uuid) -> Result<Vec<GivenBack>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT l.* FROM sale s JOIN sale_line l USING (op_no)
             WHERE s.of_sale = :sale_id AND l.of_line IS NOT NULL ORDER BY l.op_no, l.line_no",
        )?
        .query_map(named_params! { ":sale_id": blob(&sale_id) }, |row| {
            Ok(GivenBack {
                line_no: row.get("of_line")?,
                quantity_milli: row.get("quantity_milli")?,
                amounts: LineAmounts {
                    net_minor: row.get("net_minor")?,
                    tax_minor: row.get("tax_minor")?,
                    gross_minor: row.get("gross_minor")?,
                },
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The sale or refund another system's number stands on, if one does: for replays.
pub fn by_reference(on: &impl Reads, reference: &str) -> Result<Option<Uuid>, VaultError> {
    let found = on
        .db()
        .prepare_cached("SELECT sale_id FROM sale WHERE reference = :reference LIMIT 1")?
        .query_row(named_params! { ":reference": reference }, |row| {
            uuid(row, "sale_id")
        })
        .optional()?;
    Ok(found)
}

/// Recorded, not told: oldest first. To be looked at before a new sale.
pub fn untold(on: &impl Reads) -> Result<Vec<SaleRow>, VaultError> {
    rows(
        on,
        "WHERE s.op_no IN (SELECT op_no FROM untold) ORDER BY s.op_no",
        [],
    )
}

/// How many there are.
pub fn count_untold(on: &impl Reads) -> Result<u64, VaultError> {
    count_untold_in(on.db())
}

pub(crate) fn count_untold_in(db: &Connection) -> Result<u64, VaultError> {
    let count: i64 = crate::reads::scalar(db, "SELECT count(*) FROM untold", [])?;
    Ok(uint(count))
}

/// The cashier has seen it, or its receipt is printed. Saying it twice is fine.
pub fn told(tx: &Tx<'_>, sale_id: Uuid) -> Result<(), VaultError> {
    let op_no = op_no_of(tx.db(), sale_id)?;
    tell(tx.db(), op_no, tx.now_ms())
}

fn tell(db: &Connection, op_no: i64, now_ms: i64) -> Result<(), VaultError> {
    let was_untold = db
        .prepare_cached("DELETE FROM untold WHERE op_no = :op_no")?
        .execute(named_params! { ":op_no": op_no })?;
    if was_untold == 1 {
        milestone(db, op_no, now_ms, "told")?;
    }
    Ok(())
}

const SELECT: &str = include_str!("../sql/sale_row_select.sql");

fn rows(
    on: &impl Reads,
    rest: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<SaleRow>, VaultError> {
    let found = on
        .db()
        .prepare_cached(&format!("{SELECT} {rest}"))?
        .query_map(params, read_row)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<SaleRow> {
    let kind: String = row.get("kind")?;
    let outcome: Option<String> = row.get("outcome")?;
    Ok(SaleRow {
        sale_id: uuid(row, "sale_id")?,
        seq: seq_of(row.get("op_no")?),
        number: row.get("number")?,
        kind: match kind.as_str() {
            "sale" => SaleKind::Sale,
            "refund" => SaleKind::Refund,
            other => return Err(unreadable("kind", other)),
        },
        of_sale: uuid_maybe(row, "of_sale")?,
        completed_at_ms: row.get("completed_at_ms")?,
        operator_name: row.get("operator_name")?,
        lines: uint(row.get("lines")?),
        to_pay_minor: row.get("to_pay_minor")?,
        in_cloud: row.get("in_cloud")?,
        outcome: outcome.as_deref().and_then(Outcome::from_word),
        sold_milli: row.get("sold_milli")?,
        given_back_milli: row.get("given_back_milli")?,
        untold: row.get("untold")?,
    })
}

#[cfg(test)]
mod tests {
    use super::seq_in_number;

    #[test]
    fn a_receipt_number_is_read_with_and_without_its_ends() {
        assert_eq!(seq_in_number("LDN-2-4711-AB"), Some(4711));
        assert_eq!(seq_in_number("4711-AB"), Some(4711));
        assert_eq!(seq_in_number("4711"), Some(4711));
        assert_eq!(seq_in_number("milk"), None);
    }
}
