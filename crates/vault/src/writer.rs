//! The one writer: a thread that owns the only connection that writes.
//!
//! Each job is one transaction. Ops go to the journal's thread just before COMMIT, when every row is
//! already in; both flushes are awaited, then the answer is given, then (and only then) the
//! write-ahead log is checkpointed, so that nobody waits for it. After a failed commit or append
//! nothing more is written: what is on the disk is unknown until it was read again.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use journal::Entry;
use rusqlite::Connection;

use crate::error::VaultError;
use crate::head;
use crate::journaling::JournalThread;
use crate::tx::{Ports, State, Tx};

/// One transaction and the sending of its answer.
pub(crate) type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// Transactions between checkpoints when no pause comes first: some 4,000 pages, 16 MiB of log.
/// Rare enough that fewer than one commit in a hundred ever waits for one; a till that is not
/// driven by a machine checkpoints in its pauses.
const CHECKPOINT_EVERY: u32 = 250;
/// The writer's own state; lives on its thread.
pub(crate) struct Writer {
    db: Connection,
    state: State,
    ports: Ports,
    journal: JournalThread,
    pause: Duration,
    since_checkpoint: u32,
}

impl Writer {
    pub(crate) fn new(
        db: Connection,
        state: State,
        ports: Ports,
        journal: JournalThread,
        pause: Duration,
    ) -> Self {
        Self {
            db,
            state,
            ports,
            journal,
            pause,
            since_checkpoint: 0,
        }
    }

    /// Takes jobs until the vault is closed.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let job = if self.since_checkpoint > 0 {
                jobs.recv_timeout(self.pause)
            } else {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match job {
                Ok(job) => {
                    job(&mut self);
                    if self.since_checkpoint >= CHECKPOINT_EVERY {
                        self.checkpoint();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.checkpoint();
                    self.ports.room.keep_reserve();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if self.ports.room.poisoned().is_none() {
            self.checkpoint();
        }
    }

    /// The chores of a pause, to their end.
    pub(crate) fn chores(&mut self) -> Result<(), VaultError> {
        self.checkpoint();
        self.journal.settle()
    }

    fn checkpoint(&mut self) {
        self.since_checkpoint = 0;
        self.journal.make_room();
        if self.ports.room.poisoned().is_some() {
            return;
        }
        let moved = self
            .db
            .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
            .and_then(|mut pragma| pragma.query_row([], |_| Ok(())));
        if let Err(error) = moved {
            // The log still holds everything; the next commit will say if the disk is gone.
            tracing::warn!(%error, "the write-ahead log could not be checkpointed");
        }
    }

    /// Runs one transaction to its end: committed and journaled, or nothing.
    pub(crate) fn transact<T>(
        &mut self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if let Some(first) = self.ports.room.poisoned() {
            return Err(VaultError::DiskFailed { first });
        }
        self.ports.room.give_up_reserve_if_short();
        let before = self.state.clone();
        let done = self.attempt(f);
        if let Err(error) = &done {
            self.state = before;
            self.roll_back();
            if error.poisons() {
                self.ports.room.poison(&error.to_string());
            }
        }
        self.since_checkpoint += 1;
        done
    }

    fn attempt<T>(
        &mut self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut tx = Tx::new(&self.db, &mut self.state, &self.ports);
        let value = catch_unwind(AssertUnwindSafe(|| f(&mut tx))).map_err(panicked)??;
        let entries = std::mem::take(&mut tx.entries);
        if tx.head_changed {
            head::store(&self.db, &self.state.head)?;
        }
        self.make_durable(entries)?;
        Ok(value)
    }

    /// Both media at the same time; both awaited.
    fn make_durable(&mut self, entries: Vec<Entry>) -> Result<(), VaultError> {
        let journaled = self.ports.journal && !entries.is_empty();
        if journaled {
            self.journal.start_append(entries)?;
        }
        let committed = self
            .db
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]));
        let appended = journaled.then(|| self.journal.await_append()).transpose();
        if let Err(error) = committed
            && !cfg!(mutant = "ack_before_commit")
        {
            return Err(VaultError::DiskFailed {
                first: format!("commit: {error}"),
            });
        }
        match appended {
            Ok(mark) => {
                self.state.head.journal_mark = mark.unwrap_or(self.state.head.journal_mark);
                Ok(())
            }
            Err(error) => Err(VaultError::DiskFailed {
                first: error.to_string(),
            }),
        }
    }

    fn roll_back(&self) {
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            self.ports.room.poison(&format!("rollback: {error}"));
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn panicked(payload: Box<dyn Any + Send>) -> VaultError {
    let what = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    VaultError::Panicked { what }
}
