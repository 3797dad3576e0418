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
pub(crate) fn migrate(disk: &dyn Disk, db: &mut Connection, path: &Path) -> Result<(), VaultError> {
    let (found, known) = (found(db)?, known());
    if found > known {
        return Err(VaultError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        back_up(disk, db, path, found)?;
    }
    embedded::migrations::runner()
        .set_grouped(true)
        .run(db)
        .map(drop)
        .map_err(|error| refused(found, &error))
}

/// A disk that refuses says nothing about the file: a sound vault is never taken for a damaged one
/// because there was no room to upgrade it.
fn refused(found: u32, error: &refinery::Error) -> VaultError {
    if let refinery::error::Kind::Connection(_, cause) = error.kind()
        && let Some(rusqlite::Error::SqliteFailure(code, words)) = cause.downcast_ref()
    {
        return rusqlite::Error::SqliteFailure(*code, words.clone()).into();
    }
    VaultError::Unreadable {
        what: format!("schema version {found}"),
        why: error.to_string(),
    }
}

/// A byte copy after everything was moved out of the write-ahead log; the lock is held.
///
/// Named by the last op in it, and whole or not there: an upgrade that is tried again and again, on a
/// full disk or by a program that dies, leaves one copy and not one for each attempt.
fn back_up(disk: &dyn Disk, db: &Connection, path: &Path, found: u32) -> Result<(), VaultError> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let last: Option<String> = db
        .query_row(
            "SELECT printf('%d-%s', op_no / 256, lower(hex(substr(chain, 1, 4))))
             FROM op ORDER BY op_no DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?;
    let last = last.unwrap_or_else(|| "0".to_owned());
    let dir = path.parent().unwrap_or(Path::new(".")).join("backup");
    disk.make_folder(&dir)
        .map_err(|source| VaultError::io(&dir, source))?;
    let copy = dir.join(format!("vault-schema{found}-{last}.db"));
    let unfinished = dir.join("unfinished");
    disk.copy(path, &unfinished)
        .and_then(|()| disk.rename(&unfinished, &copy))
        .and_then(|()| disk.flush_folder_of(&copy))
        .map_err(|source| {
            // Half a copy helps nobody and takes the room that is missing.
            let _ = disk.remove(&unfinished);
            VaultError::io(&copy, source)
        })
}

/// A file as an earlier program left it.
#[cfg(test)]
pub(crate) fn to_version(db: &mut Connection, version: i32) {
    embedded::migrations::runner()
        .set_target(refinery::Target::Version(version))
        .run(db)
        .expect("the first migrations run");
}
