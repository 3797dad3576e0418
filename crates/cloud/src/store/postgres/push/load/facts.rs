//! Facts that ops are judged by: sales and what came back of them.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Envelope;
use sync::effects;
use sync::ingest::{SaleNow, SoldLine, TillKey};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{counter, failed, get};
use crate::store::postgres::tx::{Param, Tx};

type Lines = BTreeMap<u32, SoldLine>;

/// Sales and refunds under these ids, and of sales what was sold and given back line by line.
pub(super) async fn sales(
    tx: &Tx,
    key: &TillKey,
    sale_ids: &BTreeSet<Uuid>,
) -> Result<(BTreeMap<Uuid, SaleNow>, BTreeMap<Uuid, Lines>), StoreError> {
    let (mut holders, mut lines) = (BTreeMap::new(), BTreeMap::new());
    if sale_ids.is_empty() {
        return Ok((holders, lines));
    }
    let ids = Vec::from_iter(sale_ids.iter().copied());
    let of: [Param<'_>; 2] = [&key.tenant, &ids];
    let (held, back) = tokio::try_join!(
        biased;
        tx.query(include_str!("sales.sql"), &of),
        tx.query(
            "SELECT of_sale, of_line, quantity_milli FROM given_back
             WHERE tenant = $1 AND of_sale = ANY ($2)",
            &of,
        ),
    )
    .map_err(failed(DOING))?;
    for row in &held {
        let sale_id: Uuid = get(row, "sale_id")?;
        holders.insert(sale_id, sale(row)?);
        if let Some(op) = get::<Option<&[u8]>>(row, "op")? {
            lines.insert(sale_id, sold_lines(op)?);
        }
    }
    for row in &back {
        let of_sale = lines.get_mut(&get(row, "of_sale")?);
        take_back(of_sale, row)?;
    }
    Ok((holders, lines))
}

fn sale(row: &Row) -> Result<SaleNow, StoreError> {
    Ok(SaleNow {
        op_id: get(row, "op_id")?,
        till: get(row, "till")?,
        receipt_number: get(row, "receipt_number")?,
        operator_name: get(row, "operator_name")?,
        completed_at_ms: get(row, "completed_at_ms")?,
        gross_minor: get(row, "gross_minor")?,
    })
}

/// What was sold is read from the sale's own bytes: there is no second copy that could differ.
fn sold_lines(op: &[u8]) -> Result<Lines, StoreError> {
    let sale = Envelope::read(op).map_err(|error| StoreError::Unreadable {
        table: "op_log",
        column: "op",
        cause: error.to_string(),
    })?;
    let sold = effects::of(&sale).sale.into_iter();
    let each = sold.flat_map(|sale| sale.lines).map(|line| {
        let sold = SoldLine {
            sold_milli: line.quantity_milli,
            given_back_milli: 0,
        };
        (line.line_no, sold)
    });
    Ok(each.collect())
}

fn take_back(of_sale: Option<&mut Lines>, row: &Row) -> Result<(), StoreError> {
    let of_line = u32::try_from(counter(row, "of_line")?).unwrap_or(u32::MAX);
    if let Some(line) = of_sale.and_then(|lines| lines.get_mut(&of_line)) {
        let quantity_milli = get(row, "quantity_milli")?;
        line.given_back_milli = line.given_back_milli.saturating_add(quantity_milli);
    }
    Ok(())
}
