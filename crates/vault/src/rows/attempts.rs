//! The last attempts to reach the cloud, for a sale's time line and for "last answer" on the
//! screen. Bounded: the oldest go.

use protocol::SegmentId;
use rusqlite::{OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::error::VaultError;
use crate::reads::{Reads, int, sealed::Db, uint, unreadable};
use crate::tx::Tx;

/// Attempts kept: some weeks of a busy till, a few megabytes.
pub const MOST_KEPT: u64 = 10_000;
/// Longest answer kept, in characters.
const MOST_WORDS: usize = 500;

/// What was asked of the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// A session's beginning.
    Hello,
    /// A batch of ops.
    Push,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was asked.
    pub what: AttemptKind,
    /// Which ops were sent: segment, first and last `seq`; `None` for a hello.
    pub range: Option<(SegmentId, u64, u64)>,
    /// UTC milliseconds.
    pub started_at_ms: i64,
    /// UTC milliseconds.
    pub ended_at_ms: i64,
    /// Whether our cloud itself answered (whatever it said).
    pub answered: bool,
    /// The answer in words.
    pub words: String,
}

/// Keeps an attempt and lets the oldest go.
pub fn add(tx: &Tx<'_>, attempt: &Attempt) -> Result<(), VaultError> {
    let words: String = attempt.words.chars().take(MOST_WORDS).collect();
    tx.db()
        .prepare_cached(include_str!("../sql/attempt_add.sql"))?
        .execute(named_params! {
            ":what": match attempt.what {
                AttemptKind::Hello => "hello",
                AttemptKind::Push => "push",
            },
            ":segment": attempt.range.as_ref().map(|(segment, _, _)| segment.as_bytes()),
            ":from_seq": attempt.range.map(|(_, from, _)| int(from)),
            ":to_seq": attempt.range.map(|(_, _, to)| int(to)),
            ":started_at_ms": attempt.started_at_ms,
            ":ended_at_ms": attempt.ended_at_ms,
            ":answered": attempt.answered,
            ":words": words,
        })?;
    let newest = tx.db().last_insert_rowid();
    tx.db()
        .prepare_cached("DELETE FROM sync_attempt WHERE attempt_no <= :oldest")?
        .execute(named_params! { ":oldest": newest - int(MOST_KEPT) })?;
    Ok(())
}

/// The newest attempts, newest first.
pub fn latest(on: &impl Reads, limit: u32) -> Result<Vec<Attempt>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT a.*, s.segment FROM sync_attempt a LEFT JOIN segment s USING (segment_no)
             ORDER BY attempt_no DESC LIMIT :limit",
        )?
        .query_map(named_params! { ":limit": limit }, read)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The kept attempts that carried one op, oldest first, at most 100.
pub fn of_op(on: &impl Reads, segment: SegmentId, seq: u64) -> Result<Vec<Attempt>, VaultError> {
    let segment_no: Option<i64> = on
        .db()
        .prepare_cached("SELECT segment_no FROM segment WHERE segment = :segment")?
        .query_row(named_params! { ":segment": segment.as_bytes() }, |row| {
            row.get(0)
        })
        .optional()?;
    let found = on
        .db()
        .prepare_cached(
            "SELECT a.*, s.segment FROM sync_attempt a JOIN segment s USING (segment_no)
             WHERE a.segment_no = :segment_no AND :seq BETWEEN from_seq AND to_seq
             ORDER BY attempt_no LIMIT 100",
        )?
        .query_map(
            named_params! { ":segment_no": segment_no, ":seq": int(seq) },
            read,
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let what: String = row.get("what")?;
    let segment: Option<[u8; 16]> = row.get("segment")?;
    let from: Option<i64> = row.get("from_seq")?;
    let to: Option<i64> = row.get("to_seq")?;
    Ok(Attempt {
        what: match what.as_str() {
            "hello" => AttemptKind::Hello,
            "push" => AttemptKind::Push,
            other => return Err(unreadable("what", other)),
        },
        range: segment
            .zip(from)
            .zip(to)
            .map(|((segment, from), to)| (SegmentId(segment), uint(from), uint(to))),
        started_at_ms: row.get("started_at_ms")?,
        ended_at_ms: row.get("ended_at_ms")?,
        answered: row.get("answered")?,
        words: row.get("words")?,
    })
}
