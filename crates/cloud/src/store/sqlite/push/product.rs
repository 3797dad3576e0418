//! Writes a product as an op wants it, and which groups of its fields the op changed.

use protocol::Envelope;
use protocol::body::ProductEditedV1;
use rusqlite::{Connection, ToSql, params};
use serde::Serialize;
use sync::ingest::OpRow;

use super::Entry;

/// The product's row, and a new version for each field group that the op names as its base.
pub(super) fn write(
    tx: &Connection,
    entry: &Entry,
    op: &OpRow,
    product: &ProductEditedV1,
    rv: i64,
) -> rusqlite::Result<()> {
    let barcodes = serde_json::to_string(&product.barcodes).map_err(unwritable)?;
    tx.prepare_cached(include_str!("put_product.sql"))?
        .execute(params![
            entry.key.tenant.as_bytes(),
            product.product_id.as_bytes(),
            product.code,
            product.name,
            product.unit.as_str(),
            product.price_minor,
            product.tax_class,
            product.tax_rate_bp,
            product.category,
            barcodes,
            rv,
        ])?;
    let envelope = Envelope::read(&op.bytes).map_err(unwritable)?;
    let entity = format!("product:{}", product.product_id);
    for base in envelope.base.iter().filter(|base| base.entity == entity) {
        tx.prepare_cached(include_str!("put_group.sql"))?
            .execute(params![
                entry.key.tenant.as_bytes(),
                product.product_id.as_bytes(),
                base.group,
                rv,
                op.till.as_bytes(),
            ])?;
    }
    Ok(())
}

/// The snake_case word of a fieldless enum, as on the wire.
pub(super) fn word_of(word: &impl Serialize) -> rusqlite::Result<impl ToSql> {
    let value = serde_json::to_value(word).map_err(unwritable)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
