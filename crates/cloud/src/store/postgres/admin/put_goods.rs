//! Products as head office writes them: a thousand in a handful of statements.
//!
//! Promises the same as one by one: what changes gets a version of its own, group by group, and a
//! product that is so already none.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Pool;
use protocol::pull::ProductRow;
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::sql::{failed, get};
use super::super::tx::{Mode, Tx, Value, Write};
use super::goods::product_row;
use super::versions::Versions;
use crate::store::StoreError;
use crate::store::admin::{Groups, ProductPut, Put, differing, groups};

const DOING: &str = "writing products";

/// Makes products be as asked; one answer each.
pub(super) async fn put(
    pool: &Pool,
    tenant: Uuid,
    puts: &[ProductPut],
    now_ms: i64,
) -> Result<Vec<Put>, StoreError> {
    let tx = Tx::open(pool, DOING, Mode::Write, Some(tenant)).await?;
    let mut versions = Versions::hold(&tx, tenant).await?;
    let mut held = load(&tx, tenant, puts).await?;
    let mut changes = Changes::default();
    let mut became = Vec::with_capacity(puts.len());
    for put in puts {
        if changes.ids.contains(&put.product_id) {
            // The same product again: what it became is written before it becomes something else.
            write(&tx, tenant, now_ms, &mut changes).await?;
        }
        became.push(one(&mut held, &mut versions, &mut changes, put));
    }
    write(&tx, tenant, now_ms, &mut changes).await?;
    versions.keep(&tx).await.map_err(failed(DOING))?;
    tx.commit().await.map_err(failed(DOING))?;
    Ok(became)
}

/// Changes a live product's price and no other field; `false` if there is no such product.
pub(super) async fn put_price(
    pool: &Pool,
    tenant: Uuid,
    (product_id, price_minor): (Uuid, Option<i64>),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let tx = Tx::open(pool, DOING, Mode::Write, Some(tenant)).await?;
    let mut versions = Versions::hold(&tx, tenant).await?;
    let by_id = include_str!("products_by_id.sql");
    let found = tx.query_opt(by_id, &[&tenant, &vec![product_id]]).await;
    let held = match found.map_err(failed(DOING))? {
        Some(row) if !get::<bool>(&row, "deleted")? => Some(product_row(&row)?),
        Some(_) | None => None,
    };
    let there = held.is_some();
    if let Some(held) = held.filter(|held| held.price_minor != price_minor) {
        let mut changes = priced(held, price_minor, versions.next());
        write(&tx, tenant, now_ms, &mut changes).await?;
    }
    versions.keep(&tx).await.map_err(failed(DOING))?;
    tx.commit().await.map_err(failed(DOING))?;
    Ok(there)
}

/// A product with another price, and nothing else of it new.
fn priced(held: ProductRow, price_minor: Option<i64>, rv: i64) -> Changes {
    let (id, rate_bp) = (held.product_id, held.tax_rate_bp);
    let held = ProductPut::from(held);
    let before = groups(&held, rate_bp);
    let said = before.get("price").map(Json::to_string);
    let put = ProductPut {
        price_minor,
        ..held
    };
    Changes {
        ids: [id].into(),
        products: vec![(put, rate_bp, rv)],
        groups: vec![(id, "price", rv)],
        past: said.map(|said| (id, "price", said)).into_iter().collect(),
    }
}

/// What is there, as far as the products need it; brought up to date while they are written.
struct Held {
    rates: BTreeMap<String, i64>,
    products: BTreeMap<Uuid, Before>,
    codes: BTreeMap<String, Uuid>,
}

/// A product before it is written.
struct Before {
    groups: Groups,
    code: Option<String>,
    live: bool,
}

/// What is to be written.
#[derive(Default)]
struct Changes {
    ids: BTreeSet<Uuid>,
    products: Vec<(ProductPut, i64, i64)>,
    groups: Vec<(Uuid, &'static str, i64)>,
    past: Vec<(Uuid, &'static str, String)>,
}

async fn load(tx: &Tx, tenant: Uuid, puts: &[ProductPut]) -> Result<Held, StoreError> {
    let mut held = Held {
        rates: BTreeMap::new(),
        products: BTreeMap::new(),
        codes: BTreeMap::new(),
    };
    let rates = "SELECT code, rate_bp FROM tax_class WHERE tenant = $1 AND NOT deleted";
    for row in tx.query(rates, &[&tenant]).await.map_err(failed(DOING))? {
        held.rates.insert(get(&row, "code")?, get(&row, "rate_bp")?);
    }
    let ids: Vec<Uuid> = puts.iter().map(|put| put.product_id).collect();
    let by_id = include_str!("products_by_id.sql");
    for row in tx
        .query(by_id, &[&tenant, &ids])
        .await
        .map_err(failed(DOING))?
    {
        let product = product_row(&row)?;
        let (id, rate_bp) = (product.product_id, product.tax_rate_bp);
        let product = ProductPut::from(product);
        let before = Before {
            groups: groups(&product, rate_bp),
            code: product.code,
            live: !get::<bool>(&row, "deleted")?,
        };
        held.products.insert(id, before);
    }
    let codes: Vec<&str> = puts.iter().filter_map(|put| put.code.as_deref()).collect();
    let by_code = "SELECT p.code, p.product_id FROM unnest($2::text[]) AS wanted (code)
                   JOIN product AS p ON md5(p.code) = md5(wanted.code) AND p.code = wanted.code
                   WHERE p.tenant = $1 AND NOT p.deleted";
    for row in tx
        .query(by_code, &[&tenant, &codes])
        .await
        .map_err(failed(DOING))?
    {
        held.codes
            .insert(get(&row, "code")?, get(&row, "product_id")?);
    }
    Ok(held)
}

fn one(held: &mut Held, versions: &mut Versions, changes: &mut Changes, put: &ProductPut) -> Put {
    let id = put.product_id;
    let Some(rate_bp) = held.rates.get(&put.tax_class).copied() else {
        return Put::Orphan;
    };
    let holder = put.code.as_ref().and_then(|code| held.codes.get(code));
    if holder.is_some_and(|holder| *holder != id) {
        return Put::Taken;
    }
    let before = held.products.get(&id);
    let live = before.is_some_and(|before| before.live);
    let after = groups(put, rate_bp);
    let differing = differing(before.map(|before| &before.groups), &after);
    if live && differing.is_empty() {
        return Put::Same;
    }
    let rv = versions.next();
    for group in differing {
        let fields = before.and_then(|before| before.groups.get(group));
        if let Some(fields) = fields {
            changes.past.push((id, group, Json::to_string(fields)));
        }
        changes.groups.push((id, group, rv));
    }
    changes.ids.insert(id);
    changes.products.push((put.clone(), rate_bp, rv));
    if let Some(code) = before.and_then(|before| before.code.clone()) {
        held.codes.remove(&code);
    }
    if let Some(code) = &put.code {
        held.codes.insert(code.clone(), id);
    }
    let now = Before {
        groups: after,
        code: put.code.clone(),
        live: true,
    };
    held.products.insert(id, now);
    if live { Put::Changed } else { Put::Made }
}

/// Writes what has come together: what was said before first.
async fn write(
    tx: &Tx,
    tenant: Uuid,
    now_ms: i64,
    changes: &mut Changes,
) -> Result<(), StoreError> {
    let changes = std::mem::take(changes);
    if changes.ids.is_empty() {
        return Ok(());
    }
    let writes = [
        past(tenant, &changes),
        products(tenant, &changes),
        versions_of(tenant, now_ms, &changes),
    ];
    tx.write(&writes).await.map_err(failed(DOING))
}

fn column<T, R>(rows: &[T], field: impl Fn(&T) -> R) -> Vec<R> {
    rows.iter().map(field).collect()
}

fn past(tenant: Uuid, changes: &Changes) -> Write<'_> {
    let rows = &changes.past;
    let values: Vec<Value<'_>> = vec![
        Box::new(tenant),
        Box::new(column(rows, |(id, _, _)| *id)),
        Box::new(column(rows, |(_, group, _)| *group)),
        Box::new(rows.iter().map(|row| row.2.as_str()).collect::<Vec<_>>()),
    ];
    Write {
        sql: include_str!("past_groups.sql"),
        values,
    }
}

fn products(tenant: Uuid, changes: &Changes) -> Write<'_> {
    let rows = changes.products.as_slice();
    let values: Vec<Value<'_>> = vec![
        Box::new(tenant),
        Box::new(column(rows, |(put, _, _)| put.product_id)),
        Box::new(
            rows.iter()
                .map(|row| row.0.code.as_deref())
                .collect::<Vec<_>>(),
        ),
        Box::new(
            rows.iter()
                .map(|row| row.0.name.as_str())
                .collect::<Vec<_>>(),
        ),
        Box::new(column(rows, |(put, _, _)| put.unit.as_str())),
        Box::new(column(rows, |(put, _, _)| put.price_minor)),
        Box::new(
            rows.iter()
                .map(|row| row.0.tax_class.as_str())
                .collect::<Vec<_>>(),
        ),
        Box::new(column(rows, |(_, rate_bp, _)| *rate_bp)),
        Box::new(
            rows.iter()
                .map(|row| row.0.category.as_deref())
                .collect::<Vec<_>>(),
        ),
        Box::new(column(rows, |(put, _, _)| {
            Json::from(put.barcodes.clone()).to_string()
        })),
        Box::new(column(rows, |(_, _, rv)| *rv)),
    ];
    Write {
        sql: include_str!("put_products.sql"),
        values,
    }
}

fn versions_of(tenant: Uuid, now_ms: i64, changes: &Changes) -> Write<'_> {
    let rows = &changes.groups;
    let values: Vec<Value<'_>> = vec![
        Box::new(tenant),
        Box::new(column(rows, |(id, _, _)| *id)),
        Box::new(column(rows, |(_, group, _)| *group)),
        Box::new(column(rows, |(_, _, rv)| *rv)),
        Box::new(now_ms),
    ];
    Write {
        sql: include_str!("put_product_groups.sql"),
        values,
    }
}
