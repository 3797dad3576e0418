//! Why is it 7? A product's movements, newest first, with the figure after each.
//!
//! Promises: the newest line's figure is what is on the shelf, and each older one is the next one's without its
//! difference. What others did to the stock is one figure, [`Ledger::elsewhere_milli`]: the till knows its sum from
//! the cloud and not its parts.

use domain::MovementKind;
use protocol::SegmentId;
use rusqlite::{OptionalExtension, Row, named_params};
use uuid::Uuid;

use super::overlay::{self, Level};
use crate::error::VaultError;
use crate::reads::{Reads, blob, seq_of, uuid, word};
use crate::shop::StockSeen;

/// The most lines of one answer.
const MOST_LINES: u32 = 1_000;

/// A product's stock and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// What is on the shelf.
    pub level: Level,
    /// This till's own movements, newest first.
    pub lines: Vec<LedgerLine>,
    /// What other tills and head office did, as the cloud's figure tells; before the oldest line.
    pub elsewhere_milli: i64,
    /// When the cloud's figure was pulled, UTC milliseconds.
    pub cloud_told_at_ms: Option<i64>,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The op that did it.
    pub op_id: Uuid,
    /// Its segment.
    pub segment: SegmentId,
    /// Its place.
    pub seq: u64,
    /// UTC milliseconds.
    pub at_ms: i64,
    /// Why.
    pub kind: MovementKind,
    /// By how much, thousandths.
    pub delta_milli: i64,
    /// What was there after it.
    pub balance_milli: i64,
    /// In words, where a person gave them.
    pub reason: Option<String>,
    /// The receipt number, if a sale or refund did it.
    pub number: Option<String>,
    /// That sale or refund.
    pub sale_id: Option<Uuid>,
}

/// The product's newest movements, at most `limit`.
pub fn ledger(
    on: &impl Reads,
    seen: &StockSeen,
    product_id: Uuid,
    limit: u32,
) -> Result<Ledger, VaultError> {
    let level = overlay::level(on, seen, product_id)?;
    let mut lines = on
        .db()
        .prepare_cached(
            "SELECT m.op_no, m.kind, m.delta_milli, m.reason, o.op_id, o.recorded_at_ms, g.segment,
                    s.number, s.sale_id
             FROM stock_movement m
             JOIN op o ON o.op_no = m.op_no
             JOIN segment g ON g.segment_no = o.segment_no
             LEFT JOIN sale s ON s.op_no = m.op_no
             WHERE m.product_id = :product_id
             ORDER BY m.op_no DESC, m.movement_no DESC LIMIT :limit",
        )?
        .query_map(
            named_params! { ":product_id": blob(&product_id), ":limit": limit.min(MOST_LINES) },
            line,
        )?
        .collect::<Result<Vec<_>, _>>()?;
    let mut after = level.on_hand_milli;
    for line in &mut lines {
        line.balance_milli = after;
        after -= line.delta_milli;
    }
    let own = super::on_hand_milli(on, product_id)?;
    Ok(Ledger {
        elsewhere_milli: level.on_hand_milli - own,
        level,
        lines,
        cloud_told_at_ms: seen.published_at_ms,
    })
}

/// When a count at this till last found another figure than was shown, UTC milliseconds.
pub fn counted_at_ms(on: &impl Reads, product_id: Uuid) -> Result<Option<i64>, VaultError> {
    let found = on
        .db()
        .prepare_cached(
            "SELECT o.recorded_at_ms FROM stock_movement m JOIN op o ON o.op_no = m.op_no
             WHERE m.product_id = :product_id AND m.kind = 'count'
             ORDER BY m.op_no DESC LIMIT 1",
        )?
        .query_row(named_params! { ":product_id": blob(&product_id) }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found)
}

fn line(row: &Row<'_>) -> rusqlite::Result<LedgerLine> {
    Ok(LedgerLine {
        op_id: uuid(row, "op_id")?,
        segment: SegmentId(row.get("segment")?),
        seq: seq_of(row.get("op_no")?),
        at_ms: row.get("recorded_at_ms")?,
        kind: word(row, "kind")?,
        delta_milli: row.get("delta_milli")?,
        balance_milli: 0,
        reason: row.get("reason")?,
        number: row.get("number")?,
        sale_id: crate::reads::uuid_maybe(row, "sale_id")?,
    })
}
