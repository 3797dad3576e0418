//! What can be read from: a reader's own snapshot, or the writer's transaction.
//!
//! The row modules take either, so that a rule can be checked inside the transaction that applies
//! it with the same code that shows it on the screen.

use rusqlite::Connection;
use rusqlite::types::FromSql;
use uuid::Uuid;

use crate::error::VaultError;

pub(crate) mod sealed {
    /// Gives the row modules their connection; nobody outside can name it.
    pub trait Db {
        #[doc(hidden)]
        fn db(&self) -> &rusqlite::Connection;
    }
}

/// Something rows can be read from; implemented by [`Reader`] and [`crate::Tx`] alone.
pub trait Reads: sealed::Db {}

/// A reading connection inside one read transaction: one consistent snapshot of the vault.
pub struct Reader {
    db: Connection,
}

impl Reader {
    pub(crate) fn new(db: Connection) -> Self {
        Self { db }
    }
}

impl sealed::Db for Reader {
    fn db(&self) -> &Connection {
        &self.db
    }
}

impl Reads for Reader {}

/// SQLite's integers are signed; every counter of ours stays far below.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Back from SQLite; a CHECK keeps the columns from being negative.
pub(crate) fn uint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The key of the op with this `seq` on the till's main line of history.
pub(crate) fn op_no(seq: u64) -> i64 {
    int(seq) << 8
}

/// The `seq` inside an op's key.
pub(crate) fn seq_of(op_no: i64) -> u64 {
    uint(op_no >> 8)
}

/// A UUID column.
pub(crate) fn uuid(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get::<_, [u8; 16]>(column)?))
}

/// A UUID column that may be NULL.
pub(crate) fn uuid_maybe(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<Uuid>> {
    Ok(row
        .get::<_, Option<[u8; 16]>>(column)?
        .map(Uuid::from_bytes))
}

/// The bytes of a UUID, as a parameter.
pub(crate) fn blob(id: &Uuid) -> &[u8] {
    id.as_bytes().as_slice()
}

/// A closed word of the domain, from a TEXT column.
pub(crate) fn word<T: std::str::FromStr>(
    row: &rusqlite::Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| unreadable(column, &text))
}

/// A stored value that is none of the values it can be.
pub(crate) fn unreadable(column: &str, value: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        0,
        rusqlite::types::Type::Text,
        format!("{column} holds {value:?}, which this program does not know").into(),
    )
}

/// The one value of a one-column statement that always gives a row.
pub(crate) fn scalar<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<T, VaultError> {
    Ok(db
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?)
}
