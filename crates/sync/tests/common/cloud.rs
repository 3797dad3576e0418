//! A cloud's store as maps. It loads exactly what the needs ask for and not a row more, so that a
//! need that is forgotten shows.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::limits::BatchLimits;
use protocol::wire::{CloudHead, HelloAnswer, PushAnswer, PushRequest};
use sync::ingest::{
    ConflictWrite, FirstRecord, GroupVersion, IngestNeeds, IngestState, OpRow, QuarantineRow,
    Recorded, SoldLine, StockLevel, StreamHead, TillKey, Writes, plan,
};
use uuid::Uuid;

pub const EPOCH: Uuid = Uuid::from_u128(0xe0);

/// Everything a cloud holds; equal stores are equal clouds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelCloud {
    pub heads: BTreeMap<SegmentId, StreamHead>,
    pub log: BTreeMap<(SegmentId, u64), OpRow>,
    pub sales: BTreeMap<Uuid, Uuid>,
    pub sale_lines: BTreeMap<Uuid, BTreeMap<u32, SoldLine>>,
    pub stock: BTreeMap<Uuid, StockLevel>,
    pub products: BTreeMap<Uuid, BTreeMap<String, GroupVersion>>,
    pub conflicts: BTreeMap<Uuid, ConflictWrite>,
    pub open_negative: BTreeMap<Uuid, Uuid>,
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
        let mut state = self.load(&IngestNeeds::of(request), batch);
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
            self.apply(&plan.writes);
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

    pub fn load(&self, needs: &IngestNeeds, batch: Option<Uuid>) -> IngestState {
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
        let held = self.quarantine.values().map(|row| (row.op_id, row.op_hash));
        IngestState {
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
            open_negative: pick(&self.open_negative, &needs.products),
            products: pick(&self.products, &needs.products),
            quarantine: self
                .quarantine
                .keys()
                .filter(|link| needs.links.contains(link))
                .copied()
                .collect(),
            quarantined_ops: held
                .filter(|held| needs.op_ids.contains(&held.0) && !self.settled.contains(held))
                .collect(),
            poisoned: BTreeSet::new(),
        }
    }

    fn apply(&mut self, writes: &Writes) {
        for row in &writes.ops {
            let before = self.log.insert((row.segment, row.seq), row.clone());
            assert!(before.is_none(), "nothing recorded is ever overwritten");
            self.apply_documents(row);
        }
        self.heads.extend(writes.heads.clone());
        for (product, delta) in &writes.stock {
            self.stock.entry(*product).or_default().on_hand_milli += delta;
        }
        for product in &writes.tracked {
            self.stock.entry(*product).or_default().tracked = true;
        }
        for conflict in writes.conflicts.values() {
            let negative = conflict.on_hand_milli.is_some();
            if negative {
                let product = conflict.entity.rsplit('/').next().unwrap();
                self.open_negative
                    .insert(product.parse().unwrap(), conflict.id);
            }
            let update = ConflictWrite {
                opens: true,
                ..conflict.clone()
            };
            if negative {
                self.conflicts.insert(conflict.id, update);
            } else {
                self.conflicts.entry(conflict.id).or_insert(update);
            }
        }
        self.quarantine.extend(writes.quarantine.clone());
        self.settled.extend(&writes.quarantine_emptied);
    }

    fn apply_documents(&mut self, row: &OpRow) {
        if let Some(sale_id) = row.effects.sale_id() {
            let before = self.sales.insert(sale_id, row.op_id);
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
        if let Some(product) = &row.effects.product {
            self.products.entry(product.product_id).or_default();
        }
    }

    /// Gapless, chained, parents first, each op counted once: after every commit.
    pub fn check(&self) {
        for (segment, head) in &self.heads {
            let rows = self.log.range((*segment, 0)..=(*segment, u64::MAX));
            let seqs: Vec<u64> = rows.map(|((_, seq), _)| *seq).collect();
            let expected: Vec<u64> = (head.first_seq..=head.seq).collect();
            assert_eq!(seqs, expected, "segment {segment} has no gap");
            if let Some(parent) = &head.parent {
                let row = self.log.get(&(parent.segment, parent.seq));
                let chain = row.map(|row| row.chain);
                assert_eq!(chain, Some(parent.chain), "a parent is recorded first");
            }
        }
        let mut counted = BTreeSet::new();
        for row in self.log.values().filter(|row| !row.dup) {
            assert!(counted.insert(row.op_id), "op {} counts once", row.op_id);
        }
        let mut stock: BTreeMap<Uuid, i64> = BTreeMap::new();
        for movement in self.log.values().flat_map(|row| &row.effects.stock) {
            *stock.entry(movement.product_id).or_default() += movement.delta_milli;
        }
        for (product, level) in &self.stock {
            let sum = stock.get(product).copied().unwrap_or(0);
            assert_eq!(level.on_hand_milli, sum, "stock is the sum of movements");
        }
    }

    /// Op bytes in the order of the streams of one till.
    pub fn bytes_of(&self, till: Uuid) -> Vec<Vec<u8>> {
        let mut rows: Vec<&OpRow> = self.log.values().filter(|row| row.till == till).collect();
        rows.sort_by_key(|row| row.seq);
        rows.into_iter().map(|row| row.bytes.clone()).collect()
    }
}

fn pick<K: Ord + Copy, V: Clone>(all: &BTreeMap<K, V>, wanted: &BTreeSet<K>) -> BTreeMap<K, V> {
    all.iter()
        .filter(|(key, _)| wanted.contains(key))
        .map(|(key, value)| (*key, value.clone()))
        .collect()
}
