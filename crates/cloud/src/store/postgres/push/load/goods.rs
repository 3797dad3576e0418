//! Products with the versions of their groups, stock, and what moved it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::{MovementKind, Unit};
use protocol::hlc::Hlc;
use sync::effects::{FieldGroup, GroupVersion, PastGroup, ProductFields};
use sync::ingest::{LastCount, LedgerAsk, LedgerRow, ProductNow, StockLevel, TillKey, Unseen};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{as_i64, counter, failed, get, unreadable};
use crate::store::postgres::tx::Tx;

/// Stock of the till's branch; a product that never moved has no entry.
pub(super) async fn stock(
    tx: &Tx,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, StockLevel>, StoreError> {
    if products.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids = Vec::from_iter(products.iter().copied());
    let rows = tx
        .query(include_str!("stock.sql"), &[&key.tenant, &key.branch, &ids])
        .await
        .map_err(failed(DOING))?;
    let each = rows
        .iter()
        .map(|row| Ok((get(row, "product_id")?, level(row)?)));
    each.collect()
}

fn level(row: &Row) -> Result<StockLevel, StoreError> {
    let counted = match get(row, "counted_op")? {
        None => None,
        Some(op_id) => Some(LastCount {
            op_id,
            till: get(row, "counted_till")?,
            hlc: hlc(row, "counted_hlc_ms", "counted_hlc_counter")?,
            counted_milli: get(row, "counted_milli")?,
            at_ms: get(row, "counted_at_ms")?,
        }),
    };
    Ok(StockLevel {
        on_hand_milli: get(row, "quantity_milli")?,
        tracked: get(row, "tracked")?,
        counted,
    })
}

fn hlc(row: &Row, ms: &'static str, ticks: &'static str) -> Result<Hlc, StoreError> {
    let counted = counter(row, ticks)?;
    Ok(Hlc {
        ms: counter(row, ms)?,
        counter: u16::try_from(counted)
            .map_err(|_| unreadable(ticks, format!("{counted} is no tick of a clock")))?,
    })
}

/// Products that exist or existed, with the versions of their field groups.
pub(super) async fn products(
    tx: &Tx,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, ProductNow>, StoreError> {
    let mut existing: BTreeMap<Uuid, ProductNow> = BTreeMap::new();
    if products.is_empty() {
        return Ok(existing);
    }
    let ids = Vec::from_iter(products.iter().copied());
    let rows = tx
        .query(include_str!("products.sql"), &[&key.tenant, &ids])
        .await
        .map_err(failed(DOING))?;
    for row in &rows {
        let id: Uuid = get(row, "product_id")?;
        let now = match existing.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(ProductNow {
                fields: fields(row)?,
                deleted: get(row, "deleted")?,
                groups: BTreeMap::new(),
            }),
        };
        let word: Option<&str> = get(row, "field_group")?;
        // A group of a newer program is none of this one's business.
        if let Some(group) = word.and_then(FieldGroup::from_word) {
            now.groups.insert(group, made(row)?);
        }
    }
    Ok(existing)
}

fn fields(row: &Row) -> Result<ProductFields, StoreError> {
    let (unit, barcodes): (&str, &str) = (get(row, "unit")?, get(row, "barcodes")?);
    Ok(ProductFields {
        code: get(row, "code")?,
        name: get(row, "name")?,
        unit: unit
            .parse::<Unit>()
            .map_err(|error| unreadable("unit", error.to_string()))?,
        price_minor: get(row, "price_minor")?,
        tax_class: get(row, "tax_class")?,
        tax_rate_bp: get(row, "tax_rate_bp")?,
        category: get(row, "category")?,
        barcodes: serde_json::from_str(barcodes)
            .map_err(|error| unreadable("barcodes", error.to_string()))?,
    })
}

fn made(row: &Row) -> Result<GroupVersion, StoreError> {
    Ok(GroupVersion {
        version: counter(row, "version")?,
        till: get(row, "till")?,
        operator_name: get(row, "operator_name")?,
        at_ms: get(row, "at_ms")?,
    })
}

type Place = (Uuid, FieldGroup, u64);

/// What groups said under versions that are gone.
pub(super) async fn past(
    tx: &Tx,
    key: &TillKey,
    asked: &BTreeSet<Place>,
) -> Result<BTreeMap<Place, PastGroup>, StoreError> {
    let mut past = BTreeMap::new();
    if asked.is_empty() {
        return Ok(past);
    }
    let products = Vec::from_iter(asked.iter().map(|(product, ..)| *product));
    let groups = Vec::from_iter(asked.iter().map(|(_, group, _)| group.as_str()));
    let versions = Vec::from_iter(asked.iter().map(|(.., version)| as_i64(*version)));
    let rows = tx
        .query(
            include_str!("past.sql"),
            &[&key.tenant, &products, &groups, &versions],
        )
        .await
        .map_err(failed(DOING))?;
    for row in &rows {
        let word: &str = get(row, "field_group")?;
        let Some(group) = FieldGroup::from_word(word) else {
            continue;
        };
        let (made, fields): (GroupVersion, &str) = (made(row)?, get(row, "fields")?);
        let fields = serde_json::from_str(fields)
            .map_err(|error| unreadable("fields", error.to_string()))?;
        let place = (get(row, "product_id")?, group, made.version);
        past.insert(place, PastGroup { made, fields });
    }
    Ok(past)
}

/// What moved that counts had not seen.
pub(super) async fn ledger(
    tx: &Tx,
    key: &TillKey,
    asked: &BTreeSet<LedgerAsk>,
) -> Result<BTreeMap<LedgerAsk, Unseen>, StoreError> {
    let asks = Vec::from_iter(asked.iter().copied());
    if asks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let products = Vec::from_iter(asks.iter().map(|ask| ask.product));
    let epochs = Vec::from_iter(asks.iter().map(|ask| ask.cloud_epoch));
    let versions = Vec::from_iter(asks.iter().map(|ask| as_i64(ask.row_version)));
    let rows = tx
        .query(
            include_str!("ledger.sql"),
            &[&key.tenant, &key.branch, &products, &epochs, &versions],
        )
        .await
        .map_err(failed(DOING))?;
    let mut unseen = vec![Unseen::default(); asks.len()];
    for row in &rows {
        let place = usize::try_from(counter(row, "place")?).unwrap_or(usize::MAX);
        let place = place.wrapping_sub(1);
        if let (Some(sum), Some(ask)) = (unseen.get_mut(place), asks.get(place)) {
            sum.add(ask, &ledger_row(row)?);
        }
    }
    Ok(asks.into_iter().zip(unseen).collect())
}

fn ledger_row(row: &Row) -> Result<LedgerRow, StoreError> {
    let kind: &str = get(row, "kind")?;
    Ok(LedgerRow {
        till: get(row, "till")?,
        hlc: hlc(row, "hlc_ms", "hlc_counter")?,
        kind: kind
            .parse::<MovementKind>()
            .map_err(|error| unreadable("kind", error.to_string()))?,
        delta_milli: get(row, "delta_milli")?,
    })
}
