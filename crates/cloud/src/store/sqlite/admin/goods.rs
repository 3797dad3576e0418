//! Products as head office writes them: what changes gets a version of its own, group by group.

use std::collections::BTreeMap;

use protocol::pull::ProductRow;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde_json::Value;
use uuid::Uuid;

use super::versions::Versions;
use crate::store::StoreError;
use crate::store::admin::{GoodsWanted, Groups, ProductPut, Put, differing, groups};
use crate::store::sqlite::sql::{failed, uuid_column};

const READING: &str = "reading products";
const WRITING: &str = "writing products";
/// What every reading of a product asks for.
const COLUMNS: &str =
    "SELECT product_id, code, name, unit, price_minor, tax_class, tax_rate_bp, category,
    barcodes, (SELECT json_group_object(field_group, version) FROM product_group AS g
               WHERE g.tenant = p.tenant AND g.product_id = p.product_id) FROM product AS p ";

/// Live products by name; each word is in the name, the code or a barcode.
pub(super) fn products(
    snapshot: &Connection,
    tenant: Uuid,
    wanted: &GoodsWanted,
) -> Result<Vec<ProductRow>, StoreError> {
    let query = format!(
        "{COLUMNS} WHERE tenant = :tenant AND deleted = 0 AND (name, product_id) > (:name, :id)
         AND NOT EXISTS (SELECT 1 FROM json_each(:words) WHERE instr(
             lower(name || char(10) || coalesce(code, '') || char(10) || barcodes), value) = 0)
         ORDER BY name, product_id LIMIT :limit"
    );
    let words: Vec<String> = wanted.words.iter().map(|w| w.to_lowercase()).collect();
    let words = Value::from(words).to_string();
    let (name, id) = wanted.after.clone().unwrap_or_default();
    let mut found = snapshot.prepare_cached(&query).map_err(failed(READING))?;
    let rows = found.query_map(
        named_params! {
            ":tenant": tenant.as_bytes(),
            ":name": name,
            ":id": id.as_bytes(),
            ":words": words,
            ":limit": wanted.limit,
        },
        product_row,
    );
    rows.and_then(Iterator::collect).map_err(failed(READING))
}

/// A live product.
pub(super) fn product(
    snapshot: &Connection,
    tenant: Uuid,
    product_id: Uuid,
) -> Result<Option<ProductRow>, StoreError> {
    let query = format!("{COLUMNS} WHERE tenant = ?1 AND product_id = ?2 AND deleted = 0");
    snapshot
        .prepare_cached(&query)
        .and_then(|mut found| {
            let key = params![tenant.as_bytes(), product_id.as_bytes()];
            found.query_row(key, product_row).optional()
        })
        .map_err(failed(READING))
}

fn product_row(row: &Row<'_>) -> rusqlite::Result<ProductRow> {
    let unit: String = row.get(3)?;
    Ok(ProductRow {
        product_id: uuid_column(row, 0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        unit: serde_json::from_value(Value::String(unit)).map_err(unreadable)?,
        price_minor: row.get(4)?,
        tax_class: row.get(5)?,
        tax_rate_bp: row.get(6)?,
        category: row.get(7)?,
        barcodes: serde_json::from_str(&row.get::<_, String>(8)?).map_err(unreadable)?,
        versions: serde_json::from_str(&row.get::<_, String>(9)?).map_err(unreadable)?,
    })
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
}

/// Makes products be as asked; one answer each.
pub(super) fn put(
    tx: &Connection,
    tenant: Uuid,
    puts: &[ProductPut],
    now_ms: i64,
) -> Result<Vec<Put>, StoreError> {
    let mut writing = Writing::begin(tx, tenant, now_ms)?;
    let mut became = Vec::with_capacity(puts.len());
    for put in puts {
        became.push(writing.one(put)?);
    }
    writing.versions.keep(tx)?;
    Ok(became)
}

/// Changes a live product's price and no other field; `false` if there is no such product.
pub(super) fn put_price(
    tx: &Connection,
    tenant: Uuid,
    (product_id, price_minor): (Uuid, Option<i64>),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut writing = Writing::begin(tx, tenant, now_ms)?;
    let Some(held) = product(tx, tenant, product_id)? else {
        return Ok(false);
    };
    if held.price_minor == price_minor {
        return Ok(true);
    }
    let (rate_bp, held) = (held.tax_rate_bp, ProductPut::from(held));
    let before = groups(&held, rate_bp);
    let put = ProductPut {
        price_minor,
        ..held
    };
    let rv = writing.versions.next();
    let write = || {
        writing.remember(product_id, &before, &["price"])?;
        writing.write(&put, rate_bp, rv)?;
        writing.group_versions(product_id, &["price"], rv)
    };
    write().map_err(failed(WRITING))?;
    writing.versions.keep(tx)?;
    Ok(true)
}

fn rates(tx: &Connection, tenant: Uuid) -> rusqlite::Result<BTreeMap<String, i64>> {
    tx.prepare_cached("SELECT code, rate_bp FROM tax_class WHERE tenant = ?1 AND deleted = 0")?
        .query_map([tenant.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Leaves a tombstone.
pub(super) fn delete(tx: &Connection, tenant: Uuid, product_id: Uuid) -> Result<bool, StoreError> {
    let mut versions = Versions::hold(tx, tenant)?;
    let gone = tx
        .execute(
            "UPDATE product SET deleted = 1, row_version = ?3
             WHERE tenant = ?1 AND product_id = ?2 AND deleted = 0",
            params![tenant.as_bytes(), product_id.as_bytes(), versions.next()],
        )
        .map_err(failed(WRITING))?
        == 1;
    if gone {
        versions.keep(tx)?;
    }
    Ok(gone)
}

/// Many products in one transaction.
struct Writing<'a> {
    tx: &'a Connection,
    tenant: Uuid,
    now_ms: i64,
    versions: Versions,
    rates: BTreeMap<String, i64>,
}

impl<'a> Writing<'a> {
    fn begin(tx: &'a Connection, tenant: Uuid, now_ms: i64) -> Result<Self, StoreError> {
        Ok(Self {
            tx,
            tenant,
            now_ms,
            versions: Versions::hold(tx, tenant)?,
            rates: rates(tx, tenant).map_err(failed(WRITING))?,
        })
    }

    fn one(&mut self, put: &ProductPut) -> Result<Put, StoreError> {
        let Some(rate_bp) = self.rates.get(&put.tax_class).copied() else {
            return Ok(Put::Orphan);
        };
        if self.code_taken(put).map_err(failed(WRITING))? {
            return Ok(Put::Taken);
        }
        let before = self.before(put.product_id).map_err(failed(WRITING))?;
        let after = groups(put, rate_bp);
        let live = before.as_ref().is_some_and(|(_, deleted)| !deleted);
        let differing = differing(before.as_ref().map(|(held, _)| held), &after);
        if live && differing.is_empty() {
            return Ok(Put::Same);
        }
        let rv = self.versions.next();
        if let Some((held, _)) = &before {
            self.remember(put.product_id, held, &differing)
                .map_err(failed(WRITING))?;
        }
        self.write(put, rate_bp, rv).map_err(failed(WRITING))?;
        self.group_versions(put.product_id, &differing, rv)
            .map_err(failed(WRITING))?;
        Ok(if live { Put::Changed } else { Put::Made })
    }

    /// Another live product with this article code.
    fn code_taken(&self, put: &ProductPut) -> rusqlite::Result<bool> {
        let Some(code) = &put.code else {
            return Ok(false);
        };
        self.tx
            .prepare_cached(
                // Named, because the planner would walk the tenant's every product instead.
                "SELECT 1 FROM product INDEXED BY product_by_code
                 WHERE tenant = ?1 AND code = ?2 AND +product_id <> ?3 AND deleted = 0",
            )?
            .exists(params![
                self.tenant.as_bytes(),
                code,
                put.product_id.as_bytes()
            ])
    }

    /// The groups as they are, and whether the product is a tombstone.
    fn before(&self, product_id: Uuid) -> rusqlite::Result<Option<(Groups, bool)>> {
        let query = format!("{COLUMNS} WHERE tenant = ?1 AND product_id = ?2");
        let held = self.tx.prepare_cached(&query)?.query_row(
            params![self.tenant.as_bytes(), product_id.as_bytes()],
            product_row,
        );
        let Some(held) = held.optional()? else {
            return Ok(None);
        };
        let deleted = self
            .tx
            .prepare_cached("SELECT deleted FROM product WHERE tenant = ?1 AND product_id = ?2")?
            .query_row(
                params![self.tenant.as_bytes(), product_id.as_bytes()],
                |row| row.get(0),
            )?;
        let rate_bp = held.tax_rate_bp;
        let held = ProductPut::from(held);
        Ok(Some((groups(&held, rate_bp), deleted)))
    }

    /// What a group said until now, under its version: a later conflict shows it as the base.
    fn remember(
        &self,
        product_id: Uuid,
        held: &Groups,
        differing: &[&str],
    ) -> rusqlite::Result<()> {
        let mut past = self.tx.prepare_cached(include_str!("past_group.sql"))?;
        for group in differing {
            let fields = held.get(group).map(Value::to_string);
            past.execute(params![
                self.tenant.as_bytes(),
                product_id.as_bytes(),
                group,
                fields
            ])?;
        }
        Ok(())
    }

    fn write(&self, put: &ProductPut, rate_bp: i64, rv: i64) -> rusqlite::Result<()> {
        self.tx
            .prepare_cached(include_str!("put_goods.sql"))?
            .execute(params![
                self.tenant.as_bytes(),
                put.product_id.as_bytes(),
                put.code,
                put.name,
                put.unit.as_str(),
                put.price_minor,
                put.tax_class,
                rate_bp,
                put.category,
                Value::from(put.barcodes.clone()).to_string(),
                rv,
            ])?;
        Ok(())
    }

    fn group_versions(
        &self,
        product_id: Uuid,
        differing: &[&str],
        rv: i64,
    ) -> rusqlite::Result<()> {
        let mut put = self
            .tx
            .prepare_cached(include_str!("put_goods_group.sql"))?;
        for group in differing {
            put.execute(params![
                self.tenant.as_bytes(),
                product_id.as_bytes(),
                group,
                rv,
                Uuid::nil().as_bytes(),
                self.now_ms
            ])?;
        }
        Ok(())
    }
}
