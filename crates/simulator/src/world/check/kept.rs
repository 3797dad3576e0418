//! What arrived whole is kept: in the log, or aside. It may be the only copy of a sale.

use protocol::chain::op_hash;
use protocol::wire::{PushRequest, RunStatus};
use sync::effects::read_op;
use sync::ingest::IngestPlan;

use crate::world::cloud::Tables;

/// After a push: every op of a run that was vouched for lies somewhere.
pub(in crate::world) fn kept(tables: &Tables, request: &PushRequest, decided: &IngestPlan) {
    for (run, told) in request.runs.iter().zip(&decided.runs) {
        let vouched = match told.status {
            RunStatus::Ok | RunStatus::Fork { .. } => true,
            RunStatus::NeedParent { .. } => run.orphan,
            RunStatus::Gap { .. }
            | RunStatus::BadChain { .. }
            | RunStatus::BadSig
            | RunStatus::Revoked => false,
        };
        for item in run.items.iter().filter(|_| vouched) {
            let logged = tables.log.get(&(run.segment, item.seq));
            let logged = logged.is_some_and(|there| there.row.chain == item.chain);
            let link = (run.segment, item.seq, item.chain);
            let bytes = item.op.get().as_bytes();
            let elsewhere = || {
                let first = tables.first.get(&read_op(bytes).op_id());
                first.is_some_and(|first| first.row.op_hash == op_hash(bytes))
            };
            assert!(
                logged || tables.quarantine.contains_key(&link) || elsewhere(),
                "op {} of segment {} arrived whole and is kept nowhere",
                item.seq,
                run.segment
            );
        }
    }
}
