//! What an Idempotency-Key stood for. Safety never depends on it: `op_id` alone counts.

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
    /// It was never used.
    Fresh,
    /// It stood for this very body before.
    Repeated,
    /// It stood for another body.
    Reused,
}

/// Takes the key for this body.
pub(super) fn claim(tx: &Connection, job: &PushJob) -> Result<Claim, StoreError> {
    let doing = "looking an Idempotency-Key up";
    let tenant = job.caller.tenant;
    let before: Option<[u8; 32]> = tx
        .prepare_cached(
            "SELECT fingerprint FROM idempotency_key
             WHERE tenant = ?1 AND till = ?2 AND route = ?3 AND key = ?4",
        )
        .and_then(|mut found| {
            let of = params![
                tenant.as_bytes(),
                job.caller.till.as_bytes(),
                ROUTE,
                job.key.as_bytes()
            ];
            found.query_row(of, |row| fixed(row, 0)).optional()
        })
        .map_err(failed(doing))?;
    match before {
        Some(fingerprint) if fingerprint == job.fingerprint => Ok(Claim::Repeated),
        Some(_) => Ok(Claim::Reused),
        None => remember(tx, job).map(|()| Claim::Fresh),
    }
}

fn remember(tx: &Connection, job: &PushJob) -> Result<(), StoreError> {
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
            job.now_ms
        ])
    })
    .map_err(failed(doing))?;
    Ok(())
}
