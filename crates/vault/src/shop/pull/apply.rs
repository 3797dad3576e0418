//! From staged rows to published ones, inside one transaction that the caller holds.
//!
//! Promises: all rows of a scope or none; a row that cannot be read or held is counted and named in the log, and
//! stops nothing. Never opens or ends a transaction.

use protocol::pull::{PullRow, PullScope};
use rusqlite::{Connection, Row};
use serde_json::value::RawValue;

use super::super::error::ShopError;
use super::publish::Published;
use super::{catalogue, office, place, stock};
use crate::reads::uint;

/// Staged rows that are held at once.
const ROWS_AT_ONCE: u32 = 256;

/// What a publish goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// UTC milliseconds.
    pub at_ms: i64,
    /// Up to which change of this till the cloud had judged when it was asked.
    pub judged: i64,
}

/// Publishes what is staged of a scope.
pub(super) fn staged(
    connection: &Connection,
    scope: PullScope,
    how: How,
) -> Result<Published, ShopError> {
    let mut place = place::load(connection, scope)?;
    let mut done = Published::default();
    match scope {
        PullScope::Catalogue => {
            let mut work = catalogue::Work::begin(connection, place.sweep, how.judged)?;
            // Tax classes first: products stand on them.
            each(connection, scope, "= 'tax_class'", |row| work.take(row))?;
            each(connection, scope, "<> 'tax_class'", |row| work.take(row))?;
            done = work.end()?;
        }
        PullScope::Stock => stock::publish(connection, place.sweep, &mut done)?,
        PullScope::Conflicts | PullScope::Config => {
            office::publish(connection, scope, place.sweep, &mut done)?;
        }
    }
    place::forget_staged(connection, scope)?;
    place.sweep = false;
    place.watermark = place.staged_watermark;
    place.published_epoch = place.cloud_epoch;
    place.revision += 1;
    place.published_at_ms = Some(how.at_ms);
    place::save(connection, scope, &place)?;
    Ok(done)
}

/// Hands each staged row to `take`, by entity and id.
pub(super) fn each(
    connection: &Connection,
    scope: PullScope,
    entities: &str,
    mut take: impl FnMut(&PullRow) -> Result<(), ShopError>,
) -> Result<(), ShopError> {
    let mut statement = connection.prepare(&format!(
        "SELECT entity, id, row_version, row FROM pull_staged \
         WHERE scope = ?1 AND entity {entities} AND (entity, id) > (?2, ?3) \
         ORDER BY entity, id LIMIT {ROWS_AT_ONCE}"
    ))?;
    let (mut entity, mut id) = (String::new(), String::new());
    loop {
        // No statement stays open while a row is taken: going back to before a row would end it.
        let found = statement.query_map((scope.as_str(), &entity, &id), read)?;
        let rows: Vec<(PullRow, Option<String>)> = found.collect::<Result<_, _>>()?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        (entity, id) = (last.entity.clone(), last.id.clone());
        for (mut row, text) in rows {
            let data = text.map(RawValue::from_string).transpose();
            row.data = data.map_err(|error| ShopError::Damaged {
                detail: format!("a staged row: {error}"),
            })?;
            row.deleted = row.data.is_none();
            take(&row)?;
        }
    }
}

/// A staged row and its text.
fn read(row: &Row<'_>) -> rusqlite::Result<(PullRow, Option<String>)> {
    let read = PullRow {
        rv: uint(row.get(2)?),
        entity: row.get(0)?,
        id: row.get(1)?,
        deleted: false,
        data: None,
    };
    Ok((read, row.get(3)?))
}

/// Takes one row, or leaves the file as it was before it: what a table refuses (a figure beyond its bounds, a text
/// that is no JSON to SQLite) is that row's fault, and must not stop the rows behind it for ever.
pub(super) fn one(
    connection: &Connection,
    row: &PullRow,
    done: &mut Published,
    take: impl FnOnce(&mut Published) -> Result<(), ShopError>,
) -> Result<(), ShopError> {
    let say = |sql| connection.prepare_cached(sql)?.execute([]);
    let before = *done;
    say("SAVEPOINT one_row")?;
    let outcome = match take(done) {
        Err(ShopError::Sql(error)) if is_the_rows_fault(&error) => {
            say("ROLLBACK TO one_row")?;
            *done = before;
            refused(done, row, &error);
            Ok(())
        }
        outcome => outcome,
    };
    say("RELEASE one_row")?;
    outcome
}

fn is_the_rows_fault(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{ConstraintViolation, TooBig, TypeMismatch};
    matches!(
        error.sqlite_error_code(),
        Some(ConstraintViolation | TooBig | TypeMismatch)
    )
}

/// Counts a row that is not taken, and says why where people look for it.
pub(super) fn refused(done: &mut Published, row: &PullRow, why: &dyn std::fmt::Display) {
    done.refused += 1;
    tracing::warn!(entity = row.entity, id = row.id, row_version = row.rv, %why, "a row of the cloud was left out");
}
