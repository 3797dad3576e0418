//! The slow path: op by op, each with a savepoint of its own, to find which one cannot be applied.

use std::collections::BTreeSet;

use deadpool_postgres::Pool;
use sync::ingest::{self, IngestNeeds, OpRow};
use uuid::Uuid;

use super::effects::{self, StockMove};
use super::{DOING, Entry, begin};
use crate::store::postgres::sql::{cause, failed, of_the_rows};
use crate::store::postgres::tx::Tx;
use crate::store::{PushJob, StoreError};

/// Which ops of a push cannot be applied even alone, tried in their order under the tenant's
/// clock. Leaves no trace.
pub(super) async fn find_poison(
    pool: &Pool,
    job: &PushJob,
    needs: &IngestNeeds,
    poisoned: &BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut begun = begin(pool, job, needs).await?;
    begun.state.poisoned.clone_from(poisoned);
    let plan = ingest::plan(&begun.state, &job.request, &begun.entry.key);
    let mut poison = BTreeSet::new();
    for (op, rv) in plan.writes.ops.iter().zip(begun.entry.rv_before + 1..) {
        if let Some(refusal) = alone(&begun.tx, &begun.entry, op, rv).await? {
            let refusal = cause(&refusal);
            tracing::warn!(op_id = %op.op_id, seq = op.seq, refusal, "an op cannot be applied: it is parked");
            poison.insert(op.op_id);
        }
    }
    begun.tx.rollback().await.map_err(failed(DOING))?;
    Ok(poison)
}

/// One op with its own share of the stock, on a savepoint. `Some` is why its rows were refused, and
/// then nothing of it remains; any other failure ends the push.
async fn alone(
    tx: &Tx,
    entry: &Entry,
    op: &OpRow,
    rv: i64,
) -> Result<Option<tokio_postgres::Error>, StoreError> {
    tx.run("SAVEPOINT alone").await.map_err(failed(DOING))?;
    let mut writes = effects::of_ops(entry, &[(op, rv)])?;
    for movement in &op.effects.stock {
        let moved = StockMove {
            product: movement.product_id,
            delta_milli: movement.delta_milli,
            tracked: false,
            sold_as: None,
        };
        writes.extend(effects::move_stock(entry, &[moved]));
    }
    match tx.write(&writes).await {
        Ok(()) => {
            tx.run("RELEASE alone").await.map_err(failed(DOING))?;
            Ok(None)
        }
        Err(refusal) if of_the_rows(&refusal) => {
            let back = tx.run("ROLLBACK TO alone; RELEASE alone").await;
            back.map_err(failed(DOING))?;
            Ok(Some(refusal))
        }
        Err(failure) => Err(failed(DOING)(failure)),
    }
}
