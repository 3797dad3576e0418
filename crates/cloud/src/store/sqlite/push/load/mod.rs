//! What is recorded, as far as one push needs it.

mod facts;
mod streams;

use rusqlite::Connection;
use sync::ingest::{IngestNeeds, IngestState};

use super::super::sql::failed;
use super::Entry;
use crate::store::StoreError;

/// Loads what the needs ask for, of one tenant, and stock of the till's branch.
pub(super) fn state(
    tx: &Connection,
    entry: &Entry,
    needs: &IngestNeeds,
) -> Result<IngestState, StoreError> {
    load(tx, entry, needs).map_err(failed("loading what is recorded"))
}

fn load(tx: &Connection, entry: &Entry, needs: &IngestNeeds) -> rusqlite::Result<IngestState> {
    let key = &entry.key;
    let mut state = IngestState {
        heads: streams::heads(tx, key, &needs.segments)?,
        recorded: streams::recorded(tx, entry, &needs.positions)?,
        ops: streams::first_records(tx, key, &needs.op_ids)?,
        stock: facts::stock(tx, key, &needs.products)?,
        open_negative: facts::open_negative(tx, key, &needs.products)?,
        products: facts::products(tx, key, &needs.products)?,
        ..IngestState::default()
    };
    // Quarantine is nearly always empty: one question spares a thousand.
    if streams::any_quarantine(tx, key)? {
        state.quarantine = streams::quarantine(tx, key, &needs.links)?;
        state.quarantined_ops = streams::quarantined_ops(tx, key, &needs.op_ids)?;
    }
    (state.sales, state.sale_lines) = facts::sales(tx, key, &needs.sale_ids)?;
    Ok(state)
}
