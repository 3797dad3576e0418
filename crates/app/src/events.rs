//! What the till tells without being asked.

use std::sync::{Mutex, PoisonError};

use crate::dto::{PrintJobView, SyncProgress, TillStatus};

/// Something a window shows without having asked.
#[derive(Debug, Clone)]
pub enum TillEvent {
    /// The frame changed.
    Status(Box<TillStatus>),
    /// A receipt moved on its way to paper.
    Print(Box<PrintJobView>),
    /// Sending or fetching went on; the last one is whole.
    SyncProgress(SyncProgress),
}

type Listener = Box<dyn Fn(TillEvent) + Send>;

/// Who listens.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<Vec<Listener>>);

impl Listeners {
    /// Adds one.
    pub fn add(&self, listener: impl Fn(TillEvent) + Send + 'static) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(listener));
    }

    /// Tells all, in the order in which they came.
    pub fn tell(&self, event: &TillEvent) {
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(event.clone());
        }
    }

    /// Whether anybody listens at all.
    pub fn any(&self) -> bool {
        !self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }
}
