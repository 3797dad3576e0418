//! What is recorded, as far as one push needs it.

mod conflicts;
mod facts;
mod goods;
mod people;
mod streams;

use std::collections::BTreeMap;

use rusqlite::Connection;
use sync::ingest::{IngestNeeds, IngestState};
use uuid::Uuid;

use super::super::sql::{failed, rv};
use super::Entry;
use crate::store::StoreError;

/// Loads what the needs ask for, and then what they ask for because of what was found: of one
/// tenant, and stock of the till's branch.
pub(super) fn state(
    tx: &Connection,
    entry: &Entry,
    needs: &IngestNeeds,
) -> Result<IngestState, StoreError> {
    whole(tx, entry, needs).map_err(failed("loading what is recorded"))
}

fn whole(tx: &Connection, entry: &Entry, needs: &IngestNeeds) -> rusqlite::Result<IngestState> {
    let mut state = load(tx, entry, needs)?;
    let key = &entry.key;
    state.cloud_epoch = entry.cloud_epoch;
    state.rv_before = rv(entry.rv_before);
    state.keeps_operators = people::keeps_operators(tx, key)?;
    let mut asked = IngestNeeds::default();
    while let Some(more) = needs.following(&state, &mut asked) {
        state.absorb(load(tx, entry, &more)?);
    }
    Ok(state)
}

fn load(tx: &Connection, entry: &Entry, needs: &IngestNeeds) -> rusqlite::Result<IngestState> {
    let key = &entry.key;
    let mut state = IngestState {
        heads: streams::heads(tx, key, &needs.segments)?,
        recorded: streams::recorded(tx, entry, &needs.positions)?,
        ops: streams::first_records(tx, key, &needs.op_ids)?,
        op_bytes: streams::bytes(tx, key, &needs.op_bytes)?,
        stock: goods::stock(tx, key, &needs.products)?,
        products: goods::products(tx, key, &needs.products)?,
        past: goods::past(tx, key, &needs.past)?,
        ledger: goods::ledger(tx, key, entry.cloud_epoch, &needs.ledger)?,
        operators: people::operators(tx, key, &needs.operators)?,
        waiting: conflicts::waiting(tx, key, &needs.entities)?,
        conflicts: known_conflicts(tx, entry, needs)?,
        ..IngestState::default()
    };
    // Quarantine is nearly always empty: one question spares a thousand.
    if streams::any_quarantine(tx, key)? {
        state.quarantine = streams::quarantine(tx, key, &needs.links)?;
        state.quarantined_ops = streams::quarantined_ops(tx, key, &needs.op_ids)?;
        conflicts::about_segments(tx, key, &needs.forks, &mut state.conflicts)?;
    }
    (state.sales, state.sale_lines) = facts::sales(tx, key, &needs.sale_ids)?;
    Ok(state)
}

fn known_conflicts(
    tx: &Connection,
    entry: &Entry,
    needs: &IngestNeeds,
) -> rusqlite::Result<BTreeMap<Uuid, sync::ingest::ConflictNow>> {
    let mut known = BTreeMap::new();
    conflicts::by_id(tx, &entry.key, &needs.conflicts, &mut known)?;
    conflicts::about_stock(tx, &entry.key, &needs.products, &mut known)?;
    Ok(known)
}
