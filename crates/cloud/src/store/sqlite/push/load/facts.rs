//! Facts that ops are judged by: sales and what came back of them, stock, products.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Envelope;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};
use sync::effects;
use sync::ingest::{GroupVersion, SoldLine, StockLevel, TillKey};
use uuid::Uuid;

use super::super::super::sql::{counter, uuid_column};

type Lines = BTreeMap<u32, SoldLine>;

/// The ops that hold these sale ids, and of sales what was sold and given back line by line.
pub(super) fn sales(
    tx: &Connection,
    key: &TillKey,
    sale_ids: &BTreeSet<Uuid>,
) -> rusqlite::Result<(BTreeMap<Uuid, Uuid>, BTreeMap<Uuid, Lines>)> {
    let mut found = tx.prepare_cached(
        "SELECT op_id, kind = 'sale' FROM sale WHERE tenant = ?1 AND sale_id = ?2",
    )?;
    let (mut holders, mut lines) = (BTreeMap::new(), BTreeMap::new());
    for sale_id in sale_ids {
        let of = params![key.tenant.as_bytes(), sale_id.as_bytes()];
        let row = found.query_row(of, |row| Ok((uuid_column(row, 0)?, row.get(1)?)));
        let Some((op_id, is_sale)) = row.optional()? else {
            continue;
        };
        holders.insert(*sale_id, op_id);
        if is_sale {
            lines.insert(*sale_id, sold_lines(tx, key, *sale_id, op_id)?);
        }
    }
    Ok((holders, lines))
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

/// Stock of the till's branch; a product that never moved has no entry.
pub(super) fn stock(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, StockLevel>> {
    let mut found = tx.prepare_cached(
        "SELECT quantity_milli, tracked FROM stock
         WHERE tenant = ?1 AND branch = ?2 AND product_id = ?3",
    )?;
    let mut levels = BTreeMap::new();
    for product in products {
        let of = params![
            key.tenant.as_bytes(),
            key.branch.as_bytes(),
            product.as_bytes()
        ];
        let level = found.query_row(of, |row| {
            Ok(StockLevel {
                on_hand_milli: row.get(0)?,
                tracked: row.get(1)?,
            })
        });
        if let Some(level) = level.optional()? {
            levels.insert(*product, level);
        }
    }
    Ok(levels)
}

/// The open conflict of each product of the branch that is below zero.
pub(super) fn open_negative(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, Uuid>> {
    let mut found = tx.prepare_cached(
        "SELECT id FROM conflict
         WHERE tenant = ?1 AND entity = ?2 AND status = 'open' AND kind = 'NEGATIVE_STOCK'",
    )?;
    let mut open = BTreeMap::new();
    for product in products {
        let entity = format!("stock:{}/{product}", key.branch);
        let of = params![key.tenant.as_bytes(), entity];
        let id = found.query_row(of, |row| uuid_column(row, 0)).optional()?;
        open.extend(id.map(|id| (*product, id)));
    }
    Ok(open)
}

/// Products that exist, with the versions of their field groups.
pub(super) fn products(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, BTreeMap<String, GroupVersion>>> {
    let mut found =
        tx.prepare_cached("SELECT 1 FROM product WHERE tenant = ?1 AND product_id = ?2")?;
    let mut existing = BTreeMap::new();
    for product in products {
        if found.exists(params![key.tenant.as_bytes(), product.as_bytes()])? {
            existing.insert(*product, groups(tx, key, *product)?);
        }
    }
    Ok(existing)
}

fn groups(
    tx: &Connection,
    key: &TillKey,
    product: Uuid,
) -> rusqlite::Result<BTreeMap<String, GroupVersion>> {
    let mut found = tx.prepare_cached(
        "SELECT field_group, version, till FROM product_group WHERE tenant = ?1 AND product_id = ?2",
    )?;
    let of = params![key.tenant.as_bytes(), product.as_bytes()];
    let rows = found.query_map(of, |row| {
        let group = GroupVersion {
            version: counter(row, 1)?,
            till: uuid_column(row, 2)?,
        };
        Ok((row.get(0)?, group))
    })?;
    rows.collect()
}
