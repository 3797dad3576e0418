//! How far each scope is: one row per scope, beside the rows that it speaks of.
//!
//! Promises: the cursor and what was staged with it change in one transaction, so that a cut, a restart or a
//! copy of the file never has one without the other.

use protocol::pull::PullScope;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use uuid::Uuid;

use crate::reads::{int, uint, uuid_maybe};

/// How far a scope is pulled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullPlace {
    /// What to ask with next; none: from the beginning.
    pub cursor: Option<String>,
    /// The epoch of the cloud that gave the cursor.
    pub cloud_epoch: Option<Uuid>,
    /// Pages are staged that are no whole snapshot yet.
    pub unfinished: bool,
    /// The next publish removes the cloud's rows that it does not bring.
    pub sweep: bool,
    /// The tenant's version of the last staged page.
    pub staged_watermark: u64,
    /// The tenant's version of what is published.
    pub watermark: u64,
    /// The epoch of the cloud that `watermark` is of.
    pub published_epoch: Option<Uuid>,
    /// How often the scope was published.
    pub revision: u64,
    /// When it was published last, UTC milliseconds.
    pub published_at_ms: Option<i64>,
}

pub(super) fn load(connection: &Connection, scope: PullScope) -> rusqlite::Result<PullPlace> {
    let found = connection
        .prepare_cached("SELECT * FROM pull_place WHERE scope = ?1")?
        .query_row([scope.as_str()], read)
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn read(row: &Row<'_>) -> rusqlite::Result<PullPlace> {
    Ok(PullPlace {
        cursor: row.get("cursor")?,
        cloud_epoch: uuid_maybe(row, "cloud_epoch")?,
        unfinished: row.get("unfinished")?,
        sweep: row.get("sweep")?,
        staged_watermark: uint(row.get("staged_watermark")?),
        watermark: uint(row.get("watermark")?),
        published_epoch: uuid_maybe(row, "published_epoch")?,
        revision: uint(row.get("revision")?),
        published_at_ms: row.get("published_at_ms")?,
    })
}

pub(super) fn save(
    connection: &Connection,
    scope: PullScope,
    place: &PullPlace,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO pull_place (scope, cloud_epoch, cursor, unfinished, sweep, staged_watermark, watermark, \
             published_epoch, revision, published_at_ms) \
             VALUES (:scope, :cloud_epoch, :cursor, :unfinished, :sweep, :staged_watermark, :watermark, \
             :published_epoch, :revision, :published_at_ms) \
             ON CONFLICT (scope) DO UPDATE SET cloud_epoch = excluded.cloud_epoch, cursor = excluded.cursor, \
             unfinished = excluded.unfinished, sweep = excluded.sweep, staged_watermark = excluded.staged_watermark, \
             watermark = excluded.watermark, published_epoch = excluded.published_epoch, \
             revision = excluded.revision, published_at_ms = excluded.published_at_ms",
        )?
        .execute(named_params! {
            ":scope": scope.as_str(),
            ":cloud_epoch": place.cloud_epoch.as_ref().map(|id| id.as_bytes().as_slice()),
            ":cursor": place.cursor,
            ":unfinished": place.unfinished,
            ":sweep": place.sweep,
            ":staged_watermark": int(place.staged_watermark),
            ":watermark": int(place.watermark),
            ":published_epoch": place.published_epoch.as_ref().map(|id| id.as_bytes().as_slice()),
            ":revision": int(place.revision),
            ":published_at_ms": place.published_at_ms,
        })?;
    Ok(())
}

/// Begins a scope again: what was staged goes, what is published stays until the next publish.
pub(super) fn reset(connection: &Connection, scope: PullScope) -> rusqlite::Result<()> {
    let before = load(connection, scope)?;
    forget_staged(connection, scope)?;
    save(
        connection,
        scope,
        &PullPlace {
            cursor: None,
            cloud_epoch: None,
            unfinished: false,
            sweep: true,
            staged_watermark: 0,
            ..before
        },
    )
}

pub(super) fn forget_staged(connection: &Connection, scope: PullScope) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM pull_staged WHERE scope = ?1")?
        .execute([scope.as_str()])?;
    if scope == PullScope::Stock {
        connection
            .prepare_cached("DELETE FROM pull_staged_included")?
            .execute([])?;
    }
    Ok(())
}
