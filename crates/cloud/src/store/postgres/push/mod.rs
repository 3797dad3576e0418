//! One push in one transaction: the clock, the key, load, plan, write, answer.
//!
//! The decision is `sync::ingest::plan`; here it is given what is recorded, and what it asks for is
//! written. Two round trips in the usual case: the tenant's clock with everything that is asked,
//! then all writes with the `COMMIT`. The clock is taken by the first statement: whoever has it is
//! the tenant's only writer, and what is asked after it sees all that was committed before.
//!
//! When the database refuses the rows, the whole transaction is taken back, each op is tried alone
//! in a transaction that is taken back too, and the push is done again with the poison parked: it
//! is in the log like any other op, and its neighbours go on.

#![allow(
    clippy::from_iter_instead_of_collect,
    reason = "a column of an array reads from left to right: what it is, then what it is made of"
)]

mod apply;
mod conflicts;
mod effects;
mod key;
mod load;
mod slow;
pub(super) mod unpark;

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Pool;
use protocol::limits::BatchLimits;
use sync::ingest::{self, IngestNeeds, IngestPlan, IngestState, TillKey, Writes};
use uuid::Uuid;

use self::key::Claim;
use super::sql::{as_i64, cause, failed, get, of_the_rows};
use super::tx::{Mode, Tx};
use crate::store::{PushAnswered, PushJob, StoreError, TillCredential};

const DOING: &str = "recording a push";

/// What every write of one push shares.
pub(super) struct Entry {
    /// Who hands in.
    pub(super) key: TillKey,
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

/// A push that has its tenant's clock, and what is recorded of what it needs.
struct Begun {
    tx: Tx,
    entry: Entry,
    claim: Claim,
    cloud_epoch: Uuid,
    state: IngestState,
}

/// Records a push and judges it.
pub(super) async fn push(pool: &Pool, job: &PushJob) -> Result<PushAnswered, StoreError> {
    // Reading the ops is the larger part of the work and needs no lock.
    let needs = IngestNeeds::of(&job.request);
    let mut poisoned = BTreeSet::new();
    loop {
        let mut begun = begin(pool, job, &needs).await?;
        if begun.claim == Claim::Reused {
            begun.tx.rollback().await.map_err(failed(DOING))?;
            return Ok(PushAnswered::KeyReused);
        }
        begun.state.poisoned.clone_from(&poisoned);
        let plan = ingest::plan(&begun.state, &job.request, &begun.entry.key);
        let (entry, cloud_epoch) = (&begun.entry, begun.cloud_epoch);
        let mut writes = key::writes(begun.claim, job);
        let till_names = if plan.writes.conflicts.is_empty() {
            BTreeMap::new()
        } else {
            load::till_names(&begun.tx, &entry.key).await?
        };
        writes.extend(apply::all(entry, &plan.writes, &till_names)?);
        let ended = begun.tx.write_and_commit(&writes).await;
        drop(writes);
        match ended {
            Ok(()) => {
                tell_rules(entry, &plan.writes);
                return Ok(answered(plan, cloud_epoch, job, begun.claim));
            }
            Err(refusal) if of_the_rows(&refusal) => {
                let found = slow::find_poison(pool, job, &needs, &poisoned).await?;
                say(entry, &found, &refusal);
                if found.is_subset(&poisoned) {
                    // Every op applies alone and the batch does not: our own fault, so nothing is
                    // recorded.
                    return Err(failed("applying a batch")(refusal));
                }
                poisoned.extend(found);
            }
            Err(failure) => return Err(failed(DOING)(failure)),
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

fn say(entry: &Entry, found: &BTreeSet<Uuid>, refusal: &tokio_postgres::Error) {
    tracing::warn!(
        tenant = %entry.key.tenant,
        till = %entry.key.till,
        poisoned = found.len(),
        refusal = cause(refusal),
        "a batch could not be applied whole: the poison is parked, its neighbours go on"
    );
}

fn answered(plan: IngestPlan, cloud_epoch: Uuid, job: &PushJob, claim: Claim) -> PushAnswered {
    PushAnswered::Answer {
        answer: plan.answer(cloud_epoch, job.now_ms, BatchLimits::default(), 0),
        replayed: matches!(claim, Claim::Repeated { .. }),
    }
}

/// Takes the tenant's clock, first of all, and loads what the batch needs: one round trip.
async fn begin(pool: &Pool, job: &PushJob, needs: &IngestNeeds) -> Result<Begun, StoreError> {
    let key = till_key(&job.caller);
    let tenant = key.tenant;
    let ops: usize = job.request.runs.iter().map(|run| run.items.len()).sum();
    let count = as_i64(ops.max(1) as u64);
    let tx = Tx::take(pool, DOING).await?;
    // The two that must come first are ready to be sent before anything is: see `Tx::begin`.
    let clock = tx.prepare(TAKE_CLOCK).await.map_err(failed(DOING))?;
    let (_begun, last, claim, epoch, loaded) = tokio::try_join!(
        biased;
        async { tx.begin(Mode::Write, Some(tenant)).await.map_err(failed(DOING)) },
        async { tx.ask_one(&clock, &[&tenant, &count]).await.map_err(failed(DOING)) },
        key::claim(&tx, job),
        async { tx.query_opt("SELECT cloud_epoch FROM cloud", &[]).await.map_err(failed(DOING)) },
        load::state(&tx, &key, needs),
    )?;
    let rv_last: i64 = get(&last, "v")?;
    let epoch = epoch.ok_or(StoreError::Stopped { doing: DOING })?;
    let received_at_ms = claim.moment(job.now_ms);
    let cloud_epoch = get(&epoch, "cloud_epoch")?;
    let state = IngestState {
        cloud_epoch,
        rv_before: u64::try_from(rv_last - count).unwrap_or(0),
        ..loaded.seen_at(received_at_ms)
    };
    Ok(Begun {
        entry: Entry {
            key,
            rv_before: rv_last - count,
            rv_last,
            received_at_ms,
            now_ms: job.now_ms,
        },
        cloud_epoch,
        state,
        claim,
        tx,
    })
}

const TAKE_CLOCK: &str = "UPDATE tenant_clock SET v = v + $2 WHERE tenant = $1 RETURNING v";

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
