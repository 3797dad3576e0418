//! Facts that ops are judged by: sales and what came back of them, stock, products.

use std::collections::{BTreeMap, BTreeSet};

use protocol::Envelope;
use sync::effects;
use sync::ingest::{GroupVersion, SoldLine, StockLevel, TillKey};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{counter, failed, get};
use crate::store::postgres::tx::{Param, Tx};

type Lines = BTreeMap<u32, SoldLine>;

/// The ops that hold these sale ids, and of sales what was sold and given back line by line.
pub(super) async fn sales(
    tx: &Tx,
    key: &TillKey,
    sale_ids: &BTreeSet<Uuid>,
) -> Result<(BTreeMap<Uuid, Uuid>, BTreeMap<Uuid, Lines>), StoreError> {
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
        holders.insert(sale_id, get(row, "op_id")?);
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

/// Stock of the till's branch; a product that never moved has no entry.
pub(super) async fn stock(
    tx: &Tx,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, StockLevel>, StoreError> {
    if products.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            "SELECT product_id, quantity_milli, tracked FROM stock
         WHERE tenant = $1 AND branch = $2 AND product_id = ANY ($3)",
            &[
                &key.tenant,
                &key.branch,
                &Vec::from_iter(products.iter().copied()),
            ],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows.iter().map(|row| {
        let level = StockLevel {
            on_hand_milli: get(row, "quantity_milli")?,
            tracked: get(row, "tracked")?,
        };
        Ok((get(row, "product_id")?, level))
    });
    each.collect()
}

/// The open conflict of each product of the branch that is below zero.
pub(super) async fn open_negative(
    tx: &Tx,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Uuid>, StoreError> {
    if products.is_empty() {
        return Ok(BTreeMap::new());
    }
    let entity = |product: &Uuid| (format!("stock:{}/{product}", key.branch), *product);
    let about: BTreeMap<String, Uuid> = products.iter().map(entity).collect();
    let rows = tx
        .query(
            "SELECT entity, id FROM conflict
         WHERE tenant = $1 AND entity = ANY ($2) AND status = 'open' AND kind = 'NEGATIVE_STOCK'",
            &[&key.tenant, &Vec::from_iter(about.keys())],
        )
        .await
        .map_err(failed(DOING))?;
    let mut open = BTreeMap::new();
    for row in &rows {
        if let Some(product) = about.get(get::<&str>(row, "entity")?) {
            open.insert(*product, get(row, "id")?);
        }
    }
    Ok(open)
}

/// Products that exist, with the versions of their field groups.
pub(super) async fn products(
    tx: &Tx,
    key: &TillKey,
    products: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, BTreeMap<String, GroupVersion>>, StoreError> {
    let mut existing: BTreeMap<Uuid, BTreeMap<String, GroupVersion>> = BTreeMap::new();
    if products.is_empty() {
        return Ok(existing);
    }
    let rows = tx
        .query(
            include_str!("products.sql"),
            &[&key.tenant, &Vec::from_iter(products.iter().copied())],
        )
        .await
        .map_err(failed(DOING))?;
    for row in &rows {
        let groups = existing.entry(get(row, "product_id")?).or_default();
        if let Some(name) = get::<Option<String>>(row, "field_group")? {
            let group = GroupVersion {
                version: counter(row, "version")?,
                till: get(row, "till")?,
            };
            groups.insert(name, group);
        }
    }
    Ok(existing)
}
