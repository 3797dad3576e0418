//! Opening the file: connections, pragmas, migrations.

use std::path::Path;
use std::time::Duration;

use protocol::ports::{Clock, Entropy};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::sql::{failed, uuid_column};
use crate::store::StoreError;

mod embedded {
    refinery::embed_migrations!("../../migrations/cloud/sqlite");
}

/// How long one process waits for the other's transaction (the server's or `enrol-code`'s).
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection: all that there are.
const STATEMENTS: usize = 128;

/// The connection that may write, with the schema of this program.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let doing = "opening the database";
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed {
            doing,
            cause: format!("{}: {error}", folder.display()),
        })?;
    }
    let mut connection = Connection::open(path).map_err(failed(doing))?;
    // WAL: readers never wait for the writer. FULL: an answer means flushed.
    // wal_autocheckpoint=0: the writer folds the log after answering, not within an answer.
    // recursive_triggers: without it, INSERT OR REPLACE would walk round the append-only triggers.
    prepare(
        &connection,
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;",
    )?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(failed("opening the database for reading"))?;
    prepare(&connection, "PRAGMA query_only = ON;")?;
    Ok(connection)
}

fn prepare(connection: &Connection, pragmas: &str) -> Result<(), StoreError> {
    let doing = "setting the database up";
    connection.busy_timeout(PATIENCE).map_err(failed(doing))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(pragmas).map_err(failed(doing))
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    // Two processes may make the same new file at once: the second then finds the first one's
    // tables where it wanted to make its own. Once more, and there is nothing left to make.
    // Grouped: else what a migration does and the note that it was done are two commits, and a
    // process that dies in between leaves a database that no program opens again.
    let runner = embedded::migrations::runner().set_grouped(true);
    let result = runner.run(connection).or_else(|_| runner.run(connection));
    let Err(error) = result else { return Ok(()) };
    if let refinery::error::Kind::MissingVersion(migration) = error.kind() {
        return Err(StoreError::Newer {
            cause: format!("migration {migration} is not known here"),
        });
    }
    Err(StoreError::Failed {
        doing: "bringing the database up to date",
        cause: error.to_string(),
    })
}

/// Reads the database's epoch; makes it when the database is new.
pub(super) fn epoch(
    connection: &Connection,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Uuid, StoreError> {
    let doing = "reading the cloud's epoch";
    let mut random = [0; 16];
    entropy.fill(&mut random);
    let fresh = uuid::Builder::from_random_bytes(random).into_uuid();
    connection
        .execute(
            "INSERT INTO cloud (only_row, cloud_epoch, created_at_ms) VALUES (1, ?1, ?2)
             ON CONFLICT (only_row) DO NOTHING",
            params![fresh.as_bytes(), clock.wall_ms()],
        )
        .map_err(failed(doing))?;
    let kept = connection
        .query_row("SELECT cloud_epoch FROM cloud", [], |row| {
            uuid_column(row, 0)
        })
        .optional()
        .map_err(failed(doing))?;
    kept.ok_or(StoreError::Stopped { doing })
}
