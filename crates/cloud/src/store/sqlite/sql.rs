//! Small things every query needs: errors with their context, ids out of BLOB columns.

use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

use crate::store::StoreError;

/// Turns SQLite's error into the store's, saying what was being done.
pub(super) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + Copy {
    move |error| StoreError::Failed {
        doing,
        cause: error.to_string(),
    }
}

/// A UUID kept as 16 bytes.
pub(super) fn uuid_column(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    fixed::<16>(row, index).map(Uuid::from_bytes)
}

/// A UUID that may be absent.
pub(super) fn maybe_uuid_column(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Uuid>> {
    match row.get_ref(index)?.as_blob_or_null()? {
        None => Ok(None),
        Some(_) => uuid_column(row, index).map(Some),
    }
}

/// A BLOB of exactly `N` bytes.
pub(super) fn fixed<const N: usize>(row: &Row<'_>, index: usize) -> rusqlite::Result<[u8; N]> {
    let bytes = row.get_ref(index)?.as_blob()?;
    bytes.try_into().map_err(|_| {
        let cause = format!("{} bytes where {N} belong", bytes.len());
        rusqlite::Error::FromSqlConversionFailure(index, Type::Blob, cause.into())
    })
}

/// A counter that is never negative in any table.
pub(super) fn counter(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// A row version read back; never negative in any table.
pub(super) fn rv(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A counter as SQLite keeps it. Beyond 2^63 no till has ever counted; such a value is clamped and
/// then refused by the chain or a CHECK, never wrapped round.
pub(super) fn as_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
