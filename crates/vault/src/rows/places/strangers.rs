//! Segments under this till's name that another copy of it made.

use protocol::SegmentId;
use rusqlite::{Connection, OptionalExtension, named_params};

use crate::error::VaultError;
use crate::reads::{Reads, sealed::Db};
use crate::tx::Tx;

/// How the journal's notes of strangers begin.
pub(crate) const NOTE: &str = "stranger/";

/// Keeps segments as another copy's; `true` if these are the first this vault ever met.
pub fn mark_strangers(tx: &mut Tx<'_>, segments: &[SegmentId]) -> Result<bool, VaultError> {
    let met = any_stranger(tx)?;
    let now_ms = tx.now_ms();
    for segment in segments {
        if store(tx.db(), *segment, now_ms)? {
            tx.note(&format!("{NOTE}{segment}"), "{}");
        }
    }
    Ok(!met)
}

/// Whether another copy was ever noticed.
pub fn any_stranger(on: &impl Reads) -> Result<bool, VaultError> {
    let met: Option<i64> = on
        .db()
        .prepare_cached("SELECT 1 FROM stranger LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(met.is_some())
}

/// Which of the segments another copy made, as far as was noticed.
pub fn are_strangers(
    on: &impl Reads,
    segments: &[SegmentId],
) -> Result<Vec<SegmentId>, VaultError> {
    let mut found = Vec::new();
    for segment in segments {
        let known: Option<i64> = on
            .db()
            .prepare_cached("SELECT 1 FROM stranger WHERE segment = :segment")?
            .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
                row.get(0)
            })
            .optional()?;
        found.extend(known.map(|_| *segment));
    }
    Ok(found)
}

/// Writes one; `false` if it was there.
pub(crate) fn store(db: &Connection, segment: SegmentId, now_ms: i64) -> Result<bool, VaultError> {
    let written = db
        .prepare_cached(
            "INSERT INTO stranger (segment, noticed_at_ms) VALUES (:segment, :now)
             ON CONFLICT (segment) DO NOTHING",
        )?
        .execute(named_params! { ":segment": segment.as_bytes(), ":now": now_ms })?;
    Ok(written > 0)
}

/// Every one, for a journal that is written anew.
pub(crate) fn all(db: &Connection) -> Result<Vec<SegmentId>, VaultError> {
    let found = db
        .prepare_cached("SELECT segment FROM stranger ORDER BY segment")?
        .query_map([], |row| row.get(0).map(SegmentId))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
