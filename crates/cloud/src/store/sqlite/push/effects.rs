//! Writes what one op did: its sale or refund, its movements, its product, its incident.

use rusqlite::{CachedStatement, Connection, params};
use sync::effects::{DocumentEffect, RefundEffect, StockEffect};
use sync::ingest::OpRow;
use uuid::Uuid;

use super::super::sql::as_i64;
use super::{Entry, product};

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

/// The statements that every op may need, prepared once a batch.
pub(super) struct EffectWriter<'c, 'e> {
    tx: &'c Connection,
    entry: &'e Entry,
    sale: CachedStatement<'c>,
    movement: CachedStatement<'c>,
    stock: CachedStatement<'c>,
}

impl<'c, 'e> EffectWriter<'c, 'e> {
    pub(super) fn prepare(tx: &'c Connection, entry: &'e Entry) -> rusqlite::Result<Self> {
        Ok(Self {
            tx,
            entry,
            sale: tx.prepare_cached(include_str!("insert_sale.sql"))?,
            movement: tx.prepare_cached(include_str!("insert_movement.sql"))?,
            stock: tx.prepare_cached(include_str!("put_stock.sql"))?,
        })
    }

    /// One op's effects, apart from the stock's sum.
    pub(super) fn write(&mut self, op: &OpRow, rv: i64) -> rusqlite::Result<()> {
        let effects = &op.effects;
        if let Some(sale) = &effects.sale {
            self.document(op, rv, sale, None)?;
        }
        if let Some(refund) = &effects.refund {
            self.document(op, rv, &refund.document, Some(refund))?;
            self.given_back(op.op_id, refund)?;
        }
        for (movement, part) in effects.stock.iter().zip(0_i64..) {
            self.movement(op, rv, part, movement)?;
        }
        if let Some(wanted) = &effects.product {
            product::write(self.tx, self.entry, op, wanted, rv)?;
        }
        if let Some(incident) = &effects.incident {
            self.tx
                .prepare_cached(
                    "INSERT INTO till_incident (tenant, op_id, till, kind, words, noticed_at_ms, rv)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    self.entry.key.tenant.as_bytes(),
                    op.op_id.as_bytes(),
                    op.till.as_bytes(),
                    product::word_of(&incident.kind)?,
                    incident.words,
                    incident.noticed_at_ms,
                    rv,
                ])?;
        }
        Ok(())
    }

    /// Moves a product's stock by the sum of a batch's movements.
    pub(super) fn move_stock(&mut self, moved: StockMove<'_>) -> rusqlite::Result<()> {
        self.stock.execute(params![
            self.entry.key.tenant.as_bytes(),
            self.entry.key.branch.as_bytes(),
            moved.product.as_bytes(),
            moved.delta_milli,
            moved.tracked,
            moved.sold_as,
            self.entry.rv_last,
        ])?;
        Ok(())
    }

    fn document(
        &mut self,
        op: &OpRow,
        rv: i64,
        document: &DocumentEffect,
        refund: Option<&RefundEffect>,
    ) -> rusqlite::Result<()> {
        let of_sale = refund.and_then(|refund| refund.of_sale);
        self.sale.execute(params![
            self.entry.key.tenant.as_bytes(),
            op.op_id.as_bytes(),
            document.sale_id.as_bytes(),
            if refund.is_some() { "refund" } else { "sale" },
            self.entry.key.branch.as_bytes(),
            op.till.as_bytes(),
            op.segment.as_bytes(),
            as_i64(op.seq),
            rv,
            document.receipt_number,
            of_sale.as_ref().map(Uuid::as_bytes),
            document.operator_id.as_bytes(),
            document.operator_name,
            document.completed_at_ms,
            document.reference,
            document.currency.code(),
            as_i64(document.lines.len() as u64),
            document.net_minor,
            document.tax_minor,
            document.gross_minor,
        ])?;
        Ok(())
    }

    fn given_back(&self, op_id: Uuid, refund: &RefundEffect) -> rusqlite::Result<()> {
        let Some(of_sale) = refund.of_sale else {
            return Ok(());
        };
        let mut insert = self
            .tx
            .prepare_cached(include_str!("insert_given_back.sql"))?;
        for line in &refund.document.lines {
            let Some(of_line) = line.of_line else {
                continue;
            };
            insert.execute(params![
                self.entry.key.tenant.as_bytes(),
                of_sale.as_bytes(),
                of_line,
                op_id.as_bytes(),
                line.quantity_milli,
            ])?;
        }
        Ok(())
    }

    fn movement(
        &mut self,
        op: &OpRow,
        rv: i64,
        part: i64,
        movement: &StockEffect,
    ) -> rusqlite::Result<()> {
        self.movement.execute(params![
            self.entry.key.tenant.as_bytes(),
            rv,
            part,
            op.op_id.as_bytes(),
            self.entry.key.branch.as_bytes(),
            movement.product_id.as_bytes(),
            movement.kind.as_str(),
            movement.delta_milli,
            movement.reason,
            op.till.as_bytes(),
            op.segment.as_bytes(),
            as_i64(op.seq),
            as_i64(op.hlc.ms),
            op.hlc.counter,
        ])?;
        Ok(())
    }
}
