//! Bringing `vault.db` to this program's schema: backed up before, refused if a newer program was
//! here. Migrations only add; they are never edited once landed.

use std::path::Path;

use journal::Disk;
use rusqlite::{Connection, OptionalExtension};

use crate::error::VaultError;

mod embedded {
    refinery::embed_migrations!("../../migrations/till");
}

/// The schema version this program brings.
pub(crate) fn known() -> u32 {
    let all = embedded::migrations::runner();
    let newest = all
        .get_migrations()
        .iter()
        .map(refinery::Migration::version);
    newest.max().map_or(0, |v| u32::try_from(v).unwrap_or(0))
}

/// The schema version of an open file; 0 for an empty one.
pub(crate) fn found(db: &Connection) -> Result<u32, VaultError> {
    let table: Option<i64> = db
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    if table.is_none() {
        return Ok(0);
    }
    let newest: Option<u32> = db.query_row(
        "SELECT max(version) FROM refinery_schema_history",
        [],
        |row| row.get(0),
    )?;
    Ok(newest.unwrap_or(0))
}

/// Migrates the open file at `path`; copies it into `backup/` first if it holds anything.
pub(crate) fn migrate(
    disk: &dyn Disk,
    db: &mut Connection,
    path: &Path,
    now_ms: i64,
) -> Result<(), VaultError> {
    let (found, known) = (found(db)?, known());
    if found > known {
        return Err(VaultError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        back_up(disk, db, path, found, now_ms)?;
    }
    embedded::migrations::runner()
        .set_grouped(true)
        .run(db)
        .map_err(|error| VaultError::Unreadable {
            what: format!("schema version {found}"),
            why: error.to_string(),
        })?;
    Ok(())
}

/// A byte copy after everything was moved out of the write-ahead log; the lock is held.
fn back_up(
    disk: &dyn Disk,
    db: &Connection,
    path: &Path,
    found: u32,
    now_ms: i64,
) -> Result<(), VaultError> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let dir = path.parent().unwrap_or(Path::new(".")).join("backup");
    disk.make_folder(&dir)
        .map_err(|source| VaultError::io(&dir, source))?;
    let copy = dir.join(format!("vault-schema{found}-{now_ms}.db"));
    disk.copy(path, &copy)
        .and_then(|()| disk.flush_folder_of(&copy))
        .map_err(|source| VaultError::io(&copy, source))
}

/// A file as an earlier program left it.
#[cfg(test)]
pub(crate) fn to_version(db: &mut Connection, version: i32) {
    embedded::migrations::runner()
        .set_target(refinery::Target::Version(version))
        .run(db)
        .expect("the first migrations run");
}
