//! Writes a product as it is after an op, and which groups of its fields the op changed.

use rusqlite::types::Type;
use rusqlite::{Connection, ToSql, params};
use serde::Serialize;
use sync::effects::ProductWrite;
use sync::ingest::OpRow;

use super::super::sql::as_i64;
use super::Entry;

/// The product's row, a new version for each group that the op wrote, and what these said before.
pub(super) fn write(
    tx: &Connection,
    entry: &Entry,
    op: &OpRow,
    product: &ProductWrite,
    rv: i64,
) -> rusqlite::Result<()> {
    let (tenant, id) = (entry.key.tenant.as_bytes(), product.product_id.as_bytes());
    let fields = &product.fields;
    tx.prepare_cached(include_str!("put_product.sql"))?
        .execute(params![
            tenant,
            id,
            fields.code,
            fields.name,
            fields.unit.as_str(),
            fields.price_minor,
            fields.tax_class,
            fields.tax_rate_bp,
            fields.category,
            json(&fields.barcodes)?,
            rv,
        ])?;
    for (group, past) in &product.replaced {
        let made = &past.made;
        tx.prepare_cached(include_str!("keep_group.sql"))?
            .execute(params![
                tenant,
                id,
                group.as_str(),
                as_i64(made.version),
                made.till.as_bytes(),
                made.operator_name,
                made.at_ms,
                json(&past.fields)?,
            ])?;
    }
    for group in &product.groups {
        tx.prepare_cached(include_str!("put_group.sql"))?
            .execute(params![
                tenant,
                id,
                group.as_str(),
                rv,
                op.till.as_bytes(),
                product.operator_name,
                product.at_ms,
            ])?;
    }
    Ok(())
}

/// The snake_case word of a fieldless enum, as on the wire.
pub(super) fn word_of(word: &impl Serialize) -> rusqlite::Result<impl ToSql> {
    let value = serde_json::to_value(word).map_err(unwritable)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// A value as JSON text.
pub(super) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

/// A word in a column that this program does not know.
pub(super) fn no_word(index: usize, word: &str) -> rusqlite::Error {
    let cause = format!("{word:?} is no word of this program");
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, cause.into())
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
