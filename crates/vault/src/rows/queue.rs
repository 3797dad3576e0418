//! The queue as a person looks at it: what waits and what needs somebody, newest first.
//!
//! Owns reading only. Which ops wait is [`super::outbox`]'s word, used here as it stands there.

use protocol::Outcome;
use protocol::ids::SegmentId;
use rusqlite::{OptionalExtension, Row, named_params};
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, op_no, seq_of, uint, unreadable, uuid, uuid_maybe};

/// The most entries of one page.
const MOST_PAGE: u32 = 500;

/// One op on its way, with what is known of its journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLine {
    /// Its place.
    pub seq: u64,
    /// Its segment.
    pub segment: SegmentId,
    /// Its identity.
    pub op_id: Uuid,
    /// Its type with version.
    pub kind: String,
    /// The receipt number, if it is a sale or refund.
    pub number: Option<String>,
    /// That sale or refund.
    pub sale_id: Option<Uuid>,
    /// UTC milliseconds.
    pub recorded_at_ms: i64,
    /// What the cloud said, if a person is needed; `None`: it only waits.
    pub outcome: Option<Outcome>,
    /// The cloud's reason as its closed word.
    pub code: Option<String>,
    /// The open conflict.
    pub conflict: Option<Uuid>,
    /// When the cloud said it.
    pub answered_at_ms: Option<i64>,
    /// Its size.
    pub bytes: u64,
    /// How often it was sent, as far as attempts are kept.
    pub attempts: u64,
    /// What the other side said last.
    pub last_answer: Option<String>,
}

/// Which entries of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueuePage<'a> {
    /// A part of a receipt number or of a type's name.
    pub text: Option<&'a str>,
    /// Only older ones.
    pub before_seq: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

/// What waits and what needs a person, newest first.
pub fn page(on: &impl Reads, query: &QueuePage<'_>) -> Result<Vec<QueueLine>, VaultError> {
    let select = include_str!("../sql/queue_page.sql");
    let waiting = waiting();
    let sql = format!(
        "WITH wanted AS ({waiting} UNION SELECT op_no FROM outcome)
         {select}"
    );
    let text = query.text.map(str::trim).filter(|text| !text.is_empty());
    let found = on
        .db()
        .prepare_cached(&sql)?
        .query_map(
            named_params! {
                ":limit": -1,
                ":before": query.before_seq.map_or(i64::MAX, op_no),
                ":text": text.map(like),
                ":most": query.limit.min(MOST_PAGE),
            },
            read,
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// One op, wherever it is on its way; `None`: not of this till.
pub fn of_op(on: &impl Reads, op_id: Uuid) -> Result<Option<QueueLine>, VaultError> {
    let select = include_str!("../sql/queue_page.sql");
    let sql = format!("WITH wanted AS (SELECT op_no FROM op WHERE op_id = :op_id) {select}");
    let found = on
        .db()
        .prepare_cached(&sql)?
        .query_row(
            named_params! {
                ":op_id": blob(&op_id), ":before": i64::MAX, ":text": None::<String>, ":most": 1,
            },
            read,
        )
        .optional()?;
    Ok(found)
}

/// One op whole; `None`: not of this till, or of a type that this program cannot read.
pub fn envelope(on: &impl Reads, op_id: Uuid) -> Result<Option<protocol::Envelope>, VaultError> {
    let bytes: Option<Vec<u8>> = on
        .db()
        .prepare_cached("SELECT bytes FROM op WHERE op_id = :op_id")?
        .query_row(named_params! { ":op_id": blob(&op_id) }, |row| row.get(0))
        .optional()?;
    Ok(bytes.and_then(|bytes| protocol::Envelope::read(&bytes).ok()))
}

/// Every segment of this till, the oldest first.
pub fn segments(on: &impl Reads) -> Result<Vec<SegmentId>, VaultError> {
    let found = on
        .db()
        .prepare_cached("SELECT segment FROM segment ORDER BY segment_no")?
        .query_map([], |row| Ok(SegmentId(row.get(0)?)))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Hands every op of some types that the cloud is not known to hold to `each`, in cashier order;
/// what cannot be read is left out.
pub fn each_unsent(
    on: &impl Reads,
    kinds: &[&str],
    each: impl FnMut(protocol::Envelope),
) -> Result<(), VaultError> {
    each_of(on, &waiting(), kinds, each)
}

/// The same of all ops, wherever they are.
pub fn each_of_kinds(
    on: &impl Reads,
    kinds: &[&str],
    each: impl FnMut(protocol::Envelope),
) -> Result<(), VaultError> {
    each_of(on, "SELECT op_no FROM op LIMIT :limit", kinds, each)
}

fn each_of(
    on: &impl Reads,
    wanted: &str,
    kinds: &[&str],
    mut each: impl FnMut(protocol::Envelope),
) -> Result<(), VaultError> {
    let list: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    let sql = format!(
        "WITH wanted AS ({wanted})
         SELECT o.bytes FROM wanted JOIN op o USING (op_no)
         WHERE o.type IN ({}) ORDER BY o.op_no",
        list.join(", ")
    );
    let mut statement = on.db().prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! { ":limit": -1 })?;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get("bytes")?;
        if let Ok(envelope) = protocol::Envelope::read(&bytes) {
            each(envelope);
        }
    }
    Ok(())
}

/// The places of the ops that the cloud is not known to hold.
fn waiting() -> String {
    let rest = include_str!("../sql/waiting_where.sql");
    format!(
        "SELECT op_no FROM (
           SELECT o.op_no FROM op o
           JOIN segment g USING (segment_no)
           LEFT JOIN sale s ON s.op_no = o.op_no
           {rest})"
    )
}

/// A pattern that finds the text anywhere, its own wild cards taken as letters.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

fn read(row: &Row<'_>) -> rusqlite::Result<QueueLine> {
    let outcome: Option<String> = row.get("outcome")?;
    let outcome = outcome
        .map(|word| Outcome::from_word(&word).ok_or_else(|| unreadable("outcome", &word)))
        .transpose()?;
    Ok(QueueLine {
        seq: seq_of(row.get("op_no")?),
        segment: SegmentId(row.get("segment")?),
        op_id: uuid(row, "op_id")?,
        kind: row.get("type")?,
        number: row.get("number")?,
        sale_id: uuid_maybe(row, "sale_id")?,
        recorded_at_ms: row.get("recorded_at_ms")?,
        outcome,
        code: row.get("code")?,
        conflict: uuid_maybe(row, "conflict")?,
        answered_at_ms: row.get("answered_at_ms")?,
        bytes: uint(row.get("bytes")?),
        attempts: uint(row.get("attempts")?),
        last_answer: row.get("last_answer")?,
    })
}
