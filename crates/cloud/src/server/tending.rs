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
    use super::*;
    use crate::ports::{OsEntropy, SystemClock};
    use crate::store::sqlite::SqliteStore;
    use crate::store::{CloudStore, TokenWanted};

    #[tokio::test]
    async fn a_serving_cloud_notes_by_itself_how_far_each_tenant_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("cloud.db");
        let clock = SystemClock::new();
        let store = Arc::new(SqliteStore::open(&file, &clock, &OsEntropy).unwrap());
        let sql = rusqlite::Connection::open(&file).unwrap();
        sql.execute_batch(
            "INSERT INTO tenant VALUES (zeroblob(16), 'Acme', 1);
             INSERT INTO tenant_clock VALUES (zeroblob(16), 17);",
        )
        .unwrap();
        let tending = tokio::spawn(tend(Arc::clone(&store), Arc::new(clock), Duration::ZERO));
        let marks = || {
            let found = sql.query_row("SELECT max(v) FROM version_mark", [], |row| row.get(0));
            found.unwrap_or(None::<i64>)
        };
        while marks().is_none() {
            // Each of these goes through the one writer, behind whatever waits there already.
            let nobody = TokenWanted {
                tenant_name: "nobody".into(),
                token_hash: [0; 32],
                now_ms: 1,
            };
            store.make_read_token(nobody).await.unwrap();
        }
        assert_eq!(
            marks(),
            Some(17),
            "the age of a tombstone can be told from here on"
        );
        tending.abort();
    }
}
