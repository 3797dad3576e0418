//! What a store has to load before it can plan.

use std::collections::BTreeSet;

use protocol::body::OpBody;
use protocol::ids::{ChainHash, SegmentId};
use protocol::wire::PushRequest;
use uuid::Uuid;

use crate::effects::{OpRead, of, read_op};

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
    /// Sales and refunds under these ids: the batch's own and those that are given back.
    pub sale_ids: BTreeSet<Uuid>,
    /// Stock levels, open conflicts and edit versions of these products.
    pub products: BTreeSet<Uuid>,
}

impl IngestNeeds {
    /// The needs of a batch.
    pub fn of(request: &PushRequest) -> Self {
        let mut needs = Self::default();
        for run in &request.runs {
            needs.segments.insert(run.segment);
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
                needs.add_op(&read_op(item.op.get().as_bytes()));
            }
        }
        needs
    }

    fn add_op(&mut self, op: &OpRead) {
        self.op_ids.insert(op.op_id());
        self.op_ids.extend(op.after());
        let OpRead::Whole(envelope) = op else { return };
        let effects = of(envelope);
        self.sale_ids.extend(effects.sale_id());
        if let OpBody::RefundRecordedV1(refund) = &envelope.body {
            self.sale_ids.extend(refund.of_sale);
        }
        self.products
            .extend(effects.stock.iter().map(|movement| movement.product_id));
        self.products
            .extend(effects.product.iter().map(|product| product.product_id));
    }
}
