//! From staged rows to published ones, inside one transaction that the caller holds.
//!
//! Promises: all rows of a scope or none; a row that cannot be read or held is counted and named in the log, and
//! stops nothing. Never opens or ends a transaction.

use protocol::pull::{PullRow, PullScope};
use rusqlite::Connection;
use serde_json::value::RawValue;

use super::super::error::ShopError;
use super::publish::Published;
use super::{catalogue, office, place, stock};
use crate::reads::uint;

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
         WHERE scope = ?1 AND entity {entities} ORDER BY entity, id"
    ))?;
    let mut rows = statement.query([scope.as_str()])?;
    while let Some(row) = rows.next()? {
        let text: Option<String> = row.get(3)?;
        let data = text
            .map(RawValue::from_string)
            .transpose()
            .map_err(|error| ShopError::Damaged {
                detail: format!("a staged row: {error}"),
            })?;
        take(&PullRow {
            rv: uint(row.get(2)?),
            entity: row.get(0)?,
            id: row.get(1)?,
            deleted: data.is_none(),
            data,
        })?;
    }
    Ok(())
}

/// Counts a row that is not taken, and says why where people look for it.
pub(super) fn refused(done: &mut Published, row: &PullRow, why: &dyn std::fmt::Display) {
    done.refused += 1;
    tracing::warn!(entity = row.entity, id = row.id, row_version = row.rv, %why, "a row of the cloud was left out");
}
