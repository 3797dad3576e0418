//! What is recorded, as far as one push needs it: one question for each kind of row, all on the
//! wire at once. A question about nothing is not asked.

mod facts;
mod streams;

use std::collections::BTreeMap;

use protocol::SegmentId;
use sync::ingest::{IngestNeeds, IngestState, Recorded, TillKey};

use crate::store::StoreError;
use crate::store::postgres::tx::Tx;

/// What was loaded, but for one thing that only the batch's key tells.
pub(super) struct Loaded {
    state: IngestState,
    /// Recorded positions with the moment of the batch that recorded them.
    recorded: BTreeMap<(SegmentId, u64), (Recorded, i64)>,
}

impl Loaded {
    /// What is recorded, as the batch that came first at this moment sees it.
    pub(super) fn as_of(self, received_at_ms: i64) -> IngestState {
        let recorded = self.recorded.into_iter().map(|(place, (row, moment))| {
            let by_this_batch = moment == received_at_ms;
            (
                place,
                Recorded {
                    by_this_batch,
                    ..row
                },
            )
        });
        IngestState {
            recorded: recorded.collect(),
            ..self.state
        }
    }
}

/// Loads what the needs ask for, of one tenant, and stock of the till's branch.
pub(super) async fn state(
    tx: &Tx,
    key: &TillKey,
    needs: &IngestNeeds,
) -> Result<Loaded, StoreError> {
    let (heads, recorded, ops, stock, open_negative, products, aside, waiting, sales) = tokio::try_join!(
        biased;
        streams::heads(tx, key, &needs.segments),
        streams::recorded(tx, key, &needs.positions),
        streams::first_records(tx, key, &needs.op_ids),
        facts::stock(tx, key, &needs.products),
        facts::open_negative(tx, key, &needs.products),
        facts::products(tx, key, &needs.products),
        streams::quarantine(tx, key, &needs.links),
        streams::quarantined_ops(tx, key, &needs.op_ids),
        facts::sales(tx, key, &needs.sale_ids),
    )?;
    let (sales, sale_lines) = sales;
    Ok(Loaded {
        state: IngestState {
            heads,
            ops,
            stock,
            open_negative,
            products,
            quarantine: aside,
            quarantined_ops: waiting,
            sales,
            sale_lines,
            ..IngestState::default()
        },
        recorded,
    })
}
