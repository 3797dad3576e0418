//! Streams: heads, recorded positions, first records of ops, quarantine.

use std::collections::{BTreeMap, BTreeSet};

use protocol::outcome::{Outcome, OutcomeCode};
use protocol::stream::Parent;
use protocol::{ChainHash, OpHash, SegmentId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sync::ingest::{FirstRecord, Recorded, StreamHead, TillKey};
use uuid::Uuid;

use super::super::super::sql::{as_i64, counter, fixed, maybe_uuid_column, uuid_column};
use super::super::Entry;

/// Heads of the segments that are recorded.
pub(super) fn heads(
    tx: &Connection,
    key: &TillKey,
    segments: &BTreeSet<SegmentId>,
) -> rusqlite::Result<BTreeMap<SegmentId, StreamHead>> {
    let mut found = tx.prepare_cached(
        "SELECT till, first_seq, seq, chain, parent_segment, parent_seq, parent_chain
         FROM stream_head WHERE tenant = ?1 AND segment = ?2",
    )?;
    let mut heads = BTreeMap::new();
    for segment in segments {
        let of = params![key.tenant.as_bytes(), segment.as_bytes()];
        if let Some(head) = found.query_row(of, stream_head).optional()? {
            heads.insert(*segment, head);
        }
    }
    Ok(heads)
}

fn stream_head(row: &Row<'_>) -> rusqlite::Result<StreamHead> {
    let parent = match maybe_uuid_column(row, 4)? {
        None => None,
        Some(segment) => Some(Parent {
            segment: SegmentId(segment.into_bytes()),
            seq: counter(row, 5)?,
            chain: ChainHash(fixed(row, 6)?),
        }),
    };
    Ok(StreamHead {
        till: uuid_column(row, 0)?,
        first_seq: counter(row, 1)?,
        seq: counter(row, 2)?,
        chain: ChainHash(fixed(row, 3)?),
        parent,
        secured: 0,
    })
}

/// Rows at the positions that are recorded. Positions lie side by side, so they are asked for as
/// ranges: a fresh batch costs one look, not one for each op.
pub(super) fn recorded(
    tx: &Connection,
    entry: &Entry,
    positions: &BTreeSet<(SegmentId, u64)>,
) -> rusqlite::Result<BTreeMap<(SegmentId, u64), Recorded>> {
    let mut found = tx.prepare_cached(include_str!("recorded.sql"))?;
    let mut rows = BTreeMap::new();
    for (segment, first, last) in ranges(positions) {
        let of = params![
            entry.key.tenant.as_bytes(),
            segment.as_bytes(),
            as_i64(first),
            as_i64(last),
            entry.received_at_ms
        ];
        for row in found.query_map(of, |row| Ok((counter(row, 0)?, recorded_row(row)?)))? {
            let (seq, row) = row?;
            rows.insert((segment, seq), row);
        }
    }
    Ok(rows)
}

fn ranges(positions: &BTreeSet<(SegmentId, u64)>) -> Vec<(SegmentId, u64, u64)> {
    let mut ranges: Vec<(SegmentId, u64, u64)> = Vec::new();
    for (segment, seq) in positions {
        match ranges.last_mut() {
            Some((of, _, last)) if of == segment && last.checked_add(1) == Some(*seq) => {
                *last = *seq;
            }
            _ => ranges.push((*segment, *seq, *seq)),
        }
    }
    ranges
}

fn recorded_row(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        op_id: uuid_column(row, 1)?,
        chain: ChainHash(fixed(row, 2)?),
        outcome: outcome(row, 3)?,
        code: code(row, 4)?,
        conflict: maybe_uuid_column(row, 5)?,
        by_this_batch: row.get(6)?,
    })
}

/// First records of the ops that have one.
pub(super) fn first_records(
    tx: &Connection,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, FirstRecord>> {
    let mut found = tx.prepare_cached(include_str!("first_record.sql"))?;
    let mut first = BTreeMap::new();
    for op_id in op_ids {
        let of = params![key.tenant.as_bytes(), op_id.as_bytes()];
        let row = found.query_row(of, |row| {
            Ok(FirstRecord {
                op_hash: OpHash(fixed(row, 0)?),
                outcome: outcome(row, 1)?,
                code: code(row, 2)?,
                conflict: maybe_uuid_column(row, 3)?,
            })
        });
        if let Some(row) = row.optional()? {
            first.insert(*op_id, row);
        }
    }
    Ok(first)
}

/// The bytes of the first records of these ops.
pub(super) fn bytes(
    tx: &Connection,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<Uuid, Vec<u8>>> {
    let mut found =
        tx.prepare_cached("SELECT op FROM op_log WHERE tenant = ?1 AND op_id = ?2 AND dup = 0")?;
    let mut bytes = BTreeMap::new();
    for op_id in op_ids {
        let of = params![key.tenant.as_bytes(), op_id.as_bytes()];
        let op = found.query_row(of, |row| row.get(0)).optional()?;
        bytes.extend(op.map(|op| (*op_id, op)));
    }
    Ok(bytes)
}

/// Whether anything of this tenant lies or ever lay in quarantine.
pub(super) fn any_quarantine(tx: &Connection, key: &TillKey) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM op_quarantine WHERE tenant = ?1)")?
        .query_row([key.tenant.as_bytes()], |row| row.get(0))
}

/// Which of these coordinates lie or ever lay in quarantine.
pub(super) fn quarantine(
    tx: &Connection,
    key: &TillKey,
    links: &BTreeSet<(SegmentId, u64, ChainHash)>,
) -> rusqlite::Result<BTreeSet<(SegmentId, u64, ChainHash)>> {
    let mut found = tx.prepare_cached(
        "SELECT 1 FROM op_quarantine WHERE tenant = ?1 AND segment = ?2 AND seq = ?3 AND chain = ?4",
    )?;
    let mut aside = BTreeSet::new();
    for link in links {
        let (segment, seq, chain) = link;
        let of = params![
            key.tenant.as_bytes(),
            segment.as_bytes(),
            as_i64(*seq),
            chain.as_bytes()
        ];
        if found.exists(of)? {
            aside.insert(*link);
        }
    }
    Ok(aside)
}

/// Which of these ops lie in quarantine now, with the hash of their bytes and their segments.
pub(super) fn quarantined_ops(
    tx: &Connection,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> rusqlite::Result<BTreeMap<(Uuid, OpHash), BTreeSet<SegmentId>>> {
    let mut found = tx.prepare_cached(
        "SELECT op_hash, segment FROM op_quarantine
         WHERE tenant = ?1 AND op_id = ?2 AND settled_at_ms IS NULL",
    )?;
    let mut waiting: BTreeMap<_, BTreeSet<SegmentId>> = BTreeMap::new();
    for op_id in op_ids {
        let of = params![key.tenant.as_bytes(), op_id.as_bytes()];
        let rows = found.query_map(of, |row| {
            Ok((OpHash(fixed(row, 0)?), SegmentId(fixed(row, 1)?)))
        })?;
        for row in rows {
            let (hash, segment) = row?;
            waiting.entry((*op_id, hash)).or_default().insert(segment);
        }
    }
    Ok(waiting)
}

fn outcome(row: &Row<'_>, index: usize) -> rusqlite::Result<Outcome> {
    let word: String = row.get(index)?;
    Outcome::from_word(&word).ok_or_else(|| unknown_word(index, &word))
}

fn code(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<OutcomeCode>> {
    let word: Option<String> = row.get(index)?;
    word.map(|word| OutcomeCode::from_word(&word).ok_or_else(|| unknown_word(index, &word)))
        .transpose()
}

fn unknown_word(index: usize, word: &str) -> rusqlite::Error {
    let cause = format!("{word:?} is no word of this program");
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, cause.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_side_by_side_are_one_range() {
        let (a, b) = (SegmentId([1; 16]), SegmentId([2; 16]));
        let positions = [(a, 1), (a, 2), (a, 3), (a, 7), (b, 8), (b, u64::MAX)];
        assert_eq!(
            ranges(&positions.into()),
            [(a, 1, 3), (a, 7, 7), (b, 8, 8), (b, u64::MAX, u64::MAX)]
        );
    }
}
