//! `sync`: sending what waits, watched by a person or a script.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use vault::outbox;

use crate::config::CloudLink;
use crate::error::{AppError, Code};
use crate::sync_worker::SyncWorker;
use crate::till::Till;

/// What sending came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Whether everything is in the cloud.
    pub drained: bool,
    /// Ops sent in this run.
    pub ops_sent: u64,
    /// Ops that still wait.
    pub ops_waiting: u64,
    /// Ops that need a person.
    pub needs_person: u64,
    /// How long it took, milliseconds.
    pub millis: u64,
    /// What the other side said last, in words.
    pub last_answer: Option<String>,
}

impl SyncReport {
    /// For people.
    pub fn words(&self) -> String {
        let state = match (self.drained, self.ops_waiting) {
            (true, _) => "Everything is in the cloud.",
            (false, 0) => "What this till holds is in the cloud, and a person is needed.",
            (false, _) => "Not everything is in the cloud yet; it is safe on this till.",
        };
        let answer = self
            .last_answer
            .as_ref()
            .map_or_else(String::new, |words| format!(" ({words})"));
        format!(
            "{state} {} sent, {} waiting, {} need a person.{answer}",
            self.ops_sent, self.ops_waiting, self.needs_person
        )
    }
}

impl Till {
    /// Sends what waits: once, or until everything is in the cloud or the time is up.
    pub fn synchronize(
        self: &Arc<Self>,
        until_drained: bool,
        timeout_s: u64,
    ) -> Result<SyncReport, AppError> {
        if self.config()?.cloud == CloudLink::None {
            return Err(AppError::new(
                Code::NotSetUp,
                "this till belongs to no cloud: join one first (holdfastctl enrol)",
            ));
        }
        let started = self.clock.mono_ms();
        let before = self.waiting()?.0;
        let worker = SyncWorker::start(Arc::downgrade(self), false)?;
        worker.sync_now();
        // A hello is always made: only the cloud's own heads say what it holds.
        let drained = worker.wait_until_drained(Duration::from_secs(timeout_s), until_drained);
        let view = worker.view();
        worker.stop();
        if drained {
            // What became of it, and what others did: a script that syncs sees what the window would. Nothing
            // waits for it, so a cloud that cannot be asked just now is no failure of the sending.
            let spent_ms = self.clock.mono_ms().saturating_sub(started);
            let left_ms = timeout_s.saturating_mul(1_000).saturating_sub(spent_ms);
            self.fetch_now(Duration::from_millis(left_ms))?;
        }
        let (waiting, needs_person) = self.waiting()?;
        Ok(SyncReport {
            drained: drained && waiting == 0,
            ops_sent: before.saturating_sub(waiting),
            ops_waiting: waiting,
            needs_person,
            millis: self.clock.mono_ms().saturating_sub(started),
            last_answer: view.last_answer,
        })
    }

    fn waiting(&self) -> Result<(u64, u64), AppError> {
        let summary = self.vault.read(outbox::summary)?;
        Ok((summary.ops_waiting, summary.needs_person()))
    }
}
