//! One push in one transaction: the key, the clock, load, plan, apply, answer.
//!
//! The decision is `sync::ingest::plan`; here it is given what is recorded, and what it asks for is
//! written. Normally all effects go in together. When the database refuses them, everything is
//! taken back to a savepoint, each op is tried alone to find the poison, and the batch is planned
//! again with the poison parked: it is in the log like any other op, and its neighbours go on.

mod apply;
mod conflicts;
mod effects;
mod key;
mod load;
mod product;
mod slow;
pub(super) mod unpark;

use protocol::limits::BatchLimits;
use rusqlite::{Connection, Transaction, params};
use sync::ingest::{self, IngestNeeds, IngestPlan, IngestState, TillKey, Writes};
use uuid::Uuid;

use self::key::Claim;
use super::sql::{as_i64, failed};
use crate::store::{PushAnswered, PushJob, StoreError, TillCredential};

/// What every write of one push shares.
pub(super) struct Entry {
    /// Who hands in.
    pub(super) key: TillKey,
    /// The cloud's epoch.
    pub(super) cloud_epoch: Uuid,
    /// The tenant's version before this push; its ops take the following ones.
    pub(super) rv_before: i64,
    /// The last version of this push; rows that sum up several ops carry it.
    pub(super) rv_last: i64,
    /// When the batch first came under its key, UTC milliseconds: the log's rows carry it, and no
    /// other batch of the tenant has it.
    pub(super) received_at_ms: i64,
    /// Now, UTC milliseconds.
    pub(super) now_ms: i64,
}

/// Records a push and judges it.
pub(super) fn push(
    tx: &mut Transaction<'_>,
    cloud_epoch: Uuid,
    job: &PushJob,
    needs: &IngestNeeds,
) -> Result<PushAnswered, StoreError> {
    let (received_at_ms, replayed) = match key::claim(tx, job)? {
        Claim::Fresh { seen_at_ms } => (seen_at_ms, false),
        Claim::Repeated { seen_at_ms } => (seen_at_ms, true),
        Claim::Reused => return Ok(PushAnswered::KeyReused),
    };
    let key = till_key(&job.caller);
    let (rv_before, rv_last) = take_versions(tx, &key, job)?;
    let entry = Entry {
        key,
        cloud_epoch,
        rv_before,
        rv_last,
        received_at_ms,
        now_ms: job.now_ms,
    };
    let state = load::state(tx, &entry, needs)?;
    let plan = record(tx, &entry, state, job)?;
    let answer = plan.answer(cloud_epoch, job.now_ms, BatchLimits::default(), 0);
    Ok(PushAnswered::Answer { answer, replayed })
}

/// Plans and applies; again without the poison, as long as there is some.
fn record(
    tx: &mut Transaction<'_>,
    entry: &Entry,
    mut state: IngestState,
    job: &PushJob,
) -> Result<IngestPlan, StoreError> {
    loop {
        let plan = ingest::plan(&state, &job.request, &entry.key);
        let Some(refusal) = slow::attempt(tx, |sp| apply::all(sp, entry, &plan.writes))? else {
            tell_rules(entry, &plan.writes);
            return Ok(plan);
        };
        let poison = slow::find_poison(tx, entry, &plan.writes)?;
        let known = state.poisoned.len();
        state.poisoned.extend(poison);
        tracing::warn!(
            tenant = %entry.key.tenant,
            till = %entry.key.till,
            poisoned = state.poisoned.len(),
            %refusal,
            "a batch could not be applied whole: the poison is parked, its neighbours go on"
        );
        if state.poisoned.len() == known {
            // Every op applies alone and the batch does not: our own fault, so nothing is recorded.
            return Err(failed("applying a batch")(refusal));
        }
    }
}

/// What code settled by itself is said aloud.
fn tell_rules(entry: &Entry, writes: &Writes) {
    for used in &writes.settled_by_rule {
        tracing::info!(
            tenant = %entry.key.tenant,
            rule = used.rule.as_str(),
            op_id = %used.op_id,
            entity = %used.entity,
            "settled by a named exception"
        );
    }
}

/// Takes the tenant's clock, first of all writes: whoever holds it is the tenant's only writer.
fn take_versions(tx: &Connection, key: &TillKey, job: &PushJob) -> Result<(i64, i64), StoreError> {
    let ops: usize = job.request.runs.iter().map(|run| run.items.len()).sum();
    let count = as_i64(ops.max(1) as u64);
    let last: i64 = tx
        .prepare_cached("UPDATE tenant_clock SET v = v + ?2 WHERE tenant = ?1 RETURNING v")
        .and_then(|mut clock| {
            clock.query_row(params![key.tenant.as_bytes(), count], |row| row.get(0))
        })
        .map_err(failed("taking the tenant's clock"))?;
    Ok((last - count, last))
}

fn till_key(caller: &TillCredential) -> TillKey {
    TillKey {
        tenant: caller.tenant,
        branch: caller.branch,
        till: caller.till,
        genesis_tenant: caller.genesis_tenant,
        genesis_branch: caller.genesis_branch,
        public_key: caller.public_key,
        revoked: caller.revoked_at_ms.is_some(),
    }
}
