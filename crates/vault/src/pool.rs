//! A few reading connections, so that a report never waits for a sale nor a sale for a report.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use journal::Disk;
use zeroize::Zeroizing;

use crate::connection::{self, Access};
use crate::error::VaultError;
use crate::reads::{Reader, sealed::Db};

/// Screens, sync and a report at once; more readers than that wait for one another.
const MOST: usize = 4;

/// Reading connections, opened as they are first needed.
pub(crate) struct Pool {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    key: Option<Zeroizing<[u8; 32]>>,
    idle: Mutex<Idle>,
    freed: Condvar,
}

struct Idle {
    readers: Vec<Reader>,
    open: usize,
}

impl Pool {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        key: Option<Zeroizing<[u8; 32]>>,
    ) -> Self {
        Self {
            disk,
            path,
            key,
            idle: Mutex::new(Idle {
                readers: Vec::new(),
                open: 0,
            }),
            freed: Condvar::new(),
        }
    }

    /// Runs `f` on a connection inside one read transaction: one consistent snapshot.
    pub(crate) fn read<T>(
        &self,
        f: impl FnOnce(&Reader) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let taken = Taken {
            pool: self,
            reader: Some(self.take()?),
        };
        let Some(reader) = &taken.reader else {
            return Err(VaultError::Closed);
        };
        let snapshot = reader.db().unchecked_transaction()?;
        let answer = f(reader)?;
        snapshot.finish()?;
        Ok(answer)
    }

    fn take(&self) -> Result<Reader, VaultError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(reader) = idle.readers.pop() {
                return Ok(reader);
            }
            if idle.open < MOST {
                idle.open += 1;
                drop(idle);
                let key = self.key.as_deref();
                return connection::open(self.disk.as_ref(), &self.path, key, Access::Read)
                    .map(Reader::new)
                    .inspect_err(|_| self.give_back(None));
            }
            idle = self
                .freed
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, reader: Option<Reader>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        match reader {
            Some(reader) => idle.readers.push(reader),
            None => idle.open -= 1,
        }
        self.freed.notify_one();
    }
}

/// Goes back to the pool also when the caller's closure panics.
struct Taken<'a> {
    pool: &'a Pool,
    reader: Option<Reader>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let reader = self.reader.take();
        // A panic may have left a transaction open: such a connection is closed, not reused.
        self.pool
            .give_back(reader.filter(|reader| reader.db().is_autocommit()));
    }
}
