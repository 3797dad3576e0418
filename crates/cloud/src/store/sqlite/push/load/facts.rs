//! Facts that ops are judged by: sales and what came back of them.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Envelope;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sync::effects;
use sync::ingest::{SaleNow, SoldLine, TillKey};
use uuid::Uuid;

use super::super::super::sql::uuid_column;

type Lines = BTreeMap<u32, SoldLine>;

/// Sales and refunds under these ids, and of sales what was sold and given back line by line.
pub(super) fn sales(
    tx: &Connection,
    key: &TillKey,
    sale_ids: &BTreeSet<Uuid>,
) -> rusqlite::Result<(BTreeMap<Uuid, SaleNow>, BTreeMap<Uuid, Lines>)> {
    let mut found = tx.prepare_cached(
        "SELECT kind = 'sale', op_id, till, receipt_number, operator_name, completed_at_ms,
                gross_minor
         FROM sale WHERE tenant = ?1 AND sale_id = ?2",
    )?;
    let (mut holders, mut lines) = (BTreeMap::new(), BTreeMap::new());
    for sale_id in sale_ids {
        let of = params![key.tenant.as_bytes(), sale_id.as_bytes()];
        let row = found.query_row(of, |row| Ok((row.get(0)?, sale(row)?)));
        let Some((is_sale, sale)) = row.optional()? else {
            continue;
        };
        if is_sale {
            lines.insert(*sale_id, sold_lines(tx, key, *sale_id, sale.op_id)?);
        }
        holders.insert(*sale_id, sale);
    }
    Ok((holders, lines))
}

fn sale(row: &Row<'_>) -> rusqlite::Result<SaleNow> {
    Ok(SaleNow {
        op_id: uuid_column(row, 1)?,
        till: uuid_column(row, 2)?,
        receipt_number: row.get(3)?,
        operator_name: row.get(4)?,
        completed_at_ms: row.get(5)?,
        gross_minor: row.get(6)?,
    })
}

/// What was sold is read from the sale's own bytes: there is no second copy that could differ.
fn sold_lines(
    tx: &Connection,
    key: &TillKey,
    sale_id: Uuid,
    op_id: Uuid,
) -> rusqlite::Result<Lines> {
    let mut op =
        tx.prepare_cached("SELECT op FROM op_log WHERE tenant = ?1 AND op_id = ?2 AND dup = 0")?;
    let sale = op.query_row(params![key.tenant.as_bytes(), op_id.as_bytes()], |row| {
        let bytes = row.get_ref(0)?.as_blob()?;
        Envelope::read(bytes)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, error.into()))
    })?;
    let mut lines: Lines = BTreeMap::new();
    for line in effects::of(&sale)
        .sale
        .into_iter()
        .flat_map(|sale| sale.lines)
    {
        let sold = SoldLine {
            sold_milli: line.quantity_milli,
            given_back_milli: 0,
        };
        lines.insert(line.line_no, sold);
    }
    let mut back = tx.prepare_cached(
        "SELECT of_line, quantity_milli FROM given_back WHERE tenant = ?1 AND of_sale = ?2",
    )?;
    let of = params![key.tenant.as_bytes(), sale_id.as_bytes()];
    for row in back.query_map(of, |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))? {
        let (of_line, quantity_milli): (u32, i64) = row?;
        if let Some(line) = lines.get_mut(&of_line) {
            line.given_back_milli = line.given_back_milli.saturating_add(quantity_milli);
        }
    }
    Ok(lines)
}
