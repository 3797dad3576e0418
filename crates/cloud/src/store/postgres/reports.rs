//! Sales and stock, read back page by page.

use deadpool_postgres::Pool;
use tokio_postgres::Row;

use super::sql::{as_i64, counter, get};
use super::streams::segment;
use super::tx::ask;
use crate::store::{Page, Reach, SaleRow, StockRow, StoreError};

/// Sales and refunds within reach, in the order in which they were recorded.
pub(super) async fn sales(
    pool: &Pool,
    reach: Reach,
    page: Page,
) -> Result<Vec<SaleRow>, StoreError> {
    let rows = rows(
        pool,
        "reading sales",
        include_str!("sales_page.sql"),
        reach,
        page,
    );
    rows.await?.iter().map(sale_row).collect()
}

/// Stock within reach, in the order of its last change.
pub(super) async fn stock(
    pool: &Pool,
    reach: Reach,
    page: Page,
) -> Result<Vec<StockRow>, StoreError> {
    let rows = rows(
        pool,
        "reading stock",
        include_str!("stock_page.sql"),
        reach,
        page,
    );
    rows.await?.iter().map(stock_row).collect()
}

async fn rows(
    pool: &Pool,
    doing: &'static str,
    sql: &'static str,
    reach: Reach,
    page: Page,
) -> Result<Vec<Row>, StoreError> {
    let (after, limit) = (as_i64(page.after.rv), i64::from(page.limit));
    let of: [super::tx::Param<'_>; 5] =
        [&reach.tenant, &reach.branch, &after, &page.after.id, &limit];
    ask(pool, doing, Some(reach.tenant), sql, &of).await
}

fn sale_row(row: &Row) -> Result<SaleRow, StoreError> {
    Ok(SaleRow {
        kind: get(row, "kind")?,
        sale_id: get(row, "sale_id")?,
        op_id: get(row, "op_id")?,
        branch: get(row, "branch")?,
        till: get(row, "till")?,
        segment: segment(row, "segment")?,
        seq: counter(row, "seq")?,
        of_sale: get(row, "of_sale")?,
        rv: counter(row, "rv")?,
        lines: counter(row, "line_count")?,
        receipt_number: get(row, "receipt_number")?,
        operator_name: get(row, "operator_name")?,
        completed_at_ms: get(row, "completed_at_ms")?,
        reference: get(row, "reference")?,
        currency: get(row, "currency")?,
        net_minor: get(row, "net_minor")?,
        tax_minor: get(row, "tax_minor")?,
        gross_minor: get(row, "gross_minor")?,
        outcome: get(row, "outcome")?,
    })
}

fn stock_row(row: &Row) -> Result<StockRow, StoreError> {
    Ok(StockRow {
        branch: get(row, "branch")?,
        product_id: get(row, "product_id")?,
        name: get(row, "name")?,
        quantity_milli: get(row, "quantity_milli")?,
        rv: counter(row, "rv")?,
    })
}
