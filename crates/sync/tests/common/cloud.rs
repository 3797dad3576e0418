//! A cloud's store as maps. It loads exactly what the needs ask for and not a row more, so that a
//! need that is forgotten shows.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::limits::BatchLimits;
use protocol::wire::{CloudHead, HelloAnswer, PushAnswer, PushRequest};
use sync::effects::{DocumentEffect, FieldGroup, PastGroup};
use sync::ingest::{
    ConflictNow, FirstRecord, GroupVersion, IngestNeeds, IngestState, LedgerRow, OpRow,
    OperatorNow, ProductNow, QuarantineRow, Recorded, RuleUsed, SaleNow, SoldLine, StockLevel,
    StreamHead, TillKey, Unseen, Writes, plan,
};
use uuid::Uuid;

pub const EPOCH: Uuid = Uuid::from_u128(0xe0);

/// Everything a cloud holds; equal stores are equal clouds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelCloud {
    pub heads: BTreeMap<SegmentId, StreamHead>,
    pub log: BTreeMap<(SegmentId, u64), OpRow>,
    pub sales: BTreeMap<Uuid, SaleNow>,
    pub sale_lines: BTreeMap<Uuid, BTreeMap<u32, SoldLine>>,
    pub stock: BTreeMap<Uuid, StockLevel>,
    /// Every movement with its row version and branch.
    pub ledger: Vec<(u64, Uuid, Uuid, LedgerRow)>,
    pub products: BTreeMap<Uuid, ProductNow>,
    pub past: BTreeMap<(Uuid, FieldGroup, u64), PastGroup>,
    pub operators: BTreeMap<Uuid, OperatorNow>,
    pub conflicts: BTreeMap<Uuid, ConflictNow>,
    /// What parked ops touch, by till.
    pub parked: BTreeSet<(Uuid, String, Uuid)>,
    pub rules: Vec<RuleUsed>,
    pub quarantine: BTreeMap<(SegmentId, u64, ChainHash), QuarantineRow>,
    pub settled: BTreeSet<(Uuid, OpHash)>,
    /// The Idempotency-Key under which a position was recorded, if there was one.
    pub keys: BTreeMap<(SegmentId, u64), Uuid>,
    pub fails_on: BTreeSet<Uuid>,
    pub limits: BatchLimits,
}

impl ModelCloud {
    /// A push under a key that never comes again.
    pub fn push(&mut self, request: &PushRequest, key: &TillKey) -> PushAnswer {
        self.take(None, request, key)
    }

    /// A push under an Idempotency-Key; the same key must bring the same request.
    pub fn push_under(&mut self, batch: Uuid, request: &PushRequest, key: &TillKey) -> PushAnswer {
        self.take(Some(batch), request, key)
    }

    fn take(&mut self, batch: Option<Uuid>, request: &PushRequest, key: &TillKey) -> PushAnswer {
        let needs = IngestNeeds::of(request);
        let mut state = self.load(&needs, batch, key);
        let mut asked = IngestNeeds::default();
        while let Some(more) = needs.following(&state, &mut asked) {
            state.absorb(self.load(&more, batch, key));
        }
        loop {
            let plan = plan(&state, request, key);
            let failed = plan.writes.ops.iter().find(|row| {
                row.effects != sync::effects::Effects::default()
                    && self.fails_on.contains(&row.op_id)
            });
            if let Some(row) = failed {
                state.poisoned.insert(row.op_id);
                continue;
            }
            self.apply(&plan.writes, key);
            if let Some(batch) = batch {
                let places = plan.writes.ops.iter().map(|row| (row.segment, row.seq));
                self.keys.extend(places.map(|place| (place, batch)));
            }
            self.check();
            return plan.answer(EPOCH, 1, self.limits, 0);
        }
    }

    pub fn hello(&self, till: Uuid) -> HelloAnswer {
        HelloAnswer {
            cloud_epoch: EPOCH,
            server_time_ms: 1,
            limits: self.limits,
            heads: self.heads_of(till),
            unknown: Vec::new(),
            min_app: "0".to_owned(),
        }
    }

    pub fn heads_of(&self, till: Uuid) -> Vec<CloudHead> {
        let of_till = self.heads.iter().filter(|(_, head)| head.till == till);
        of_till
            .map(|(segment, head)| CloudHead {
                segment: *segment,
                seq: head.seq,
                chain: head.chain,
                secured: 0,
            })
            .collect()
    }

    pub fn load(&self, needs: &IngestNeeds, batch: Option<Uuid>, key: &TillKey) -> IngestState {
        let recorded = |place: &(SegmentId, u64), row: &OpRow| Recorded {
            by_this_batch: batch.is_some() && self.keys.get(place).copied() == batch,
            ..row.recorded()
        };
        let first = |row: &OpRow| FirstRecord {
            op_hash: row.op_hash,
            outcome: row.outcome,
            code: row.code,
            conflict: row.conflict,
        };
        let firsts = self.log.values().filter(|row| !row.dup);
        let mut held: BTreeMap<(Uuid, OpHash), BTreeSet<SegmentId>> = BTreeMap::new();
        for row in self.quarantine.values() {
            let op = (row.op_id, row.op_hash);
            if needs.op_ids.contains(&row.op_id) && !self.settled.contains(&op) {
                held.entry(op).or_default().insert(row.segment);
            }
        }
        IngestState {
            cloud_epoch: EPOCH,
            rv_before: self.log.len() as u64,
            heads: pick(&self.heads, &needs.segments),
            recorded: self
                .log
                .iter()
                .filter(|(place, _)| needs.positions.contains(place))
                .map(|(place, row)| (*place, recorded(place, row)))
                .collect(),
            ops: firsts
                .filter(|row| needs.op_ids.contains(&row.op_id))
                .map(|row| (row.op_id, first(row)))
                .collect(),
            sales: pick(&self.sales, &needs.sale_ids),
            sale_lines: pick(&self.sale_lines, &needs.sale_ids),
            stock: pick(&self.stock, &needs.products),
            op_bytes: self
                .log
                .values()
                .filter(|row| !row.dup && needs.op_bytes.contains(&row.op_id))
                .map(|row| (row.op_id, row.bytes.clone()))
                .collect(),
            ledger: needs
                .ledger
                .iter()
                .map(|ask| {
                    let rows = self.ledger.iter().filter(|(rv, branch, product, _)| {
                        *rv > ask.after(EPOCH) && *branch == key.branch && *product == ask.product
                    });
                    (*ask, Unseen::of(ask, rows.map(|(.., row)| *row)))
                })
                .collect(),
            products: pick(&self.products, &needs.products),
            past: pick(&self.past, &needs.past),
            operators: pick(&self.operators, &needs.operators),
            keeps_operators: !self.operators.is_empty(),
            conflicts: self.conflicts_of(needs, key),
            waiting: self.waiting(needs, key),
            quarantine: self
                .quarantine
                .keys()
                .filter(|link| needs.links.contains(link))
                .copied()
                .collect(),
            quarantined_ops: held,
            unknown_kinds: BTreeSet::new(),
            poisoned: BTreeSet::new(),
        }
    }

    fn conflicts_of(&self, needs: &IngestNeeds, key: &TillKey) -> BTreeMap<Uuid, ConflictNow> {
        let products = needs.products.iter();
        let stock: BTreeSet<String> = products
            .map(|product| format!("stock:{}/{product}", key.branch))
            .collect();
        let segments = needs.forks.iter();
        let segments: BTreeSet<String> = segments.map(|id| format!("segment:{id}")).collect();
        let wanted = |id: &Uuid, row: &ConflictNow| {
            needs.conflicts.contains(id)
                || segments.contains(&row.entity)
                || (row.settled.is_none() && stock.contains(&row.entity))
        };
        let all = self.conflicts.iter();
        all.filter(|(id, row)| wanted(id, row))
            .map(|(id, row)| (*id, row.clone()))
            .collect()
    }

    fn waiting(&self, needs: &IngestNeeds, key: &TillKey) -> BTreeMap<String, BTreeSet<Uuid>> {
        let mut waiting: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
        for (till, entity, op_id) in &self.parked {
            if *till == key.till && needs.entities.contains(entity) {
                waiting.entry(entity.clone()).or_default().insert(*op_id);
            }
        }
        waiting
    }

    fn apply(&mut self, writes: &Writes, key: &TillKey) {
        for row in &writes.ops {
            let rv = self.log.len() as u64 + 1;
            let before = self.log.insert((row.segment, row.seq), row.clone());
            assert!(before.is_none(), "nothing recorded is ever overwritten");
            self.apply_documents(row);
            self.apply_goods(row, rv, key);
        }
        self.heads.extend(writes.heads.clone());
        for (product, delta) in &writes.stock {
            self.stock.entry(*product).or_default().on_hand_milli += delta;
        }
        for product in &writes.tracked {
            self.stock.entry(*product).or_default().tracked = true;
        }
        for (product, count) in &writes.counted {
            self.stock.entry(*product).or_default().counted = Some(*count);
        }
        for conflict in writes.conflicts.values() {
            if conflict.opens {
                let row = self.conflicts.entry(conflict.id);
                row.or_insert(conflict.now.clone());
            } else {
                let before = self.conflicts.insert(conflict.id, conflict.now.clone());
                let before = before.map(|row| row.version);
                assert!(before < Some(conflict.now.version), "versions grow");
            }
        }
        let parked = writes.parked.iter();
        self.parked
            .extend(parked.map(|(entity, op_id)| (key.till, entity.clone(), *op_id)));
        self.parked
            .retain(|(_, _, op_id)| !writes.released.contains(op_id));
        self.rules.extend(writes.settled_by_rule.clone());
        self.quarantine.extend(writes.quarantine.clone());
        self.settled.extend(&writes.quarantine_emptied);
    }

    fn apply_goods(&mut self, row: &OpRow, rv: u64, key: &TillKey) {
        for movement in &row.effects.stock {
            let moved = LedgerRow {
                till: row.till,
                hlc: row.hlc,
                kind: movement.kind,
                delta_milli: movement.delta_milli,
            };
            let product = movement.product_id;
            self.ledger.push((rv, key.branch, product, moved));
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
        self.products.insert(write.product_id, now);
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
        if let Some(refund) = &row.effects.refund {
            let sold = refund.of_sale.and_then(|id| self.sale_lines.get_mut(&id));
            if let Some(sold) = sold {
                for line in &refund.document.lines {
                    let sold = line.of_line.and_then(|line| sold.get_mut(&line));
                    if let Some(sold) = sold {
                        sold.given_back_milli += line.quantity_milli;
                    }
                }
            }
        }
    }

    /// Op bytes in the order of the streams of one till.
    pub fn bytes_of(&self, till: Uuid) -> Vec<Vec<u8>> {
        let mut rows: Vec<&OpRow> = self.log.values().filter(|row| row.till == till).collect();
        rows.sort_by_key(|row| row.seq);
        rows.into_iter().map(|row| row.bytes.clone()).collect()
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

fn pick<K: Ord + Copy, V: Clone>(all: &BTreeMap<K, V>, wanted: &BTreeSet<K>) -> BTreeMap<K, V> {
    all.iter()
        .filter(|(key, _)| wanted.contains(key))
        .map(|(key, value)| (*key, value.clone()))
        .collect()
}
