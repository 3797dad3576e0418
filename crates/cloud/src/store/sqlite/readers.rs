//! A few connections that only read.
//!
//! Promises that a report never waits for the writer and never makes it wait, and that nothing run
//! here can write (`query_only`).

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

use super::sql::failed;
use crate::store::StoreError;

/// Connections of the pool: reports are few, and the machine is shared with the writer.
const READERS: usize = 4;

/// A pool of reading connections; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    /// Opens the pool.
    pub(super) fn open(
        connect: impl Fn() -> Result<Connection, StoreError>,
    ) -> Result<Self, StoreError> {
        let idle: Vec<Connection> = (0..READERS).map(|_| connect()).collect::<Result<_, _>>()?;
        Ok(Self {
            free: Arc::new(Semaphore::new(idle.len())),
            idle: Arc::new(Mutex::new(idle)),
        })
    }

    /// Runs `look` on one snapshot of the database.
    pub(super) async fn read<T, F>(&self, doing: &'static str, look: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let stopped = || StoreError::Stopped { doing };
        let permit = Arc::clone(&self.free)
            .acquire_owned()
            .await
            .map_err(|_| stopped())?;
        let idle = Arc::clone(&self.idle);
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = taken.ok_or_else(stopped)?;
            let result = connection
                .transaction()
                .map_err(failed(doing))
                .and_then(|snapshot| look(&snapshot));
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            result
        });
        reading.await.map_err(|_| stopped())?
    }
}
