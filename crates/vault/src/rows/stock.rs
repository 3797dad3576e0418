//! Stock: the sum of signed movements, kept per product in the transaction that writes them.
//!
//! What is on the shelf of the branch is [`level`]'s word; what is here alone counts this till.

mod ledger;
mod overlay;

use protocol::body::StockMovedV1;
use protocol::{OpBody, OpDraft};
use rusqlite::{OptionalExtension, named_params};
use uuid::Uuid;

use super::sales::Recording;
use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db};
use crate::tx::{RecordedOp, Tx};

pub use ledger::{Ledger, LedgerLine, counted_at_ms, ledger};
pub use overlay::{Level, level, levels};

/// What is on hand by this till's own movements, thousandths; 0 for a product that never moved.
/// May be negative: the goods were in the customer's hand.
pub fn on_hand_milli(on: &impl Reads, product_id: Uuid) -> Result<i64, VaultError> {
    Ok(known_milli(on, product_id)?.unwrap_or(0))
}

/// As [`on_hand_milli`], but `None` for a product that never moved.
pub fn known_milli(on: &impl Reads, product_id: Uuid) -> Result<Option<i64>, VaultError> {
    let found = on
        .db()
        .prepare_cached("SELECT on_hand_milli FROM stock WHERE product_id = :product_id")?
        .query_row(named_params! { ":product_id": blob(&product_id) }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found)
}

/// Records movements made by a person, once: the same `op_id` again changes nothing and answers
/// `None`.
pub fn record_movements(
    tx: &mut Tx<'_>,
    moved: StockMovedV1,
    recording: &Recording,
) -> Result<Option<RecordedOp>, VaultError> {
    let known: Option<i64> = tx
        .db()
        .prepare_cached("SELECT op_no FROM op WHERE op_id = :op_id")?
        .query_row(named_params! { ":op_id": blob(&recording.op_id) }, |row| {
            row.get(0)
        })
        .optional()?;
    if known.is_some() {
        return Ok(None);
    }
    let draft = |_: &protocol::Position| OpDraft {
        op_id: recording.op_id,
        actor: recording.actor.clone(),
        shift: recording.shift,
        business_date: recording.business_date.clone(),
        after: Vec::new(),
        base: Vec::new(),
        body: OpBody::StockMovedV1(moved),
    };
    tx.append_op(draft).map(Some)
}
