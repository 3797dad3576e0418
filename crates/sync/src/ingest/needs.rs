//! What a store has to load before it can plan.

use std::collections::BTreeSet;

use protocol::body::OpBody;
use protocol::chain::op_hash;
use protocol::conflict::ConflictKind;
use protocol::ids::{ChainHash, OpHash, SegmentId};
use protocol::op::Base;
use protocol::wire::PushRequest;
use uuid::Uuid;

use super::known::{ConflictNow, LedgerAsk};
use super::state::IngestState;
use crate::effects::{FieldGroup, OpRead, of, read_op};

/// Keys of the rows that a batch can touch. Loading more than these does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IngestNeeds {
    /// Heads of these segments: the runs' own and their parents'.
    pub segments: BTreeSet<SegmentId>,
    /// Recorded rows at these positions: parents, and items that may be repeated.
    pub positions: BTreeSet<(SegmentId, u64)>,
    /// Quarantined rows with these coordinates.
    pub links: BTreeSet<(SegmentId, u64, ChainHash)>,
    /// First records of these ops: the batch's own and those they come after.
    pub op_ids: BTreeSet<Uuid>,
    /// The batch's own ops with the hashes of their bytes; nothing is loaded for them.
    pub own: BTreeSet<(Uuid, OpHash)>,
    /// The bytes of these ops' first records.
    pub op_bytes: BTreeSet<Uuid>,
    /// Sales and refunds under these ids: the batch's own and those that are given back.
    pub sale_ids: BTreeSet<Uuid>,
    /// Stock levels, open conflicts about the stock, and rows of these products.
    pub products: BTreeSet<Uuid>,
    /// What groups of products said under these versions.
    pub past: BTreeSet<(Uuid, FieldGroup, u64)>,
    /// What counts had not seen.
    pub ledger: BTreeSet<LedgerAsk>,
    /// Operators who acted.
    pub operators: BTreeSet<Uuid>,
    /// Conflicts with these ids.
    pub conflicts: BTreeSet<Uuid>,
    /// Conflicts of kinds `STREAM_FORK` and `STREAM_HOLE` about these segments. There are none as
    /// long as the tenant's quarantine has never held anything.
    pub forks: BTreeSet<SegmentId>,
    /// Parked ops of this till that touch these entities.
    pub entities: BTreeSet<String>,
}

impl IngestNeeds {
    /// The needs of a batch.
    pub fn of(request: &PushRequest) -> Self {
        let mut needs = Self::default();
        for run in &request.runs {
            needs.segments.insert(run.segment);
            needs.forks.insert(run.segment);
            if let Some(parent) = &run.parent {
                needs.segments.insert(parent.segment);
                needs.positions.insert((parent.segment, parent.seq));
                needs
                    .links
                    .insert((parent.segment, parent.seq, parent.chain));
            }
            for item in &run.items {
                needs.positions.insert((run.segment, item.seq));
                needs.links.insert((run.segment, item.seq, item.chain));
                let bytes = item.op.get().as_bytes();
                needs.add_op(&read_op(bytes), op_hash(bytes));
            }
        }
        needs
    }

    /// What is asked for because of what was found, and was not asked for before; `None` when
    /// nothing is missing any more. `asked` begins empty and remembers: a store loads, absorbs and
    /// asks again until it hears `None`, which takes at most three rounds.
    pub fn following(&self, found: &IngestState, asked: &mut Self) -> Option<Self> {
        let mut more = Self::default();
        more.forks.extend(found.quarantined_ops.values().flatten());
        for (op_id, hash) in &self.own {
            if found
                .ops
                .get(op_id)
                .is_some_and(|first| first.op_hash != *hash)
            {
                more.op_bytes.insert(*op_id);
            }
        }
        for conflict in found.conflicts.values().filter(|one| one.settled.is_none()) {
            more.for_settling(conflict, found);
        }
        more.drop_what(self);
        more.drop_what(asked);
        asked.forks.extend(&more.forks);
        asked.op_bytes.extend(&more.op_bytes);
        asked.products.extend(&more.products);
        asked.ledger.extend(&more.ledger);
        (!more.is_empty()).then_some(more)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// To settle a conflict one needs the op that opened it, and what it was about.
    fn for_settling(&mut self, conflict: &ConflictNow, found: &IngestState) {
        match conflict.kind {
            ConflictKind::EditConflict | ConflictKind::CountRace => {}
            ConflictKind::NegativeStock
            | ConflictKind::SaleIdReused
            | ConflictKind::OpIdReused
            | ConflictKind::OverRefund
            | ConflictKind::StreamFork
            | ConflictKind::StreamHole
            | ConflictKind::Parked
            | ConflictKind::Rejected => return,
        }
        self.op_bytes.insert(conflict.op_id);
        self.products.extend(conflict.product());
        let bytes = found.op_bytes.get(&conflict.op_id);
        let Some(OpRead::Whole(envelope)) = bytes.map(|bytes| read_op(bytes)) else {
            return;
        };
        if let OpBody::StockCountedV1(count) = &envelope.body {
            let asks = LedgerAsk::of(&envelope, count).into_iter();
            self.ledger
                .extend(asks.filter(|ask| Some(ask.product) == conflict.product()));
        }
    }

    fn drop_what(&mut self, known: &Self) {
        self.forks.retain(|id| !known.forks.contains(id));
        self.op_bytes.retain(|id| !known.op_bytes.contains(id));
        self.products.retain(|id| !known.products.contains(id));
        self.ledger.retain(|ask| !known.ledger.contains(ask));
    }

    /// What one op needs.
    pub fn add_op(&mut self, op: &OpRead, hash: OpHash) {
        self.op_ids.insert(op.op_id());
        self.op_ids.extend(op.after());
        self.own.insert((op.op_id(), hash));
        let OpRead::Whole(envelope) = op else { return };
        let effects = of(envelope);
        self.sale_ids.extend(effects.sale_id());
        self.products
            .extend(effects.stock.iter().map(|movement| movement.product_id));
        self.operators.insert(envelope.actor.operator);
        self.operators.remove(&Uuid::nil());
        self.entities
            .extend(waits_on(&envelope.body, envelope.branch));
        match &envelope.body {
            OpBody::RefundRecordedV1(refund) => self.sale_ids.extend(refund.of_sale),
            OpBody::ProductEditedV1(product) => self.add_edit(product.product_id, &envelope.base),
            OpBody::PriceSetV1(price) => self.add_edit(price.product_id, &envelope.base),
            OpBody::StockCountedV1(count) => {
                let lines = count.lines.iter();
                self.products.extend(lines.map(|line| line.product_id));
                self.ledger.extend(LedgerAsk::of(envelope, count));
            }
            OpBody::ConflictSettledV1(settled) => {
                self.conflicts.insert(settled.conflict);
                let product = settled.product.as_ref();
                self.products
                    .extend(product.map(|product| product.product_id));
            }
            OpBody::SaleRecordedV1(_)
            | OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::TillIncidentV1(_) => {}
        }
    }

    fn add_edit(&mut self, product: Uuid, bases: &[Base]) {
        self.products.insert(product);
        let groups = bases.iter().filter_map(|base| {
            let group = FieldGroup::from_word(&base.group)?;
            Some((product, group, base.version))
        });
        self.past.extend(groups);
    }
}

/// Entities at which the order of a till's ops counts for this one. Movements of stock commute and
/// wait for nothing; a count, an edit, a refund and a decision wait for what is parked there.
pub(super) fn waits_on(body: &OpBody, branch: Uuid) -> Vec<String> {
    match body {
        OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_) => body.touches(branch),
        OpBody::RefundRecordedV1(refund) => {
            let of_sale = refund.of_sale.iter();
            of_sale.map(|sale| format!("sale:{sale}")).collect()
        }
        OpBody::SaleRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::TillIncidentV1(_) => Vec::new(),
    }
}
