//! What an Idempotency-Key stood for. Safety never depends on it: `op_id` alone counts.
//!
//! The moment at which a key was first seen is its own: no two remembered keys of a tenant share a
//! millisecond. The log's rows carry it, so the batch that recorded an op is known again.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::sql::{failed, fixed};
use crate::store::{PushJob, StoreError};

/// How long a key is remembered.
const MEMORY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Old keys forgotten with each new one: more than come in, few enough not to be felt.
const FORGOTTEN_AT_ONCE: u32 = 4;
/// The route a key belongs to.
const ROUTE: &str = "push";

/// What a key means for this push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It was never used; now it stands for this body.
    Fresh {
        /// When this body came under this key, UTC milliseconds; no other key's moment.
        seen_at_ms: i64,
    },
    /// It stood for this very body before.
    Repeated {
        /// When it came the first time.
        seen_at_ms: i64,
    },
    /// It stood for another body.
    Reused,
}

/// Takes the key for this body.
pub(super) fn claim(tx: &Connection, job: &PushJob) -> Result<Claim, StoreError> {
    let doing = "looking an Idempotency-Key up";
    let tenant = job.caller.tenant;
    let before: Option<([u8; 32], i64)> = tx
        .prepare_cached(
            "SELECT fingerprint, seen_at_ms FROM idempotency_key
             WHERE tenant = ?1 AND till = ?2 AND route = ?3 AND key = ?4",
        )
        .and_then(|mut found| {
            let of = params![
                tenant.as_bytes(),
                job.caller.till.as_bytes(),
                ROUTE,
                job.key.as_bytes()
            ];
            let row = found.query_row(of, |row| Ok((fixed(row, 0)?, row.get(1)?)));
            row.optional()
        })
        .map_err(failed(doing))?;
    match before {
        Some((fingerprint, seen_at_ms)) if fingerprint == job.fingerprint => {
            Ok(Claim::Repeated { seen_at_ms })
        }
        Some(_) => Ok(Claim::Reused),
        None => {
            let seen_at_ms = free_moment(tx, job).map_err(failed(doing))?;
            remember(tx, job, seen_at_ms)?;
            Ok(Claim::Fresh { seen_at_ms })
        }
    }
}

/// Now, or the next millisecond that no remembered key of the tenant has. The tenant's writer is
/// alone, so what is free stays free.
fn free_moment(tx: &Connection, job: &PushJob) -> rusqlite::Result<i64> {
    let mut taken =
        tx.prepare_cached("SELECT 1 FROM idempotency_key WHERE tenant = ?1 AND seen_at_ms = ?2")?;
    let mut moment = job.now_ms;
    while taken.exists(params![job.caller.tenant.as_bytes(), moment])? {
        moment += 1;
    }
    Ok(moment)
}

fn remember(tx: &Connection, job: &PushJob, seen_at_ms: i64) -> Result<(), StoreError> {
    let doing = "remembering an Idempotency-Key";
    let tenant = job.caller.tenant;
    tx.prepare_cached(
        "DELETE FROM idempotency_key WHERE (tenant, till, route, key) IN
         (SELECT tenant, till, route, key FROM idempotency_key
          WHERE tenant = ?1 AND seen_at_ms < ?2 ORDER BY seen_at_ms LIMIT ?3)",
    )
    .and_then(|mut old| {
        let before = job.now_ms.saturating_sub(MEMORY_MS);
        old.execute(params![tenant.as_bytes(), before, FORGOTTEN_AT_ONCE])
    })
    .map_err(failed(doing))?;
    tx.prepare_cached(
        "INSERT INTO idempotency_key (tenant, till, route, key, fingerprint, seen_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .and_then(|mut new| {
        new.execute(params![
            tenant.as_bytes(),
            job.caller.till.as_bytes(),
            ROUTE,
            job.key.as_bytes(),
            job.fingerprint,
            seen_at_ms
        ])
    })
    .map_err(failed(doing))?;
    Ok(())
}
