//! What fetching shows, and waiting until a wish for it was granted.
//!
//! Promises: whoever waits holds no lock of the till, so no sale waits with them.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sync::pull::PullView;

use super::super::{Shared, Shown, SyncWorker};
use crate::error::AppError;
use crate::till::Till;

impl Shared {
    /// Whether the sender leaves the line to fetching: it has sent all there is, or waits for a person. One record
    /// that cannot be sent must not keep prices and people away from the till.
    pub(super) fn leaves_the_line(&self) -> bool {
        let shown = self.lock();
        shown.resting || shown.waits_for_person
    }

    /// Waits until a whole round has followed a wish beyond those; no lock of the till is held meanwhile.
    fn wait_for_wish(&self, wishes: u64, within: Duration) -> bool {
        let shown = self.lock();
        let waiting = |shown: &mut Shown| {
            let granted = shown.fetching.as_ref().map_or(0, |view| view.granted);
            granted <= wishes
        };
        let waited = self.changed.wait_timeout_while(shown, within, waiting);
        let (shown, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(shown);
        !waited.timed_out()
    }

    pub(super) fn show_fetching(&self, view: PullView) {
        self.lock().fetching = Some(view);
        self.changed.notify_all();
    }
}

impl SyncWorker {
    /// A person wants it now; what to wait at, and the wishes before this one.
    fn wish(&self) -> (Arc<Shared>, u64) {
        let wishes = self.fetching().map_or(0, |view| view.wishes);
        self.sync_now();
        (Arc::clone(&self.shared), wishes)
    }

    /// What fetching looks like; none before its first step.
    pub fn fetching(&self) -> Option<PullView> {
        self.shared.lock().fetching.clone()
    }
}

impl Till {
    /// How fetching the cloud's rows is going; none for a till that belongs to no cloud or does not run it.
    pub fn fetching(&self) -> Option<PullView> {
        self.workers().sync.as_ref().and_then(SyncWorker::fetching)
    }

    /// Sends and fetches now, and waits until everything that the cloud held by then was fetched; `false` if it was
    /// not within the time. A till on which nothing runs behind the counter does it by itself and stops again.
    pub fn fetch_now(&self, within: Duration) -> Result<bool, AppError> {
        let running = self.workers().sync.as_ref().map(SyncWorker::wish);
        if let Some((shared, wishes)) = running {
            return Ok(shared.wait_for_wish(wishes, within));
        }
        let worker = SyncWorker::start(self.me.clone(), false)?;
        let (shared, wishes) = worker.wish();
        let fetched = shared.wait_for_wish(wishes, within);
        worker.stop();
        Ok(fetched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync::till::{SyncKind, TillSync, TillSyncConfig};

    #[test]
    fn a_record_that_needs_a_person_keeps_no_prices_and_no_people_away() {
        let engine = TillSync::new(TillSyncConfig {
            seed: 1,
            cloud_epoch_seen: None,
        });
        for (kind, fetches) in [
            (SyncKind::Paused, false),
            (SyncKind::Resting, true),
            (SyncKind::Connecting, false),
            (SyncKind::Sending, false),
            (SyncKind::Healing, false),
            (SyncKind::Waiting, false),
            (SyncKind::Refused, false),
            (SyncKind::NeedsPerson, true),
        ] {
            let shared = Shared::default();
            let mut view = engine.view();
            view.kind = kind;
            shared.show(&view, |_| 0);
            assert_eq!(shared.leaves_the_line(), fetches, "{kind:?}");
        }
    }
}
