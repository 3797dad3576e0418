//! A cloud that stands where it stood on an older day, as a till says: a new epoch begins.
//!
//! An epoch is one for every tenant, and what a till says it was told is only its word. So this
//! promises that the tills of one process begin one an hour at most, and one till one a day:
//! whatever is beyond is logged for people and answered with the epoch that holds. Nothing is lost
//! by that: what a till has to send it sees from the heads, and `holdfast-cloud restored` is free.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::stream::Head;
use transport::server::{Refusal, Signed};
use uuid::Uuid;

use super::state::{Api, refused_by_store};
use crate::store::{TillCredential, new_epoch};

/// Between two epochs that tills begin.
const BETWEEN_ANY_MS: i64 = 60 * 60 * 1000;
/// Between two epochs that one till begins.
const BETWEEN_OWN_MS: i64 = 24 * BETWEEN_ANY_MS;

/// Who began an epoch during the last day, and when: at most one entry an hour.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    begun: Mutex<BTreeMap<Uuid, i64>>,
}

impl Epochs {
    /// Whether the till's word begins an epoch now; remembers it if so.
    fn may_begin(&self, till: Uuid, now_ms: i64) -> bool {
        let mut begun = self.lock();
        // A clock that was set back must not keep anybody from it for longer than was meant.
        begun.retain(|_, at_ms| (0..BETWEEN_OWN_MS).contains(&now_ms.saturating_sub(*at_ms)));
        let last_ms = begun.values().max();
        let soon = last_ms.is_some_and(|last_ms| now_ms.saturating_sub(*last_ms) < BETWEEN_ANY_MS);
        if soon || begun.contains_key(&till) {
            return false;
        }
        begun.insert(till, now_ms);
        true
    }

    /// Nothing came of it: the till may say it again.
    fn forget(&self, till: Uuid) {
        self.lock().remove(&till);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uuid, i64>> {
        // One number a till, there or not: nothing can be left half changed by a panic.
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A till was told `lost` in the epoch `was`, and it is not here. Answers the epoch that holds now.
pub(super) async fn fell_back(
    api: &Api,
    signed: &Signed<TillCredential>,
    lost: &Head,
    was: Uuid,
) -> Result<Uuid, Refusal> {
    let (till, tenant) = (signed.till, signed.caller.tenant);
    if !api.epochs.may_begin(till, api.ports.clock.wall_ms()) {
        tracing::error!(
            %till, %tenant, segment = %lost.segment, seq = lost.seq,
            "ALARM: a till says again that this database lost what it had told; no new epoch begins by itself so soon: look at this till, or say `holdfast-cloud restored`"
        );
        // Another till may have begun one since this request read it.
        return api.store.cloud_epoch().await.map_err(refused_by_store);
    }
    tracing::error!(
        %till, %tenant, segment = %lost.segment, seq = lost.seq,
        "this database stands where it stood on an older day: a new epoch begins, the tills send again"
    );
    let fresh = new_epoch(api.ports.entropy.as_ref());
    let bumped = api.store.bump_epoch(was, fresh).await;
    bumped.map_err(|error| {
        api.epochs.forget(till);
        refused_by_store(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tills_begin_an_epoch_an_hour_and_one_till_an_epoch_a_day() {
        let epochs = Epochs::default();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (till, now_ms, begins, why) in [
            (one, 0, true, "the first of all"),
            (one, 1, false, "at once again"),
            (two, BETWEEN_ANY_MS - 1, false, "within the hour of another"),
            (two, BETWEEN_ANY_MS, true, "an hour later"),
            (one, 2 * BETWEEN_ANY_MS, false, "its second that day"),
            (one, BETWEEN_OWN_MS, true, "a day later"),
            (two, 5, true, "a clock that was set back"),
        ] {
            assert_eq!(epochs.may_begin(till, now_ms), begins, "{why}");
        }
        epochs.forget(two);
        assert!(epochs.may_begin(two, 6), "what failed does not count");
    }
}
