//! The connections to shop.db: one for scans, one for looking around, one for writing.
//!
//! Promises: a scan never waits for a search, and neither waits for a write (WAL). Every pragma is set in
//! one place, with its reason. Never decides what is written.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use super::ShopKey;
use super::error::{ShopError, sql_damage};
use super::schema;

/// The three connections; each is used by one thread at a time.
pub(super) struct Doors {
    scan: Mutex<Connection>,
    browse: Mutex<Connection>,
    write: Mutex<Connection>,
}

impl Doors {
    /// Opens (and makes, if missing) the file, brings it to this program's shape and probes it.
    pub(super) fn open(file: &Path, key: Option<&ShopKey>) -> Result<Self, ShopError> {
        let mut write = connect(file, key)?;
        // Nothing in this file is the only copy: a power cut may take the last import's row, which is then
        // read again from imports/. WAL lets scans go on while something is written.
        write
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(judged)?;
        write
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(judged)?;
        schema::raise(&mut write)?;
        probe(&write)?;
        Ok(Self {
            scan: Mutex::new(reader(file, key)?),
            browse: Mutex::new(reader(file, key)?),
            write: Mutex::new(write),
        })
    }

    pub(super) fn scan(&self) -> MutexGuard<'_, Connection> {
        lock(&self.scan)
    }

    pub(super) fn browse(&self) -> MutexGuard<'_, Connection> {
        lock(&self.browse)
    }

    pub(super) fn write(&self) -> MutexGuard<'_, Connection> {
        lock(&self.write)
    }
}

/// The one connection to the office's file: small, asked by screens, written by pulls.
pub(super) fn office(file: &Path, key: &ShopKey) -> Result<Connection, ShopError> {
    let mut connection = connect(file, Some(key))?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(judged)?;
    connection
        .pragma_update(None, "synchronous", "NORMAL")
        .map_err(judged)?;
    schema::raise(&mut connection)?;
    probe(&connection)?;
    Ok(connection)
}

/// A connection to a file that is being built and that nobody else sees: no flushes; the whole file is
/// flushed once before it is published. The roll-back journal is in memory and small, for most pages are new.
pub(super) fn building(file: &Path, key: Option<&ShopKey>) -> Result<Connection, ShopError> {
    let mut connection = connect(file, key)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // 64 MiB: the unique index of 800,000 random ids stays in memory while it is filled.
    connection.pragma_update(None, "cache_size", -65_536)?;
    schema::raise(&mut connection)?;
    Ok(connection)
}

/// Copies the catalogue as it stands now into a new, compact file; scans and writes go on.
pub(super) fn copy(file: &Path, to: &Path, key: Option<&ShopKey>) -> Result<(), ShopError> {
    // Of its own: the copy of a large catalogue takes seconds, and a quick article must not wait for it.
    let source = connect(file, key)?;
    source
        .execute("VACUUM INTO ?1", [to.to_string_lossy()])
        .map_err(judged)?;
    Ok(())
}

/// A lock that outlives a panicking holder: the connection rolls back by itself.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reader(file: &Path, key: Option<&ShopKey>) -> Result<Connection, ShopError> {
    let connection = connect(file, key)?;
    connection.pragma_update(None, "query_only", true)?;
    // 8 MiB: the upper levels of the key's b-tree of 800,000 products.
    connection.pragma_update(None, "cache_size", -8_192)?;
    if key.is_none() {
        // Pages come straight from the system's cache; an encrypted file cannot be mapped.
        connection.pragma_update(None, "mmap_size", 1_073_741_824_i64)?;
    }
    Ok(connection)
}

fn connect(file: &Path, key: Option<&ShopKey>) -> Result<Connection, ShopError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    if let Some(key) = key {
        connection.pragma_update(None, "key", format!("x'{}'", hex::encode(key)))?;
    }
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .map_err(judged)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Reads a little from every part, so that a file that is not sound is found at the door.
fn probe(connection: &Connection) -> Result<(), ShopError> {
    for table in [
        "product",
        "barcode",
        "category",
        "tax_class",
        "in_store_rule",
        "import",
        "product_words_data",
        "pull_place",
        "pull_staged",
        "cloud_stock",
        "conflict",
        "office_row",
    ] {
        connection
            .query_row(
                &format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)"),
                [],
                |_| Ok(()),
            )
            .map_err(judged)?;
    }
    Ok(())
}

/// Tells damage from a refusal.
pub(super) fn judged(error: rusqlite::Error) -> ShopError {
    if sql_damage(&error) {
        ShopError::Damaged {
            detail: error.to_string(),
        }
    } else {
        ShopError::Sql(error)
    }
}
