//! Products with the versions of their groups, stock, and what moved it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{MovementKind, Unit};
use protocol::Envelope;
use protocol::hlc::Hlc;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sync::effects::{FieldGroup, GroupVersion, PastGroup, ProductFields};
use sync::ingest::{LastCount, LedgerAsk, LedgerRow, ProductNow, StockLevel, TillKey, Unseen};
use uuid::Uuid;

use super::super::super::sql::{as_i64, counter, maybe_uuid_column, uuid_column};

/// Stock of the till's branch; a product that never moved has no entry.
pub(super) fn stock(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, StockLevel>> {
    let mut found = tx.prepare_cached(
        "SELECT quantity_milli, tracked, counted_op, counted_till, counted_hlc_ms,
                counted_hlc_counter, counted_milli, counted_at_ms
         FROM stock WHERE tenant = ?1 AND branch = ?2 AND product_id = ?3",
    )?;
    let mut levels = BTreeMap::new();
    for product in products {
        let of = params![
            key.tenant.as_bytes(),
            key.branch.as_bytes(),
            product.as_bytes()
        ];
        if let Some(level) = found.query_row(of, level).optional()? {
            levels.insert(*product, level);
        }
    }
    Ok(levels)
}

fn level(row: &Row<'_>) -> rusqlite::Result<StockLevel> {
    let counted = match maybe_uuid_column(row, 2)? {
        None => None,
        Some(op_id) => Some(LastCount {
            op_id,
            till: uuid_column(row, 3)?,
            hlc: hlc(row, 4, 5)?,
            counted_milli: row.get(6)?,
            at_ms: row.get(7)?,
        }),
    };
    Ok(StockLevel {
        on_hand_milli: row.get(0)?,
        tracked: row.get(1)?,
        counted,
    })
}

fn hlc(row: &Row<'_>, ms: usize, ticks: usize) -> rusqlite::Result<Hlc> {
    Ok(Hlc {
        ms: counter(row, ms)?,
        counter: row.get(ticks)?,
    })
}

/// Products that exist or existed, with the versions of their field groups.
pub(super) fn products(
    tx: &Connection,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, ProductNow>> {
    let mut found = tx.prepare_cached(include_str!("product.sql"))?;
    let mut existing = BTreeMap::new();
    for product in products {
        let of = params![key.tenant.as_bytes(), product.as_bytes()];
        let row = found.query_row(of, |row| Ok((fields(row)?, row.get(8)?)));
        if let Some((fields, deleted)) = row.optional()? {
            let groups = groups(tx, key, *product)?;
            let now = ProductNow {
                fields,
                deleted,
                groups,
            };
            existing.insert(*product, now);
        }
    }
    Ok(existing)
}

fn fields(row: &Row<'_>) -> rusqlite::Result<ProductFields> {
    let (unit, barcodes): (String, String) = (row.get(2)?, row.get(7)?);
    Ok(ProductFields {
        code: row.get(0)?,
        name: row.get(1)?,
        unit: unit.parse::<Unit>().map_err(unreadable)?,
        price_minor: row.get(3)?,
        tax_class: row.get(4)?,
        tax_rate_bp: row.get(5)?,
        category: row.get(6)?,
        barcodes: serde_json::from_str(&barcodes).map_err(unreadable)?,
    })
}

fn groups(
    tx: &Connection,
    key: &TillKey,
    product: Uuid,
) -> rusqlite::Result<BTreeMap<FieldGroup, GroupVersion>> {
    let mut found = tx.prepare_cached(
        "SELECT field_group, version, till, operator_name, at_ms FROM product_group
         WHERE tenant = ?1 AND product_id = ?2",
    )?;
    let of = params![key.tenant.as_bytes(), product.as_bytes()];
    let rows = found.query_map(of, |row| Ok((row.get::<_, String>(0)?, made(row)?)))?;
    let mut groups = BTreeMap::new();
    for row in rows {
        let (word, made) = row?;
        // A group of a newer program is none of this one's business.
        groups.extend(FieldGroup::from_word(&word).map(|group| (group, made)));
    }
    Ok(groups)
}

/// Columns 1 to 4: version, till, operator, time.
fn made(row: &Row<'_>) -> rusqlite::Result<GroupVersion> {
    Ok(GroupVersion {
        version: counter(row, 1)?,
        till: uuid_column(row, 2)?,
        operator_name: row.get(3)?,
        at_ms: row.get(4)?,
    })
}

/// What groups said under versions that are gone.
pub(super) fn past(
    tx: &Connection,
    key: &TillKey,
    asked: &BTreeSet<(Uuid, FieldGroup, u64)>,
) -> rusqlite::Result<BTreeMap<(Uuid, FieldGroup, u64), PastGroup>> {
    let mut found = tx.prepare_cached(
        "SELECT fields, version, till, operator_name, at_ms FROM product_group_past
         WHERE tenant = ?1 AND product_id = ?2 AND field_group = ?3 AND version = ?4",
    )?;
    let mut past = BTreeMap::new();
    for place in asked {
        let (product, group, version) = place;
        let of = params![
            key.tenant.as_bytes(),
            product.as_bytes(),
            group.as_str(),
            as_i64(*version)
        ];
        let row = found.query_row(of, |row| {
            let fields: String = row.get(0)?;
            Ok(PastGroup {
                fields: serde_json::from_str(&fields).map_err(unreadable)?,
                made: made(row)?,
            })
        });
        past.extend(row.optional()?.map(|row| (*place, row)));
    }
    Ok(past)
}

/// What moved that counts had not seen.
pub(super) fn ledger(
    tx: &Connection,
    key: &TillKey,
    cloud_epoch: Uuid,
    asked: &BTreeSet<LedgerAsk>,
) -> rusqlite::Result<BTreeMap<LedgerAsk, Unseen>> {
    let mut found = tx.prepare_cached(include_str!("ledger.sql"))?;
    let mut unseen = BTreeMap::new();
    for ask in asked {
        let of = params![
            key.tenant.as_bytes(),
            key.branch.as_bytes(),
            ask.product.as_bytes(),
            as_i64(ask.after(cloud_epoch)),
        ];
        let mut sum = Unseen::default();
        for row in found.query_map(of, ledger_row)? {
            sum.add(ask, &row?);
        }
        unseen.insert(*ask, sum);
    }
    Ok(unseen)
}

/// A row from before the ledger knew who and when is completed from the op in the log.
fn ledger_row(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let kind: String = row.get(0)?;
    let delta_milli = row.get(1)?;
    let kind: MovementKind = kind.parse().map_err(unreadable)?;
    let (till, hlc) = if let Some(till) = maybe_uuid_column(row, 2)? {
        (till, hlc(row, 3, 4)?)
    } else {
        let bytes = row.get_ref(6)?.as_blob()?;
        let read = Envelope::read(bytes).map_err(unreadable)?;
        (uuid_column(row, 5)?, read.hlc)
    };
    Ok(LedgerRow {
        till,
        hlc,
        kind,
        delta_milli,
    })
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}
