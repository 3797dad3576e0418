//! What the cloud holds of one tenant, as maps: what a batch needs is loaded, what it writes is applied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::pull::PullScope;
use sync::effects::{DocumentEffect, FieldGroup, PastGroup};
use sync::ingest::{
    ConflictNow, GroupVersion, LedgerRow, OpRow, ProductNow, QuarantineRow, SaleNow, SoldLine,
    StockLevel, StreamHead, TillKey, Writes,
};
use uuid::Uuid;

use super::rows::Rows;
use crate::world::check::Reference;

/// A row of the log.
#[derive(Debug)]
pub(in crate::world) struct Logged {
    pub row: OpRow,
    pub rv: u64,
    /// The Idempotency-Key under which it was recorded.
    pub batch: Uuid,
}

/// What an upgrade made of a parked op.
pub(in crate::world) type Judged = (Outcome, Option<OutcomeCode>, Option<Uuid>);

/// Everything of one tenant. A copy of it is a backup.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct Tables {
    /// The tenant's version.
    pub rv: u64,
    /// Heads with the version under which they moved last.
    pub heads: BTreeMap<SegmentId, (StreamHead, u64)>,
    pub log: BTreeMap<(SegmentId, u64), Arc<Logged>>,
    /// The rows of the log that count, by op.
    pub first: BTreeMap<Uuid, Arc<Logged>>,
    pub unparked: BTreeMap<Uuid, Judged>,
    pub sales: BTreeMap<Uuid, SaleNow>,
    pub sale_lines: BTreeMap<Uuid, BTreeMap<u32, SoldLine>>,
    pub stock: BTreeMap<Uuid, StockLevel>,
    /// Every movement by product, in the order of versions.
    pub ledger: BTreeMap<Uuid, Vec<(u64, LedgerRow)>>,
    pub products: BTreeMap<Uuid, ProductNow>,
    pub past: BTreeMap<(Uuid, FieldGroup, u64), PastGroup>,
    pub conflicts: BTreeMap<Uuid, Arc<ConflictNow>>,
    /// Conflicts by what they are about.
    pub about: BTreeMap<String, BTreeSet<Uuid>>,
    /// What parked ops touch, by till.
    pub parked: BTreeSet<(Uuid, String, Uuid)>,
    pub quarantine: BTreeMap<(SegmentId, u64, ChainHash), Arc<QuarantineRow>>,
    /// Segments in which an op lies aside that has not arrived regularly.
    pub aside: BTreeMap<(Uuid, OpHash), BTreeSet<SegmentId>>,
    pub rows: Rows,
    pub reference: Reference,
}

impl Tables {
    /// Applies what a plan wrote. Says under which version the batch ended.
    pub fn apply(&mut self, writes: &Writes, key: &TillKey, batch: Uuid) -> u64 {
        let before = self.rv;
        for row in &writes.ops {
            self.rv += 1;
            let logged = Arc::new(Logged {
                row: row.clone(),
                rv: self.rv,
                batch,
            });
            let place = (row.segment, row.seq);
            let was = self.log.insert(place, Arc::clone(&logged));
            assert!(was.is_none(), "nothing recorded is ever overwritten");
            if !row.dup {
                let was = self.first.insert(row.op_id, logged);
                assert!(was.is_none(), "op {} counts once", row.op_id);
            }
        }
        if writes.ops.is_empty() && !writes.is_empty() {
            self.rv += 1;
        }
        for (segment, head) in &writes.heads {
            self.heads.insert(*segment, (*head, self.rv));
        }
        self.apply_rest(writes, key, before);
        self.rv
    }

    /// What ops do beside their rows in the log; the first op's version is the one after `before`.
    pub fn apply_rest(&mut self, writes: &Writes, key: &TillKey, before: u64) {
        for (row, rv) in writes.ops.iter().zip(before + 1..) {
            self.apply_documents(row);
            self.apply_goods(row, rv);
        }
        for (product, delta) in &writes.stock {
            self.stock.entry(*product).or_default().on_hand_milli += delta;
        }
        for product in &writes.tracked {
            self.stock.entry(*product).or_default().tracked = true;
        }
        for (product, count) in &writes.counted {
            self.stock.entry(*product).or_default().counted = Some(*count);
        }
        let moved: BTreeSet<Uuid> = writes
            .stock
            .keys()
            .chain(&writes.tracked)
            .copied()
            .collect();
        for product in moved {
            let level = self.stock.get(&product).copied().unwrap_or_default();
            let figures = vec![level.on_hand_milli, i64::from(level.tracked)];
            self.rows
                .put(PullScope::Stock, product, self.rv, Some(figures));
        }
        self.apply_conflicts(writes, key);
        for (place, row) in &writes.quarantine {
            let op = (row.op_id, row.op_hash);
            self.aside.entry(op).or_default().insert(row.segment);
            self.quarantine.insert(*place, Arc::new(row.clone()));
        }
        for op in &writes.quarantine_emptied {
            self.aside.remove(op);
        }
    }

    fn apply_conflicts(&mut self, writes: &Writes, key: &TillKey) {
        for (id, write) in &writes.conflicts {
            let was = self.conflicts.get(id).map(|row| row.version);
            if write.opens && was.is_some() {
                continue;
            }
            assert!(
                was.is_none_or(|was| was < write.now.version) && (was.is_some() || write.opens),
                "a conflict's version grows, and none is changed before it opens"
            );
            self.about
                .entry(write.now.entity.clone())
                .or_default()
                .insert(*id);
            let figures = vec![
                i64::from(write.now.version),
                write.now.kind as i64,
                i64::from(write.now.settled.is_some()),
            ];
            self.rows
                .put(PullScope::Conflicts, *id, self.rv, Some(figures));
            self.conflicts.insert(*id, Arc::new(write.now.clone()));
        }
        let parked = writes.parked.iter();
        self.parked
            .extend(parked.map(|(entity, op_id)| (key.till, entity.clone(), *op_id)));
        if !writes.released.is_empty() {
            self.parked
                .retain(|(_, _, op_id)| !writes.released.contains(op_id));
        }
    }

    fn apply_goods(&mut self, row: &OpRow, rv: u64) {
        for movement in &row.effects.stock {
            let moved = LedgerRow {
                till: row.till,
                hlc: row.hlc,
                kind: movement.kind,
                delta_milli: movement.delta_milli,
            };
            self.ledger
                .entry(movement.product_id)
                .or_default()
                .push((rv, moved));
        }
        let Some(write) = &row.effects.product else {
            return;
        };
        for (group, past) in &write.replaced {
            let place = (write.product_id, *group, past.made.version);
            self.past.insert(place, past.clone());
        }
        let before = self.products.get(&write.product_id);
        let mut groups = before.map(|now| now.groups.clone()).unwrap_or_default();
        for group in &write.groups {
            let made = GroupVersion {
                version: rv,
                till: row.till,
                operator_name: write.operator_name.clone(),
                at_ms: Some(write.at_ms),
            };
            groups.insert(*group, made);
        }
        let now = ProductNow {
            fields: write.fields.clone(),
            deleted: false,
            groups,
        };
        self.put_product(write.product_id, now, rv);
    }

    /// A product as it is from now on, and its row.
    pub fn put_product(&mut self, product: Uuid, now: ProductNow, rv: u64) {
        let version = |group| {
            now.groups
                .get(&group)
                .map_or(0, |made| made.version.cast_signed())
        };
        let figures = vec![
            now.fields.price_minor.unwrap_or(-1),
            version(FieldGroup::Price),
            version(FieldGroup::Names),
        ];
        let figures = (!now.deleted).then_some(figures);
        self.rows.put(PullScope::Catalogue, product, rv, figures);
        self.products.insert(product, now);
    }

    fn apply_documents(&mut self, row: &OpRow) {
        let refund = row.effects.refund.as_ref().map(|refund| &refund.document);
        if let Some(document) = row.effects.sale.as_ref().or(refund) {
            let before = self.sales.insert(document.sale_id, sale_now(row, document));
            assert!(before.is_none(), "a sale is kept once");
        }
        if let Some(sale) = &row.effects.sale {
            let lines = sale.lines.iter().map(|line| {
                let sold = SoldLine {
                    sold_milli: line.quantity_milli,
                    given_back_milli: 0,
                };
                (line.line_no, sold)
            });
            self.sale_lines.insert(sale.sale_id, lines.collect());
        }
        let Some(refund) = &row.effects.refund else {
            return;
        };
        let Some(sold) = refund.of_sale.and_then(|id| self.sale_lines.get_mut(&id)) else {
            return;
        };
        for line in &refund.document.lines {
            if let Some(sold) = line.of_line.and_then(|line| sold.get_mut(&line)) {
                sold.given_back_milli += line.quantity_milli;
            }
        }
    }
}

fn sale_now(row: &OpRow, document: &DocumentEffect) -> SaleNow {
    SaleNow {
        op_id: row.op_id,
        till: row.till,
        receipt_number: document.receipt_number.clone(),
        operator_name: document.operator_name.clone(),
        completed_at_ms: document.completed_at_ms,
        gross_minor: document.gross_minor,
    }
}
