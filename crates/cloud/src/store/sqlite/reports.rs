//! Sales and stock, read back page by page.

use protocol::SegmentId;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, named_params};
use uuid::Uuid;

use super::sql::{as_i64, counter, failed, fixed, maybe_uuid_column, uuid_column};
use crate::store::{Page, Reach, SaleRow, StockRow, StoreError};

/// Sales and refunds within reach, in the order in which they were recorded.
pub(super) fn sales(
    snapshot: &Connection,
    reach: Reach,
    page: Page,
) -> Result<Vec<SaleRow>, StoreError> {
    let doing = "reading sales";
    let mut found = snapshot
        .prepare_cached(include_str!("sales_page.sql"))
        .map_err(failed(doing))?;
    let rows = found.query_map(
        named_params! {
            ":tenant": reach.tenant.as_bytes(),
            ":branch": branch(reach.branch),
            ":after": as_i64(page.after.rv),
            ":after_id": page.after.id.as_bytes(),
            ":limit": page.limit,
        },
        sale_row,
    );
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

fn sale_row(row: &Row<'_>) -> rusqlite::Result<SaleRow> {
    Ok(SaleRow {
        kind: row.get("kind")?,
        sale_id: uuid_column(row, 1)?,
        op_id: uuid_column(row, 2)?,
        branch: uuid_column(row, 3)?,
        till: uuid_column(row, 4)?,
        segment: SegmentId(fixed(row, 5)?),
        seq: counter(row, 6)?,
        of_sale: maybe_uuid_column(row, 7)?,
        rv: counter(row, 8)?,
        lines: counter(row, 9)?,
        receipt_number: row.get("receipt_number")?,
        operator_name: row.get("operator_name")?,
        completed_at_ms: row.get("completed_at_ms")?,
        reference: row.get("reference")?,
        currency: row.get("currency")?,
        net_minor: row.get("net_minor")?,
        tax_minor: row.get("tax_minor")?,
        gross_minor: row.get("gross_minor")?,
        outcome: row.get("outcome")?,
    })
}

/// Stock within reach, in the order of its last change.
pub(super) fn stock(
    snapshot: &Connection,
    reach: Reach,
    page: Page,
) -> Result<Vec<StockRow>, StoreError> {
    let doing = "reading stock";
    let mut found = snapshot
        .prepare_cached(include_str!("stock_page.sql"))
        .map_err(failed(doing))?;
    let rows = found.query_map(
        named_params! {
            ":tenant": reach.tenant.as_bytes(),
            ":branch": branch(reach.branch),
            ":after": as_i64(page.after.rv),
            ":after_id": page.after.id.as_bytes(),
            ":limit": page.limit,
        },
        stock_row,
    );
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

fn stock_row(row: &Row<'_>) -> rusqlite::Result<StockRow> {
    Ok(StockRow {
        branch: uuid_column(row, 0)?,
        product_id: uuid_column(row, 1)?,
        name: row.get(2)?,
        quantity_milli: row.get(3)?,
        rv: counter(row, 4)?,
    })
}

/// A branch as a parameter; NULL reaches every branch of the tenant.
fn branch(branch: Option<Uuid>) -> Value {
    branch.map_or(Value::Null, |branch| {
        Value::Blob(branch.as_bytes().to_vec())
    })
}
