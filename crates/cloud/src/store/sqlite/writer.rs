//! The one thread that writes.
//!
//! Owns the only connection that may write. Work arrives over a bounded channel and runs one
//! transaction at a time, in order of arrival; the answer leaves after COMMIT has flushed. The
//! write-ahead log is folded back into the file *after* answering, on this same thread: several
//! writers, or a checkpoint inside the answer, both make the slowest push many times slower.
//!
//! Promises: work that fails or panics leaves no trace and does not end the thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::sql::failed;
use crate::store::StoreError;

/// Work that may wait for the thread; beyond it callers wait to hand theirs in.
const QUEUE: usize = 64;
/// Transactions between two folds of the write-ahead log.
const FOLD_EVERY: u32 = 8;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the writing thread. The thread ends when the last handle is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    work: mpsc::Sender<Work>,
}

impl Writer {
    /// Starts the thread on a connection that is already set up.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (work, inbox) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("cloud-writer".into())
            .spawn(move || run(connection, inbox))
            .map_err(|error| StoreError::Failed {
                doing: "starting the writing thread",
                cause: error.to_string(),
            })?;
        Ok(Self { work })
    }

    /// Runs `act` inside one `BEGIN IMMEDIATE … COMMIT`; commits when it returns `Ok`.
    pub(super) async fn transact<T, F>(&self, doing: &'static str, act: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = in_transaction(connection, doing, act);
            // The caller may have gone (its request timed out); what was committed stays true.
            let _ = answer.send(result);
        });
        let stopped = |_| StoreError::Stopped { doing };
        self.work
            .send(work)
            .await
            .map_err(|_| StoreError::Stopped { doing })?;
        answered.await.map_err(stopped)?
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    doing: &'static str,
    act: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // IMMEDIATE: take the write lock now, wait for the enrol-code process if it has it, and never
    // find out half-way that somebody else wrote.
    let mut transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed(doing))?;
    let value = act(&mut transaction)?;
    transaction.commit().map_err(failed(doing))?;
    Ok(value)
}

fn run(mut connection: Connection, mut inbox: mpsc::Receiver<Work>) {
    let mut since_fold = 0;
    while let Some(work) = inbox.blocking_recv() {
        // A panic inside drops the transaction, which rolls back, and the answer channel, which
        // tells the caller.
        if catch_unwind(AssertUnwindSafe(|| work(&mut connection))).is_err() {
            tracing::error!("a write panicked and was rolled back");
        }
        since_fold += 1;
        if since_fold >= FOLD_EVERY || inbox.is_empty() {
            fold(&connection);
            since_fold = 0;
        }
    }
    fold(&connection);
}

/// Folds what it can of the write-ahead log into the file, without making anyone wait.
fn fold(connection: &Connection) {
    let folded = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = folded {
        tracing::warn!(%error, "the write-ahead log could not be folded; it is tried again later");
    }
}
