//! What is recorded, as far as one push needs it: one question for each kind of row, all on the
//! wire at once. A question about nothing is not asked. What is asked for because of what was
//! found comes in a second round, which nearly no push needs.

mod conflicts;
mod facts;
mod goods;
mod people;
mod streams;

use std::collections::BTreeMap;

use protocol::SegmentId;
use sync::ingest::{IngestNeeds, IngestState, Recorded, TillKey};

pub(super) use self::people::till_names;
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
    pub(super) fn seen_at(self, received_at_ms: i64) -> IngestState {
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

/// Loads what the needs ask for, and then what they ask for because of what was found: of one
/// tenant, and stock of the till's branch.
pub(super) async fn state(
    tx: &Tx,
    key: &TillKey,
    needs: &IngestNeeds,
) -> Result<Loaded, StoreError> {
    // Boxed: the futures of all questions together are too large to be moved about.
    let mut loaded = Box::pin(load(tx, key, needs)).await?;
    let mut asked = IngestNeeds::default();
    while let Some(more) = needs.following(&loaded.state, &mut asked) {
        loaded
            .state
            .absorb(Box::pin(load(tx, key, &more)).await?.state);
    }
    Ok(loaded)
}

async fn load(tx: &Tx, key: &TillKey, needs: &IngestNeeds) -> Result<Loaded, StoreError> {
    let (streams, sales, goods, people) = tokio::try_join!(
        biased;
        streams_of(tx, key, needs),
        facts::sales(tx, key, &needs.sale_ids),
        goods_of(tx, key, needs),
        people_of(tx, key, needs),
    )?;
    let (sales, sale_lines) = sales;
    Ok(Loaded {
        state: IngestState {
            sales,
            sale_lines,
            stock: goods.stock,
            products: goods.products,
            past: goods.past,
            ledger: goods.ledger,
            operators: people.operators,
            keeps_operators: people.keeps_operators,
            waiting: people.waiting,
            conflicts: people.conflicts,
            ..streams.state
        },
        recorded: streams.recorded,
    })
}

async fn streams_of(tx: &Tx, key: &TillKey, needs: &IngestNeeds) -> Result<Loaded, StoreError> {
    let (heads, recorded, ops, op_bytes, quarantine, quarantined_ops) = tokio::try_join!(
        biased;
        streams::heads(tx, key, &needs.segments),
        streams::recorded(tx, key, &needs.positions),
        streams::first_records(tx, key, &needs.op_ids),
        streams::bytes(tx, key, &needs.op_bytes),
        streams::quarantine(tx, key, &needs.links),
        streams::quarantined_ops(tx, key, &needs.op_ids),
    )?;
    Ok(Loaded {
        state: IngestState {
            heads,
            ops,
            op_bytes,
            quarantine,
            quarantined_ops,
            ..IngestState::default()
        },
        recorded,
    })
}

async fn goods_of(tx: &Tx, key: &TillKey, needs: &IngestNeeds) -> Result<IngestState, StoreError> {
    let (stock, products, past, ledger) = tokio::try_join!(
        biased;
        goods::stock(tx, key, &needs.products),
        goods::products(tx, key, &needs.products),
        goods::past(tx, key, &needs.past),
        goods::ledger(tx, key, &needs.ledger),
    )?;
    Ok(IngestState {
        stock,
        products,
        past,
        ledger,
        ..IngestState::default()
    })
}

async fn people_of(tx: &Tx, key: &TillKey, needs: &IngestNeeds) -> Result<IngestState, StoreError> {
    let (keeps_operators, operators, conflicts, waiting) = tokio::try_join!(
        biased;
        people::keeps_operators(tx, key),
        people::operators(tx, key, &needs.operators),
        conflicts::known(tx, key, needs),
        conflicts::waiting(tx, key, &needs.entities),
    )?;
    Ok(IngestState {
        keeps_operators,
        operators,
        conflicts,
        waiting,
        ..IngestState::default()
    })
}
