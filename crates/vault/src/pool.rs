//! A few reading connections, so that a report never waits for a sale nor a sale for a report.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::connection::{self, Access};
use crate::error::VaultError;

/// Screens, sync and a report at once; more readers than that wait for one another.
const MOST: usize = 4;

/// Reading connections, opened as they are first needed.
pub(crate) struct Pool {
    path: PathBuf,
    key: Option<Zeroizing<[u8; 32]>>,
    idle: Mutex<Idle>,
    freed: Condvar,
}

struct Idle {
    connections: Vec<Connection>,
    open: usize,
}

impl Pool {
    pub(crate) fn new(path: PathBuf, key: Option<Zeroizing<[u8; 32]>>) -> Self {
        Self {
            path,
            key,
            idle: Mutex::new(Idle {
                connections: Vec::new(),
                open: 0,
            }),
            freed: Condvar::new(),
        }
    }

    /// Runs `f` on a connection inside one read transaction: one consistent snapshot.
    pub(crate) fn read<T>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let taken = Taken {
            pool: self,
            connection: Some(self.take()?),
        };
        let Some(db) = &taken.connection else {
            return Err(VaultError::Closed);
        };
        let snapshot = db.unchecked_transaction()?;
        let answer = f(&snapshot)?;
        snapshot.finish()?;
        Ok(answer)
    }

    fn take(&self) -> Result<Connection, VaultError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.connections.pop() {
                return Ok(connection);
            }
            if idle.open < MOST {
                idle.open += 1;
                drop(idle);
                let key = self.key.as_deref();
                return connection::open(&self.path, key, Access::Read)
                    .inspect_err(|_| self.give_back(None));
            }
            idle = self
                .freed
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: Option<Connection>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        match connection {
            Some(connection) => idle.connections.push(connection),
            None => idle.open -= 1,
        }
        self.freed.notify_one();
    }
}

/// Goes back to the pool also when the caller's closure panics.
struct Taken<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        // A panic may have left a transaction open: such a connection is closed, not reused.
        self.pool
            .give_back(connection.filter(Connection::is_autocommit));
    }
}
