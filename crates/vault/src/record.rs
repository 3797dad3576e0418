//! An op and its effects as rows: the same code for a sale just made and for one recovered.
//!
//! Never decides anything: what an op says is written as it says it.

mod segments;

use domain::{LineAmounts, MovementKind};
use protocol::body::{MovementV1, TenderV1};
use protocol::{OpBody, StoredOp};
use rusqlite::{Connection, named_params};
use uuid::Uuid;

pub(crate) use segments::{end_segment, free_op_no, insert_segment, parent_of};

use crate::error::VaultError;
use crate::reads::{blob, int};

/// Where an op goes in the vault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) op_no: i64,
    pub(crate) segment_no: i64,
    pub(crate) sales_in_segment: u64,
    pub(crate) at_ms: i64,
}

/// The columns that sales and refunds share.
struct SaleRow<'a> {
    id: Uuid,
    kind: &'static str,
    of_sale: Option<Uuid>,
    number: &'a str,
    currency: &'a str,
    operator_name: &'a str,
    completed_at_ms: i64,
    reference: Option<&'a str>,
    lines: usize,
    totals: &'a protocol::body::TotalsV1,
    cash_rounding_minor: i64,
    to_pay_minor: i64,
    change_minor: i64,
}

/// The columns of one line.
struct LineRow<'a> {
    line_no: u32,
    product_id: Uuid,
    code: Option<&'a str>,
    name: &'a str,
    unit: &'static str,
    quantity_milli: i64,
    unit_price_minor: i64,
    discount_bp: i64,
    tax_class: &'a str,
    tax_rate_bp: i64,
    amounts: (i64, i64, i64),
    of_line: Option<u32>,
    back_to_stock: Option<bool>,
}

/// Writes the op and everything it did. `body` is `None` for a type this program does not know:
/// such an op is kept, chained and sent like any other. An op that does not count here (another one
/// holds its sale) is kept without its effects.
pub(crate) fn insert(
    db: &Connection,
    placed: &Placed,
    op: &StoredOp,
    body: Option<&OpBody>,
    counts: bool,
) -> Result<(), VaultError> {
    insert_op(db, placed, op, body.map_or("unknown", OpBody::kind))?;
    match body.filter(|_| counts) {
        Some(OpBody::SaleRecordedV1(sale)) => insert_sale(db, placed.op_no, sale),
        Some(OpBody::RefundRecordedV1(refund)) => insert_refund(db, placed.op_no, refund),
        Some(OpBody::StockMovedV1(moved)) => insert_movements(db, placed.op_no, &moved.movements),
        Some(OpBody::StockCountedV1(count)) => insert_movements(db, placed.op_no, &found(count)),
        Some(
            OpBody::CartVoidedV1(_)
            | OpBody::PriceSetV1(_)
            | OpBody::ProductEditedV1(_)
            | OpBody::ConflictSettledV1(_)
            | OpBody::TillIncidentV1(_),
        )
        | None => Ok(()),
    }
}

fn insert_op(
    db: &Connection,
    placed: &Placed,
    op: &StoredOp,
    kind: &str,
) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("sql/op_insert.sql"))?
        .execute(named_params! {
            ":op_no": placed.op_no,
            ":op_id": blob(&op.op_id),
            ":segment_no": placed.segment_no,
            ":type": kind,
            ":prev": op.prev.as_bytes(),
            ":chain": op.chain.as_bytes(),
            ":op_hash": op.op_hash().as_bytes(),
            ":bytes": op.bytes,
            ":sales_in_segment": int(placed.sales_in_segment),
            ":recorded_at_ms": placed.at_ms,
        })?;
    Ok(())
}

fn insert_sale(
    db: &Connection,
    op_no: i64,
    sale: &protocol::body::SaleRecordedV1,
) -> Result<(), VaultError> {
    let row = SaleRow {
        id: sale.sale_id,
        kind: "sale",
        of_sale: None,
        number: &sale.receipt_number,
        currency: sale.currency.code(),
        operator_name: &sale.operator_name,
        completed_at_ms: sale.completed_at_ms,
        reference: sale.reference.as_deref(),
        lines: sale.lines.len(),
        totals: &sale.totals,
        cash_rounding_minor: sale.cash_rounding_minor,
        to_pay_minor: sale.to_pay_minor,
        change_minor: sale.change_minor,
    };
    insert_sale_row(db, op_no, &row)?;
    for line in &sale.lines {
        let row = LineRow {
            line_no: line.line_no,
            product_id: line.product_id,
            code: line.code.as_deref(),
            name: &line.name,
            unit: line.unit.as_str(),
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_bp: line.discount_bp,
            tax_class: &line.tax_class,
            tax_rate_bp: line.tax_rate_bp,
            amounts: triple(line.amounts),
            of_line: None,
            back_to_stock: None,
        };
        insert_line(db, op_no, &row)?;
    }
    insert_tenders(db, op_no, &sale.tenders)?;
    insert_movements(db, op_no, &sale.movements)
}

fn insert_refund(
    db: &Connection,
    op_no: i64,
    refund: &protocol::body::RefundRecordedV1,
) -> Result<(), VaultError> {
    let row = SaleRow {
        id: refund.refund_id,
        kind: "refund",
        of_sale: refund.of_sale,
        number: &refund.receipt_number,
        currency: refund.currency.code(),
        operator_name: &refund.operator_name,
        completed_at_ms: refund.completed_at_ms,
        reference: refund.reference.as_deref(),
        lines: refund.lines.len(),
        totals: &refund.totals,
        cash_rounding_minor: refund.cash_rounding_minor,
        to_pay_minor: refund.to_give_minor,
        change_minor: 0,
    };
    insert_sale_row(db, op_no, &row)?;
    for line in &refund.lines {
        let row = LineRow {
            line_no: line.line_no,
            product_id: line.product_id,
            code: line.code.as_deref(),
            name: &line.name,
            unit: line.unit.as_str(),
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            discount_bp: line.discount_bp,
            tax_class: &line.tax_class,
            tax_rate_bp: line.tax_rate_bp,
            amounts: triple(line.amounts),
            of_line: line.of_line,
            back_to_stock: Some(line.back_to_stock),
        };
        insert_line(db, op_no, &row)?;
    }
    insert_tenders(db, op_no, &refund.tenders)?;
    insert_movements(db, op_no, &refund.movements)
}

fn triple(amounts: impl Into<LineAmounts>) -> (i64, i64, i64) {
    let amounts = amounts.into();
    (amounts.net_minor, amounts.tax_minor, amounts.gross_minor)
}

fn insert_sale_row(db: &Connection, op_no: i64, row: &SaleRow<'_>) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("sql/sale_insert.sql"))?
        .execute(named_params! {
            ":op_no": op_no,
            ":sale_id": blob(&row.id),
            ":kind": row.kind,
            ":of_sale": row.of_sale.as_ref().map(blob),
            ":number": row.number,
            ":currency": row.currency,
            ":operator_name": row.operator_name,
            ":completed_at_ms": row.completed_at_ms,
            ":reference": row.reference,
            ":lines": int(row.lines as u64),
            ":net_minor": row.totals.net_minor,
            ":tax_minor": row.totals.tax_minor,
            ":gross_minor": row.totals.gross_minor,
            ":cash_rounding_minor": row.cash_rounding_minor,
            ":to_pay_minor": row.to_pay_minor,
            ":change_minor": row.change_minor,
        })?;
    db.prepare_cached("INSERT INTO untold (op_no) VALUES (:op_no)")?
        .execute(named_params! { ":op_no": op_no })?;
    Ok(())
}

fn insert_line(db: &Connection, op_no: i64, line: &LineRow<'_>) -> Result<(), VaultError> {
    db.prepare_cached(include_str!("sql/sale_line_insert.sql"))?
        .execute(named_params! {
            ":op_no": op_no,
            ":line_no": line.line_no,
            ":product_id": blob(&line.product_id),
            ":code": line.code,
            ":name": line.name,
            ":unit": line.unit,
            ":quantity_milli": line.quantity_milli,
            ":unit_price_minor": line.unit_price_minor,
            ":discount_bp": line.discount_bp,
            ":tax_class": line.tax_class,
            ":tax_rate_bp": line.tax_rate_bp,
            ":net_minor": line.amounts.0,
            ":tax_minor": line.amounts.1,
            ":gross_minor": line.amounts.2,
            ":of_line": line.of_line,
            ":back_to_stock": line.back_to_stock,
        })?;
    Ok(())
}

fn insert_tenders(db: &Connection, op_no: i64, tenders: &[TenderV1]) -> Result<(), VaultError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO tender (op_no, tender_no, tender_id, kind, amount_minor, reference)
         VALUES (:op_no, :tender_no, :tender_id, :kind, :amount_minor, :reference)",
    )?;
    for (tender, tender_no) in tenders.iter().zip(1_i64..) {
        insert.execute(named_params! {
            ":op_no": op_no,
            ":tender_no": tender_no,
            ":tender_id": blob(&tender.tender_id),
            ":kind": tender.kind.as_str(),
            ":amount_minor": tender.amount_minor,
            ":reference": tender.reference,
        })?;
    }
    Ok(())
}

/// What a count did here: the difference to what the till showed. The cloud makes its own from what
/// the count had seen.
fn found(count: &protocol::body::StockCountedV1) -> Vec<MovementV1> {
    let difference = |line: &protocol::body::CountedV1| MovementV1 {
        product_id: line.product_id,
        kind: MovementKind::Count,
        delta_milli: line.counted_milli - line.shown_milli,
        reason: count.reason.clone(),
    };
    let movements = count.lines.iter().map(difference);
    movements.filter(|found| found.delta_milli != 0).collect()
}

fn insert_movements(
    db: &Connection,
    op_no: i64,
    movements: &[MovementV1],
) -> Result<(), VaultError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO stock_movement (op_no, movement_no, product_id, kind, delta_milli, reason)
         VALUES (:op_no, :movement_no, :product_id, :kind, :delta_milli, :reason)",
    )?;
    let mut add = db.prepare_cached(
        "INSERT INTO stock (product_id, on_hand_milli) VALUES (:product_id, :delta_milli)
         ON CONFLICT (product_id) DO UPDATE SET on_hand_milli = on_hand_milli + :delta_milli",
    )?;
    for (movement, movement_no) in movements.iter().zip(1_i64..) {
        let kind: MovementKind = movement.kind;
        insert.execute(named_params! {
            ":op_no": op_no,
            ":movement_no": movement_no,
            ":product_id": blob(&movement.product_id),
            ":kind": kind.as_str(),
            ":delta_milli": movement.delta_milli,
            ":reason": movement.reason,
        })?;
        add.execute(named_params! {
            ":product_id": blob(&movement.product_id),
            ":delta_milli": movement.delta_milli,
        })?;
    }
    Ok(())
}
