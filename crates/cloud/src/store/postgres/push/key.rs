//! What an Idempotency-Key stood for. Safety never depends on it: `op_id` alone counts.
//!
//! The moment at which a key was first seen is its own: no two remembered keys of a tenant share a
//! millisecond. The log's rows carry it, so the batch that recorded an op is known again.

use super::DOING;
use crate::store::postgres::sql::{failed, fixed, get};
use crate::store::postgres::tx::{Param, Tx, Write};
use crate::store::{PushJob, StoreError};

/// How long a key is remembered.
const MEMORY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Old keys forgotten with each new one: more than come in, few enough not to be felt.
const FORGOTTEN_AT_ONCE: i64 = 4;
/// The route a key belongs to.
const ROUTE: &str = "push";

/// What a key means for this push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It was never used; now it stands for this body.
    Fresh {
        /// The first millisecond, from now on, that is no other key's.
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

impl Claim {
    /// When the batch first came under its key.
    pub(super) const fn moment(self, now_ms: i64) -> i64 {
        match self {
            Self::Fresh { seen_at_ms } | Self::Repeated { seen_at_ms } => seen_at_ms,
            Self::Reused => now_ms,
        }
    }
}

/// Looks the key up, and the next millisecond that no remembered key of the tenant has. Under the
/// tenant's clock, so what is free stays free.
pub(super) async fn claim(tx: &Tx, job: &PushJob) -> Result<Claim, StoreError> {
    let caller = &job.caller;
    let of: [Param<'_>; 4] = [&caller.tenant, &caller.till, &ROUTE, &job.key];
    let now: [Param<'_>; 2] = [&caller.tenant, &job.now_ms];
    let (before, free) = tokio::try_join!(
        biased;
        tx.query_opt(STOOD_FOR, &of),
        tx.query_opt(FREE_MOMENT, &now),
    )
    .map_err(failed("looking an Idempotency-Key up"))?;
    if let Some(before) = before {
        let seen_at_ms = get(&before, "seen_at_ms")?;
        let same = fixed::<32>(&before, "fingerprint")? == job.fingerprint;
        return Ok(if same {
            Claim::Repeated { seen_at_ms }
        } else {
            Claim::Reused
        });
    }
    let free = free.ok_or(StoreError::Stopped { doing: DOING })?;
    Ok(Claim::Fresh {
        seen_at_ms: get(&free, "free")?,
    })
}

const STOOD_FOR: &str = "SELECT fingerprint, seen_at_ms FROM idempotency_key
                         WHERE tenant = $1 AND till = $2 AND route = $3 AND key = $4";

/// Now, or the end of the row of taken milliseconds that begins now.
const FREE_MOMENT: &str = "
    SELECT coalesce(min(later.seen_at_ms) + 1, $2) AS free
    FROM idempotency_key AS later
    WHERE later.tenant = $1 AND later.seen_at_ms >= $2
      AND EXISTS (SELECT FROM idempotency_key WHERE tenant = $1 AND seen_at_ms = $2)
      AND NOT EXISTS (SELECT FROM idempotency_key AS next
                      WHERE next.tenant = $1 AND next.seen_at_ms = later.seen_at_ms + 1)";

/// What has to be written so that the key is known from now on: nothing if it is known already.
pub(super) fn writes(claim: Claim, job: &PushJob) -> Vec<Write<'_>> {
    let Claim::Fresh { seen_at_ms } = claim else {
        return Vec::new();
    };
    let caller = &job.caller;
    let before = job.now_ms.saturating_sub(MEMORY_MS);
    vec![
        Write {
            sql: "DELETE FROM idempotency_key WHERE tenant = $1 AND (till, route, key) IN
                  (SELECT till, route, key FROM idempotency_key
                   WHERE tenant = $1 AND seen_at_ms < $2 ORDER BY seen_at_ms LIMIT $3)",
            values: vec![
                Box::new(caller.tenant),
                Box::new(before),
                Box::new(FORGOTTEN_AT_ONCE),
            ],
        },
        Write {
            sql: "INSERT INTO idempotency_key (tenant, till, route, key, fingerprint, seen_at_ms)
                  VALUES ($1, $2, $3, $4, $5, $6)",
            values: vec![
                Box::new(caller.tenant),
                Box::new(caller.till),
                Box::new(ROUTE),
                Box::new(job.key),
                Box::new(job.fingerprint.as_slice()),
                Box::new(seen_at_ms),
            ],
        },
    ]
}
