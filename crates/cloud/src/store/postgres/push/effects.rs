//! Writes what ops did: their sales and refunds, their movements, products and incidents.

use std::collections::BTreeMap;

use serde::Serialize;
use sync::effects::{DocumentEffect, RefundEffect, StockEffect};
use sync::ingest::OpRow;
use uuid::Uuid;

use super::{DOING, Entry};
use crate::store::StoreError;
use crate::store::postgres::sql::{as_i64, text};
use crate::store::postgres::tx::Write;

/// What a batch does to the stock of one product in the till's branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct StockMove<'a> {
    pub(super) product: Uuid,
    /// The sum of the movements, thousandths.
    pub(super) delta_milli: i64,
    /// Whether the shop keeps book of it from now on.
    pub(super) tracked: bool,
    /// The name on the last receipt of the batch.
    pub(super) sold_as: Option<&'a str>,
}

/// All effects of these ops with their versions, apart from the stock's sum.
pub(super) fn of_ops<'a>(
    entry: &Entry,
    ops: &[(&'a OpRow, i64)],
) -> Result<Vec<Write<'a>>, StoreError> {
    let mut all = Vec::new();
    all.extend(documents(entry, ops));
    all.extend(given_back(entry, ops));
    all.extend(movements(entry, ops));
    for (op, rv) in ops {
        if op.effects.product.is_some() {
            all.extend(product(entry, op, *rv)?);
        }
        all.extend(incident(entry, op, *rv)?);
    }
    Ok(all)
}

/// Moves stock by the sums of a batch's movements.
pub(super) fn move_stock<'a>(entry: &Entry, moves: &[StockMove<'a>]) -> Option<Write<'a>> {
    (!moves.is_empty()).then(|| Write {
        sql: include_str!("put_stock.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.key.branch),
            Box::new(entry.rv_last),
            Box::new(Vec::from_iter(moves.iter().map(|moved| moved.product))),
            Box::new(Vec::from_iter(moves.iter().map(|moved| moved.delta_milli))),
            Box::new(Vec::from_iter(moves.iter().map(|moved| moved.tracked))),
            Box::new(Vec::from_iter(
                moves.iter().map(|moved| moved.sold_as.map(text)),
            )),
        ],
    })
}

/// A sale, or a refund's document.
struct Document<'a> {
    op: &'a OpRow,
    rv: i64,
    of: &'a DocumentEffect,
    refund: Option<&'a RefundEffect>,
}

fn documents<'a>(entry: &Entry, ops: &[(&'a OpRow, i64)]) -> Option<Write<'a>> {
    let mut rows: Vec<Document<'a>> = Vec::new();
    for (op, rv) in ops {
        let refund = op.effects.refund.as_ref();
        let documents = [
            op.effects.sale.as_ref(),
            refund.map(|refund| &refund.document),
        ];
        rows.extend(documents.into_iter().flatten().map(|of| Document {
            op,
            rv: *rv,
            of,
            refund,
        }));
    }
    let column = || rows.iter();
    (!rows.is_empty()).then(|| Write {
        sql: include_str!("insert_sales.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.key.branch),
            Box::new(Vec::from_iter(column().map(|row| row.op.op_id))),
            Box::new(Vec::from_iter(column().map(|row| row.of.sale_id))),
            Box::new(Vec::from_iter(column().map(Document::kind))),
            Box::new(Vec::from_iter(column().map(|row| row.op.till))),
            Box::new(Vec::from_iter(
                column().map(|row| Uuid::from_bytes(row.op.segment.0)),
            )),
            Box::new(Vec::from_iter(column().map(|row| as_i64(row.op.seq)))),
            Box::new(Vec::from_iter(column().map(|row| row.rv))),
            Box::new(Vec::from_iter(
                column().map(|row| text(&row.of.receipt_number)),
            )),
            Box::new(Vec::from_iter(
                column().map(|row| row.refund.and_then(|refund| refund.of_sale)),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.of.operator_id))),
            Box::new(Vec::from_iter(
                column().map(|row| text(&row.of.operator_name)),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.of.completed_at_ms))),
            Box::new(Vec::from_iter(
                column().map(|row| row.of.reference.as_deref().map(text)),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.of.currency.code()))),
            Box::new(Vec::from_iter(
                column().map(|row| as_i64(row.of.lines.len() as u64)),
            )),
            Box::new(Vec::from_iter(column().map(|row| row.of.net_minor))),
            Box::new(Vec::from_iter(column().map(|row| row.of.tax_minor))),
            Box::new(Vec::from_iter(column().map(|row| row.of.gross_minor))),
        ],
    })
}

impl Document<'_> {
    const fn kind(&self) -> &'static str {
        if self.refund.is_some() {
            "refund"
        } else {
            "sale"
        }
    }
}

/// Two lines of one refund may give back parts of the same line: they are one row.
fn given_back<'a>(entry: &Entry, ops: &[(&'a OpRow, i64)]) -> Option<Write<'a>> {
    let mut sums: BTreeMap<(Uuid, i64, Uuid), i64> = BTreeMap::new();
    for (op, _) in ops {
        let refund = op.effects.refund.as_ref();
        let Some((refund, of_sale)) = refund.and_then(|refund| Some((refund, refund.of_sale?)))
        else {
            continue;
        };
        for line in &refund.document.lines {
            let Some(of_line) = line.of_line else {
                continue;
            };
            let sum = sums
                .entry((of_sale, i64::from(of_line), op.op_id))
                .or_default();
            *sum = sum.saturating_add(line.quantity_milli);
        }
    }
    (!sums.is_empty()).then(|| Write {
        sql: include_str!("insert_given_back.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(Vec::from_iter(sums.keys().map(|(of_sale, ..)| *of_sale))),
            Box::new(Vec::from_iter(sums.keys().map(|(_, of_line, _)| *of_line))),
            Box::new(Vec::from_iter(sums.keys().map(|(.., op_id)| *op_id))),
            Box::new(Vec::from_iter(sums.values().copied())),
        ],
    })
}

fn movements<'a>(entry: &Entry, ops: &[(&'a OpRow, i64)]) -> Option<Write<'a>> {
    let mut rows: Vec<(&'a OpRow, i64, i64, &'a StockEffect)> = Vec::new();
    for (op, rv) in ops {
        let parts = op.effects.stock.iter().zip(0_i64..);
        rows.extend(parts.map(|(movement, part)| (*op, *rv, part, movement)));
    }
    let column = || rows.iter();
    (!rows.is_empty()).then(|| Write {
        sql: include_str!("insert_movements.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(entry.key.branch),
            Box::new(Vec::from_iter(column().map(|(_, rv, ..)| *rv))),
            Box::new(Vec::from_iter(column().map(|(_, _, part, _)| *part))),
            Box::new(Vec::from_iter(column().map(|(op, ..)| op.op_id))),
            Box::new(Vec::from_iter(column().map(|(.., moved)| moved.product_id))),
            Box::new(Vec::from_iter(
                column().map(|(.., moved)| moved.kind.as_str()),
            )),
            Box::new(Vec::from_iter(
                column().map(|(.., moved)| moved.delta_milli),
            )),
            Box::new(Vec::from_iter(
                column().map(|(.., moved)| moved.reason.as_deref().map(text)),
            )),
            Box::new(Vec::from_iter(column().map(|(op, ..)| op.till))),
            Box::new(Vec::from_iter(
                column().map(|(op, ..)| Uuid::from_bytes(op.segment.0)),
            )),
            Box::new(Vec::from_iter(column().map(|(op, ..)| as_i64(op.seq)))),
            Box::new(Vec::from_iter(column().map(|(op, ..)| as_i64(op.hlc.ms)))),
            Box::new(Vec::from_iter(
                column().map(|(op, ..)| i64::from(op.hlc.counter)),
            )),
        ],
    })
}

/// The product's row, a new version for each group that the op wrote, and what these said before.
fn product<'a>(entry: &Entry, op: &'a OpRow, rv: i64) -> Result<Vec<Write<'a>>, StoreError> {
    let Some(product) = &op.effects.product else {
        return Ok(Vec::new());
    };
    let (tenant, id, fields) = (entry.key.tenant, product.product_id, &product.fields);
    let barcodes = json(&fields.barcodes)?;
    let mut writes = vec![Write {
        sql: include_str!("put_product.sql"),
        values: vec![
            Box::new(tenant),
            Box::new(id),
            Box::new(fields.code.as_deref().map(text)),
            Box::new(text(&fields.name)),
            Box::new(fields.unit.as_str()),
            Box::new(fields.price_minor),
            Box::new(text(&fields.tax_class)),
            Box::new(fields.tax_rate_bp),
            Box::new(fields.category.as_deref().map(text)),
            Box::new(barcodes),
            Box::new(rv),
        ],
    }];
    for (group, past) in &product.replaced {
        writes.push(Write {
            sql: include_str!("keep_group.sql"),
            values: vec![
                Box::new(tenant),
                Box::new(id),
                Box::new(group.as_str()),
                Box::new(as_i64(past.made.version)),
                Box::new(past.made.till),
                Box::new(past.made.operator_name.as_deref().map(text)),
                Box::new(past.made.at_ms),
                Box::new(json(&past.fields)?),
            ],
        });
    }
    writes.extend(product.groups.iter().map(|group| Write {
        sql: include_str!("put_group.sql"),
        values: vec![
            Box::new(tenant),
            Box::new(id),
            Box::new(group.as_str()),
            Box::new(rv),
            Box::new(op.till),
            Box::new(product.operator_name.as_deref().map(text)),
            Box::new(product.at_ms),
        ],
    }));
    Ok(writes)
}

/// A value as JSON text. PostgreSQL takes no NUL, and JSON writes one as an escape.
pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(unwritable)
}

fn incident<'a>(entry: &Entry, op: &'a OpRow, rv: i64) -> Result<Option<Write<'a>>, StoreError> {
    let Some(incident) = &op.effects.incident else {
        return Ok(None);
    };
    Ok(Some(Write {
        sql: "INSERT INTO till_incident (tenant, op_id, till, kind, words, noticed_at_ms, rv)
              VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(op.op_id),
            Box::new(op.till),
            Box::new(word_of(&incident.kind)?),
            Box::new(text(&incident.words)),
            Box::new(incident.noticed_at_ms),
            Box::new(rv),
        ],
    }))
}

/// The snake_case word of a fieldless enum, as on the wire.
fn word_of(word: &impl Serialize) -> Result<String, StoreError> {
    let value = serde_json::to_value(word).map_err(unwritable)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn unwritable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed {
        doing: DOING,
        cause: error.to_string(),
    }
}
