//! The till itself: what it holds while it runs, and how it comes up and goes down.
//!
//! Owns the wiring only; what a person can ask is in the modules that add methods to [`Till`].
//! Locks are taken in one order: the counter before the config, and neither while waiting for a
//! worker thread.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use domain::{Cart, SellingRules};
use protocol::TillIdentity;
use protocol::ports::{Clock, Entropy};
use uuid::Uuid;
use vault::shop::Shop;
use vault::{StartReport, Vault};

use crate::config::TillConfig;
use crate::error::{AppError, Code};
use crate::events::{Listeners, TillEvent};
use crate::keys::{KeyPlace, TillKeys};
use crate::people::Session;
use crate::print_worker::PrintWorker;
use crate::sync_worker::SyncWorker;

/// How a till is opened.
#[derive(Debug, Clone)]
pub struct TillOptions {
    /// The data folder.
    pub dir: PathBuf,
    /// Whether printing and sending run in the background.
    pub workers: bool,
}

impl TillOptions {
    /// For the window: everything runs.
    pub fn for_window(dir: PathBuf) -> Self {
        Self { dir, workers: true }
    }

    /// For one command: nothing runs but what the command asks for.
    pub fn for_command(dir: PathBuf) -> Self {
        Self {
            dir,
            workers: false,
        }
    }
}

/// A till, open in this process alone.
pub struct Till {
    pub(crate) me: Weak<Till>,
    pub(crate) dir: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) shop: Shop,
    pub(crate) keys: TillKeys,
    pub(crate) key_place: KeyPlace,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) start: StartReport,
    pub(crate) counter: Mutex<Counter>,
    /// Held while one PIN is tried: many tries at once are still counted one by one.
    pub(crate) pin_gate: Mutex<()>,
    pub(crate) config: RwLock<Option<Arc<TillConfig>>>,
    pub(crate) listeners: Listeners,
    /// Held while the frame is made and told.
    pub(crate) telling: Mutex<()>,
    /// How many times the frame was made.
    pub(crate) revision: AtomicU64,
    /// The most ops that waited since nothing did: what progress is counted from.
    pub(crate) most_waiting: AtomicU64,
    pub(crate) workers: Mutex<Workers>,
    pub(crate) runs_workers: bool,
}

/// What lies on the counter: who is signed in and the open cart, as it is on disk.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    pub session: Option<Session>,
    pub cart: Option<Cart>,
    pub newest_line: Option<u32>,
    /// Another system's number that the next cart stands for.
    pub reference: Option<String>,
}

/// The threads that catch up behind the counter.
#[derive(Default)]
pub(crate) struct Workers {
    pub printing: Option<PrintWorker>,
    pub sync: Option<SyncWorker>,
}

impl Till {
    /// Tells every later event to `listener`.
    pub fn listen(&self, listener: impl Fn(TillEvent) + Send + 'static) {
        self.listeners.add(listener);
    }

    /// Ends the workers; what waits stays on disk and goes on at the next start.
    pub fn close(&self) {
        let workers = std::mem::take(&mut *self.workers());
        if let Some(sync) = workers.sync {
            sync.stop();
        }
        if let Some(printing) = workers.printing {
            printing.stop();
        }
    }

    pub(crate) fn counter(&self) -> MutexGuard<'_, Counter> {
        self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The till's settings; refused before the first run is done.
    pub(crate) fn config(&self) -> Result<Arc<TillConfig>, AppError> {
        self.config_if_set_up().ok_or_else(|| {
            AppError::new(
                Code::NotSetUp,
                "this till is not set up yet: set it up first",
            )
        })
    }

    pub(crate) fn config_if_set_up(&self) -> Option<Arc<TillConfig>> {
        self.config
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn remember_config(&self, config: TillConfig) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(config));
    }

    pub(crate) fn rules(&self) -> Result<SellingRules, AppError> {
        Ok(self.config()?.rules)
    }

    /// The most ops that waited since nothing did, this moment included.
    pub(crate) fn progress_total(&self, waiting: u64) -> u64 {
        let before = self.most_waiting.fetch_max(waiting, Ordering::Relaxed);
        before.max(waiting)
    }

    /// Nothing waits any more: the most that waited until then, once.
    pub(crate) fn progress_ended(&self) -> u64 {
        self.most_waiting.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn new_id(&self) -> Uuid {
        protocol::ports::new_id(self.clock.as_ref(), self.entropy.as_ref())
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.wall_ms()
    }

    pub(crate) fn identity(&self) -> Result<TillIdentity, AppError> {
        Ok(self.vault.read(vault::identity::get)?)
    }

    /// The folder that holds everything of this till.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}
