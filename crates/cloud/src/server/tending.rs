//! What a serving process does by itself now and then.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use protocol::ports::Clock;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::store::pull::PullStore;

/// The first time is after the rush of a start.
pub(super) const FIRST: Duration = Duration::from_mins(1);
/// Tombstones live by the day; a process may be started anew every night.
const EVERY: Duration = Duration::from_hours(1);

/// Forgets old tombstones, over and over. A time that fails is logged, the next one comes.
#[allow(
    clippy::disallowed_methods,
    reason = "when the next time is, not what anything means"
)]
pub(super) async fn tend<S: PullStore + ?Sized>(
    store: Arc<S>,
    clock: Arc<dyn Clock>,
    first: Duration,
) -> Infallible {
    let mut times = interval_at(Instant::now() + first, EVERY);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        match store.forget_tombstones(clock.wall_ms()).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "old tombstones were forgotten"),
            Err(error) => {
                tracing::warn!(%error, "old tombstones could not be forgotten; it is tried again later");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    use super::*;
    use crate::store::pull::{
        CatalogueOf, CatalogueSink, CatalogueState, PullReach, PullWanted, Pulled,
    };
    use crate::store::{Later, StoreError};

    /// A store that can only forget, says when it was asked to, and fails each time.
    struct Forgetful(UnboundedSender<i64>);

    fn no<T>() -> Later<'static, T> {
        Box::pin(async { Err(StoreError::Stopped { doing: "a test" }) })
    }

    impl PullStore for Forgetful {
        fn cursor_key(&self) -> [u8; 32] {
            [0; 32]
        }
        fn cache_folder(&self) -> PathBuf {
            PathBuf::new()
        }
        fn pull(&self, _: PullWanted) -> Later<'_, Pulled> {
            no()
        }
        fn catalogue_state(&self, _: PullReach) -> Later<'_, CatalogueState> {
            no()
        }
        fn catalogue(&self, _: CatalogueOf, _: Box<dyn CatalogueSink>) -> Later<'_, ()> {
            no()
        }
        fn forget_tombstones(&self, now_ms: i64) -> Later<'_, u64> {
            self.0.send(now_ms).unwrap();
            no()
        }
    }

    struct Noon;

    impl Clock for Noon {
        fn wall_ms(&self) -> i64 {
            12
        }
        fn mono_ms(&self) -> u64 {
            0
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_serving_cloud_forgets_by_itself_every_hour_also_after_a_time_that_failed() {
        let (asked, mut times) = unbounded_channel();
        let began = Instant::now();
        let tending = tokio::spawn(tend(Arc::new(Forgetful(asked)), Arc::new(Noon), FIRST));
        for hour in 0..3 {
            assert_eq!(
                times.recv().await,
                Some(12),
                "it asks with the clock's time"
            );
            assert_eq!(
                began.elapsed(),
                FIRST + EVERY * hour,
                "the first, then each hour"
            );
        }
        tending.abort();
    }
}
