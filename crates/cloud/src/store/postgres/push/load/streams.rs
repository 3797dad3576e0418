//! Streams: heads, recorded positions, first records of ops, quarantine.

use std::collections::{BTreeMap, BTreeSet};

use protocol::outcome::{Outcome, OutcomeCode};
use protocol::stream::Parent;
use protocol::{ChainHash, OpHash, SegmentId};
use sync::ingest::{FirstRecord, Recorded, StreamHead, TillKey};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{as_i64, counter, failed, fixed, get, unreadable};
use crate::store::postgres::streams::segment;
use crate::store::postgres::tx::Tx;

/// Heads of the segments that are recorded.
pub(super) async fn heads(
    tx: &Tx,
    key: &TillKey,
    segments: &BTreeSet<SegmentId>,
) -> Result<BTreeMap<SegmentId, StreamHead>, StoreError> {
    if segments.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            "SELECT segment, till, first_seq, seq, chain, parent_segment, parent_seq, parent_chain
         FROM stream_head WHERE tenant = $1 AND segment = ANY ($2)",
            &[&key.tenant, &bits(segments.iter())],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows
        .iter()
        .map(|row| Ok((segment(row, "segment")?, stream_head(row)?)));
    each.collect()
}

/// Segments as the database keeps them.
fn bits<'a>(segments: impl Iterator<Item = &'a SegmentId>) -> Vec<Uuid> {
    segments
        .map(|segment| Uuid::from_bytes(segment.0))
        .collect()
}

fn stream_head(row: &Row) -> Result<StreamHead, StoreError> {
    let parent = match get::<Option<Uuid>>(row, "parent_segment")? {
        None => None,
        Some(_) => Some(Parent {
            segment: segment(row, "parent_segment")?,
            seq: counter(row, "parent_seq")?,
            chain: ChainHash(fixed(row, "parent_chain")?),
        }),
    };
    Ok(StreamHead {
        till: get(row, "till")?,
        first_seq: counter(row, "first_seq")?,
        seq: counter(row, "seq")?,
        chain: ChainHash(fixed(row, "chain")?),
        parent,
        secured: 0,
    })
}

/// Rows at the positions that are recorded, with the moment of the batch that recorded them.
/// Positions lie side by side, so they are asked for as ranges: a fresh batch costs one look, not
/// one for each op.
pub(super) async fn recorded(
    tx: &Tx,
    key: &TillKey,
    positions: &BTreeSet<(SegmentId, u64)>,
) -> Result<BTreeMap<(SegmentId, u64), (Recorded, i64)>, StoreError> {
    if positions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ranges = Ranges::of(positions);
    let rows = tx
        .query(
            include_str!("recorded.sql"),
            &[&key.tenant, &ranges.segments, &ranges.first, &ranges.last],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows.iter().map(|row| {
        let place = (segment(row, "segment")?, counter(row, "seq")?);
        Ok((place, (recorded_row(row)?, get(row, "received_at_ms")?)))
    });
    each.collect()
}

/// Positions side by side, as three columns.
#[derive(Debug, PartialEq, Eq, Default)]
struct Ranges {
    segments: Vec<Uuid>,
    first: Vec<i64>,
    last: Vec<i64>,
}

impl Ranges {
    fn of(positions: &BTreeSet<(SegmentId, u64)>) -> Self {
        let mut ranges = Self::default();
        for (segment, seq) in positions {
            let (segment, seq) = (Uuid::from_bytes(segment.0), as_i64(*seq));
            match ranges.last.last_mut() {
                Some(last)
                    if ranges.segments.last() == Some(&segment)
                        && last.checked_add(1) == Some(seq) =>
                {
                    *last = seq;
                }
                _ => {
                    ranges.segments.push(segment);
                    ranges.first.push(seq);
                    ranges.last.push(seq);
                }
            }
        }
        ranges
    }
}

fn recorded_row(row: &Row) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        op_id: get(row, "op_id")?,
        chain: ChainHash(fixed(row, "chain")?),
        outcome: outcome(row)?,
        code: code(row)?,
        conflict: get(row, "conflict")?,
        by_this_batch: false,
    })
}

/// First records of the ops that have one.
pub(super) async fn first_records(
    tx: &Tx,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, FirstRecord>, StoreError> {
    if op_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            include_str!("first_records.sql"),
            &[&key.tenant, &Vec::from_iter(op_ids.iter().copied())],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows.iter().map(|row| {
        let first = FirstRecord {
            op_hash: OpHash(fixed(row, "op_hash")?),
            outcome: outcome(row)?,
            code: code(row)?,
            conflict: get(row, "conflict")?,
        };
        Ok((get(row, "op_id")?, first))
    });
    each.collect()
}

/// What lies or ever lay in quarantine of the segments and between the places asked for.
pub(super) async fn quarantine(
    tx: &Tx,
    key: &TillKey,
    links: &BTreeSet<(SegmentId, u64, ChainHash)>,
) -> Result<BTreeSet<(SegmentId, u64, ChainHash)>, StoreError> {
    let seqs = || links.iter().map(|(_, seq, _)| as_i64(*seq));
    let (Some(first), Some(last)) = (seqs().min(), seqs().max()) else {
        return Ok(BTreeSet::new());
    };
    let segments: BTreeSet<&SegmentId> = links.iter().map(|(segment, ..)| segment).collect();
    let rows = tx
        .query(
            "SELECT segment, seq, chain FROM op_quarantine
         WHERE tenant = $1 AND segment = ANY ($2) AND seq BETWEEN $3 AND $4",
            &[&key.tenant, &bits(segments.into_iter()), &first, &last],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows.iter().map(|row| {
        let chain = ChainHash(fixed(row, "chain")?);
        Ok((segment(row, "segment")?, counter(row, "seq")?, chain))
    });
    each.collect()
}

/// Ops that lie in quarantine now, with the hash of their bytes and the segments they came in.
type Aside = BTreeMap<(Uuid, OpHash), BTreeSet<SegmentId>>;

/// Which of these ops lie in quarantine now.
pub(super) async fn quarantined_ops(
    tx: &Tx,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> Result<Aside, StoreError> {
    let mut aside = Aside::new();
    if op_ids.is_empty() {
        return Ok(aside);
    }
    let rows = tx
        .query(
            "SELECT op_id, op_hash, segment FROM op_quarantine
         WHERE tenant = $1 AND op_id = ANY ($2) AND settled_at_ms IS NULL",
            &[&key.tenant, &Vec::from_iter(op_ids.iter().copied())],
        )
        .await
        .map_err(failed(DOING))?;
    for row in &rows {
        let op = (get(row, "op_id")?, OpHash(fixed(row, "op_hash")?));
        let segments = aside.entry(op).or_default();
        segments.insert(segment(row, "segment")?);
    }
    Ok(aside)
}

/// The bytes of the first records of these ops.
pub(super) async fn bytes(
    tx: &Tx,
    key: &TillKey,
    op_ids: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<u8>>, StoreError> {
    if op_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            "SELECT op_id, op FROM op_log WHERE tenant = $1 AND op_id = ANY ($2) AND NOT dup",
            &[&key.tenant, &Vec::from_iter(op_ids.iter().copied())],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows
        .iter()
        .map(|row| Ok((get(row, "op_id")?, get(row, "op")?)));
    each.collect()
}

fn outcome(row: &Row) -> Result<Outcome, StoreError> {
    let word: &str = get(row, "outcome")?;
    Outcome::from_word(word).ok_or_else(|| unknown_word("outcome", word))
}

fn code(row: &Row) -> Result<Option<OutcomeCode>, StoreError> {
    let word: Option<&str> = get(row, "code")?;
    word.map(|word| OutcomeCode::from_word(word).ok_or_else(|| unknown_word("code", word)))
        .transpose()
}

fn unknown_word(column: &'static str, word: &str) -> StoreError {
    unreadable(column, format!("{word:?} is no word of this program"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_side_by_side_are_one_range() {
        let (a, b) = (SegmentId([1; 16]), SegmentId([2; 16]));
        let positions = [(a, 1), (a, 2), (a, 3), (a, 7), (b, 8), (b, u64::MAX)];
        let [a, b] = [a, b].map(|segment| Uuid::from_bytes(segment.0));
        let ranges = Ranges {
            segments: vec![a, a, b, b],
            first: vec![1, 7, 8, i64::MAX],
            last: vec![3, 7, 8, i64::MAX],
        };
        assert_eq!(Ranges::of(&positions.into()), ranges);
    }
}
