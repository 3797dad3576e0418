//! When the cloud starts: dead letters that this program can read are judged, once, in the order
//! of the log. Of several processes that start at once, one judges an op: the tenant's clock lets
//! them in one by one, and the second finds it done.

use std::collections::BTreeSet;

use deadpool_postgres::Pool;
use protocol::ChainHash;
use protocol::outcome::OutcomeCode;
use sync::ingest::{self, IngestState, OpRow, ParkedOp, TillKey, Unparking};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{counter, failed, fixed, get, of_the_rows, unreadable};
use super::super::streams::segment;
use super::super::tenancy;
use super::super::tx::{Mode, Tx, Write, ask};
use super::{Entry, TAKE_CLOCK, apply, load, till_key};
use crate::store::StoreError;

const DOING: &str = "judging parked ops again";

/// Goes through every tenant's dead letters. One that cannot be judged stays what it is.
pub(in crate::store::postgres) async fn all(pool: &Pool, now_ms: i64) -> Result<(), StoreError> {
    let tenants = ask(pool, DOING, None, "SELECT tenant FROM tenant", &[]).await?;
    for row in &tenants {
        let tenant: Uuid = get(row, "tenant")?;
        let list = include_str!("dead_letters.sql");
        for row in &ask(pool, DOING, Some(tenant), list, &[&tenant]).await? {
            let parked = dead_letter(row)?;
            if let Some(credential) = tenancy::till(pool, get(row, "till")?).await? {
                one(pool, &till_key(&credential), &parked, now_ms).await?;
            }
        }
    }
    Ok(())
}

fn dead_letter(row: &Row) -> Result<ParkedOp, StoreError> {
    let code: &str = get(row, "code")?;
    Ok(ParkedOp {
        segment: segment(row, "segment")?,
        seq: counter(row, "seq")?,
        chain: ChainHash(fixed(row, "chain")?),
        code: OutcomeCode::from_word(code)
            .ok_or_else(|| unreadable("code", format!("{code:?} is no word of this program")))?,
        bytes: get(row, "op")?,
    })
}

/// One dead letter in a transaction of its own; again as poison if its rows are refused.
async fn one(pool: &Pool, key: &TillKey, parked: &ParkedOp, now_ms: i64) -> Result<(), StoreError> {
    let mut poisoned = BTreeSet::new();
    loop {
        let (tx, entry, mut state) = begin(pool, key, parked, now_ms).await?;
        state.poisoned.clone_from(&poisoned);
        let judged = ingest::unpark(&state, parked, key, now_ms);
        let (Unparking::Judged(writes) | Unparking::Stays(writes)) = &judged;
        let done = match writes.ops.first() {
            Some(op) => is_done(&tx, key.tenant, op.op_id).await?,
            None => writes.is_empty(),
        };
        if done {
            return tx.rollback().await.map_err(failed(DOING));
        }
        let names = load::till_names(&tx, key).await?;
        let mut all: Vec<Write<'_>> = Vec::new();
        all.extend(writes.ops.iter().map(|op| judgement(&entry, op)));
        all.extend(apply::effects_of(&entry, writes, &names)?);
        let ended = tx.write_and_commit(&all).await;
        drop(all);
        match ended {
            Ok(()) => {
                super::tell_rules(&entry, writes);
                return Ok(());
            }
            Err(refusal) if of_the_rows(&refusal) && !writes.ops.is_empty() => {
                tracing::warn!(seq = parked.seq, %refusal, "a parked op cannot be applied: it stays parked");
                poisoned.extend(writes.ops.iter().map(|op| op.op_id));
            }
            Err(failure) => return Err(failed(DOING)(failure)),
        }
    }
}

/// The tenant's clock, and what is recorded of what the op needs.
async fn begin(
    pool: &Pool,
    key: &TillKey,
    parked: &ParkedOp,
    now_ms: i64,
) -> Result<(Tx, Entry, IngestState), StoreError> {
    let tx = Tx::open(pool, DOING, Mode::Write, Some(key.tenant)).await?;
    let last = tx.query_opt(TAKE_CLOCK, &[&key.tenant, &1_i64]).await;
    let last = last.map_err(failed(DOING))?;
    let epoch = tx.query_opt("SELECT cloud_epoch FROM cloud", &[]).await;
    let epoch = epoch.map_err(failed(DOING))?;
    let (Some(last), Some(epoch)) = (last, epoch) else {
        return Err(StoreError::Stopped { doing: DOING });
    };
    let rv_last: i64 = get(&last, "v")?;
    let entry = Entry {
        key: *key,
        rv_before: rv_last - 1,
        rv_last,
        received_at_ms: now_ms,
        now_ms,
    };
    let loaded = load::state(&tx, key, &parked.needs(key)).await?;
    let state = IngestState {
        cloud_epoch: get(&epoch, "cloud_epoch")?,
        rv_before: u64::try_from(entry.rv_before).unwrap_or(0),
        ..loaded.seen_at(now_ms)
    };
    Ok((tx, entry, state))
}

/// Whether another process was first.
async fn is_done(tx: &Tx, tenant: Uuid, op_id: Uuid) -> Result<bool, StoreError> {
    let done = "SELECT 1 FROM op_unparked WHERE tenant = $1 AND op_id = $2";
    let row = tx.query_opt(done, &[&tenant, &op_id]).await;
    Ok(row.map_err(failed(DOING))?.is_some())
}

/// The later judgement, beside the log.
fn judgement<'a>(entry: &Entry, op: &'a OpRow) -> Write<'a> {
    Write {
        sql: "INSERT INTO op_unparked (tenant, op_id, op_hash, outcome, code, conflict, rv, at_ms)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(op.op_id),
            Box::new(op.op_hash.as_bytes().as_slice()),
            Box::new(op.outcome.as_str()),
            Box::new(op.code.map(OutcomeCode::as_str)),
            Box::new(op.conflict),
            Box::new(entry.rv_last),
            Box::new(entry.now_ms),
        ],
    }
}
