//! How a connection to an encrypted SQLite file is opened: the key first, then every pragma with
//! its reason. The only place where one is.

use std::path::Path;

use journal::Disk;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::VaultError;

/// The oldest SQLite without the WAL-reset corruption fault.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The one writer.
    Write,
    /// A reader: `query_only`, so that a slip cannot write around the writer.
    Read,
    /// A damaged or old file that must stay as it is: nothing is checkpointed on closing.
    Salvage,
}

/// Refuses a build whose SQLite could corrupt a vault.
pub(crate) fn assert_sqlite_version() -> Result<(), VaultError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(VaultError::SqliteTooOld {
            found: rusqlite::version().to_owned(),
        });
    }
    Ok(())
}

/// Opens `path`; `key` is `None` only for measuring what encryption costs.
pub(crate) fn open(
    disk: &dyn Disk,
    path: &Path,
    key: Option<&[u8; 32]>,
    access: Access,
) -> Result<Connection, VaultError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if access == Access::Write {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let db = match disk.sqlite_name() {
        None => Connection::open_with_flags(path, flags)?,
        Some(name) => Connection::open_with_flags_and_vfs(path, flags, name)?,
    };
    if let Some(key) = key {
        // A raw key: no passphrase hashing, so opening costs nothing.
        let pragma = zeroize::Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", hex::encode(key)));
        db.execute_batch(&pragma)?;
        // Each page carries a MAC. SHA-256 has instructions of its own on every till PC's processor;
        // the default, SHA-512, has not and costs a third of a sale's commit.
        db.execute_batch("PRAGMA cipher_hmac_algorithm = HMAC_SHA256;")?;
        // What is wrong comes back as an error; the library need not print it as well.
        db.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    }
    if access == Access::Salvage {
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        db.execute_batch("PRAGMA query_only = ON;")?;
        return Ok(db);
    }
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(128);
    // The first statement that reads the file: a wrong key or no database says so here.
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    db.execute_batch(match access {
        Access::Write => WRITER,
        Access::Read | Access::Salvage => READER,
    })?;
    Ok(db)
}

const WRITER: &str = "
-- Readers never wait for the writer, a commit is one flush of one file.
PRAGMA journal_mode = WAL;
-- A commit is on the disk when it answers. NORMAL loses sales at a power cut.
PRAGMA synchronous = FULL;
-- The writer checkpoints itself, after it has answered.
PRAGMA wal_autocheckpoint = 0;
PRAGMA foreign_keys = ON;
-- Without it INSERT OR REPLACE walks round the triggers that keep facts.
PRAGMA recursive_triggers = ON;
-- A damaged schema must not run code.
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA temp_store = MEMORY;
-- 16 MiB: the right edge of every index and the stock of 100,000 products.
PRAGMA cache_size = -16000;
";

const READER: &str = "
PRAGMA query_only = ON;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -8000;
";
