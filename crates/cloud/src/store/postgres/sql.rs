//! Small things every question needs: errors with their context, ids and counters out of columns,
//! text that PostgreSQL takes.

use std::borrow::Cow;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::store::StoreError;

/// Turns PostgreSQL's error into the store's, saying what was being done.
pub(super) fn failed(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> StoreError + Copy {
    move |error| StoreError::Failed {
        doing,
        cause: cause(&error),
    }
}

/// The server's own words with their SQLSTATE; the driver alone would only say "db error".
pub(super) fn cause(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => std::error::Error::source(error)
            .map_or_else(|| error.to_string(), |why| format!("{error}: {why}")),
    }
}

/// Whether it was the rows that the server refused (a value out of range, a constraint, a size), and
/// not the connection, a lock or the disk: only then may an op be blamed.
pub(super) fn of_the_rows(error: &tokio_postgres::Error) -> bool {
    let class = error.code().map(|code| &code.code()[..2]);
    matches!(class, Some("22" | "23" | "54"))
}

/// A column as the type that it must have.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: &'static str) -> Result<T, StoreError> {
    row.try_get(column)
        .map_err(|error| unreadable(column, cause(&error)))
}

/// A counter that is never negative in any table.
pub(super) fn counter(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    let value: i64 = get(row, column)?;
    u64::try_from(value).map_err(|_| unreadable(column, format!("{value} is below zero")))
}

/// Bytes of exactly `N`.
pub(super) fn fixed<const N: usize>(
    row: &Row,
    column: &'static str,
) -> Result<[u8; N], StoreError> {
    let bytes: &[u8] = get(row, column)?;
    bytes
        .try_into()
        .map_err(|_| unreadable(column, format!("{} bytes where {N} belong", bytes.len())))
}

/// A column that holds what this program does not write.
pub(super) fn unreadable(column: &'static str, cause: String) -> StoreError {
    StoreError::Unreadable {
        table: "a row",
        column,
        cause,
    }
}

/// A counter as PostgreSQL keeps it. Beyond 2^63 no till has ever counted; such a value is clamped
/// and then refused by the chain or a CHECK, never wrapped round.
pub(super) fn as_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Text as PostgreSQL takes it: it knows no NUL, and a sale must not be parked for one in a name.
/// The op's bytes keep it.
pub(super) fn text(words: &str) -> Cow<'_, str> {
    if words.contains('\0') {
        Cow::Owned(words.replace('\0', "\u{FFFD}"))
    } else {
        Cow::Borrowed(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_in_a_name_is_shown_as_a_lost_letter() {
        assert_eq!(text("Tea"), "Tea");
        assert_eq!(text("T\0a"), "T\u{FFFD}a");
    }
}
