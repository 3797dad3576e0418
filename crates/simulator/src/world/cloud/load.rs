//! Loads exactly what a batch asks for and not a row more, so that a need that is forgotten shows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use sync::ingest::{
    ConflictNow, FirstRecord, IngestNeeds, IngestState, OpRow, Recorded, TillKey, Unseen,
};
use uuid::Uuid;

use super::tables::{Logged, Tables};

/// What a load needs to know of its batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load<'a> {
    pub epoch: Uuid,
    pub key: &'a TillKey,
    pub batch: Option<Uuid>,
}

impl Tables {
    /// Everything that a batch asks for, and what follows from it.
    pub(super) fn load_all(&self, needs: &IngestNeeds, how: Load<'_>) -> IngestState {
        let mut state = self.load(needs, how);
        let mut asked = IngestNeeds::default();
        let mut rounds = 0;
        while let Some(more) = needs.following(&state, &mut asked) {
            state.absorb(self.load(&more, how));
            rounds += 1;
            assert!(rounds <= 3, "what follows is known after three rounds");
        }
        state
    }

    fn load(&self, needs: &IngestNeeds, how: Load<'_>) -> IngestState {
        let heads = needs.segments.iter();
        let positions = needs.positions.iter();
        IngestState {
            cloud_epoch: how.epoch,
            rv_before: self.rv,
            heads: heads
                .filter_map(|id| Some((*id, self.heads.get(id)?.0)))
                .collect(),
            recorded: positions
                .filter_map(|place| Some((*place, self.recorded(self.log.get(place)?, how.batch))))
                .collect(),
            ops: pick(&needs.op_ids, |id| {
                self.first.get(id).map(|one| self.first_record(&one.row))
            }),
            op_bytes: pick(&needs.op_bytes, |id| {
                self.first.get(id).map(|one| one.row.bytes.clone())
            }),
            sales: pick(&needs.sale_ids, |id| self.sales.get(id).cloned()),
            sale_lines: pick(&needs.sale_ids, |id| self.sale_lines.get(id).cloned()),
            stock: pick(&needs.products, |id| self.stock.get(id).copied()),
            ledger: needs
                .ledger
                .iter()
                .map(|ask| {
                    let after = ask.after(how.epoch);
                    let rows = self.ledger.get(&ask.product).into_iter().flatten();
                    let rows = rows.filter(|(rv, _)| *rv > after).map(|(_, row)| *row);
                    (*ask, Unseen::of(ask, rows))
                })
                .collect(),
            products: pick(&needs.products, |id| self.products.get(id).cloned()),
            past: pick(&needs.past, |place| self.past.get(place).cloned()),
            conflicts: self.conflicts_for(needs, how.key),
            waiting: self.waiting(needs, how.key),
            quarantine: needs
                .links
                .iter()
                .filter(|link| self.quarantine.contains_key(*link))
                .copied()
                .collect(),
            quarantined_ops: if self.aside.is_empty() {
                BTreeMap::new()
            } else {
                pick(&needs.own, |op| self.aside.get(op).cloned())
            },
            ..IngestState::default()
        }
    }

    fn first_record(&self, row: &OpRow) -> FirstRecord {
        let (outcome, code, conflict) = match self.unparked.get(&row.op_id) {
            Some(judged) => *judged,
            None => (row.outcome, row.code, row.conflict),
        };
        FirstRecord {
            op_hash: row.op_hash,
            outcome,
            code,
            conflict,
        }
    }

    fn recorded(&self, logged: &Logged, batch: Option<Uuid>) -> Recorded {
        let mut recorded = Recorded {
            by_this_batch: batch == Some(logged.batch),
            ..logged.row.recorded()
        };
        let same = |first: &std::sync::Arc<Logged>| first.row.op_hash == logged.row.op_hash;
        let judged = self.unparked.get(&logged.row.op_id);
        if let Some((outcome, code, conflict)) = judged
            && self.first.get(&logged.row.op_id).is_some_and(same)
        {
            if !logged.row.dup {
                recorded.outcome = *outcome;
            }
            (recorded.code, recorded.conflict) = (*code, *conflict);
        }
        recorded
    }

    fn conflicts_for(&self, needs: &IngestNeeds, key: &TillKey) -> BTreeMap<Uuid, ConflictNow> {
        if self.conflicts.is_empty() {
            return BTreeMap::new();
        }
        let mut found = BTreeMap::new();
        let mut add = |ids: &BTreeSet<Uuid>, open_only: bool| {
            for id in ids {
                if let Some(row) = self.conflicts.get(id)
                    && !(open_only && row.settled.is_some())
                {
                    found.insert(*id, ConflictNow::clone(row));
                }
            }
        };
        add(&needs.conflicts, false);
        for segment in &needs.forks {
            if !self.quarantine.is_empty()
                && let Some(ids) = self.about.get(&format!("segment:{segment}"))
            {
                add(ids, false);
            }
        }
        for product in &needs.products {
            if let Some(ids) = self.about.get(&format!("stock:{}/{product}", key.branch)) {
                add(ids, true);
            }
        }
        found
    }

    fn waiting(&self, needs: &IngestNeeds, key: &TillKey) -> BTreeMap<String, BTreeSet<Uuid>> {
        let mut waiting = BTreeMap::new();
        if self.parked.is_empty() {
            return waiting;
        }
        for entity in &needs.entities {
            let from = (key.till, entity.clone(), Uuid::nil());
            let to = (key.till, entity.clone(), Uuid::max());
            let ops = self
                .parked
                .range((Bound::Included(from), Bound::Included(to)));
            let ops: BTreeSet<Uuid> = ops.map(|(_, _, op_id)| *op_id).collect();
            if !ops.is_empty() {
                waiting.insert(entity.clone(), ops);
            }
        }
        waiting
    }
}

fn pick<K: Ord + Copy, V>(wanted: &BTreeSet<K>, get: impl Fn(&K) -> Option<V>) -> BTreeMap<K, V> {
    let found = wanted.iter().filter_map(|key| Some((*key, get(key)?)));
    found.collect()
}
