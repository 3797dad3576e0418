//! Writes conflicts as they are from now on, and what waits for parked ops. There are few, so each
//! conflict is a statement of its own.

use std::collections::BTreeMap;

use protocol::outcome::OutcomeCode;
use serde::Serialize;
use sync::ingest::{ConflictNow, ConflictWrite, Writes};
use uuid::Uuid;

use super::Entry;
use super::effects::json;
use crate::store::StoreError;
use crate::store::postgres::sql::text;
use crate::store::postgres::tx::Write;

/// What people call the tenant's tills.
pub(super) type TillNames = BTreeMap<Uuid, String>;

/// Conflicts that open, change and end; entities that parked ops hold up, and those set free.
pub(super) fn of<'a>(
    entry: &Entry,
    writes: &'a Writes,
    till_names: &TillNames,
) -> Result<Vec<Write<'a>>, StoreError> {
    let mut all = Vec::new();
    for conflict in writes.conflicts.values() {
        let mut now = conflict.now.clone();
        now.name_tills(entry.key.till, |till| till_names.get(&till).cloned());
        all.push(if conflict.opens {
            open(entry, conflict, &now)?
        } else {
            change(entry, conflict, &now)?
        });
    }
    if !writes.parked.is_empty() {
        let column = || writes.parked.iter();
        all.push(Write {
            sql: include_str!("park_touches.sql"),
            values: vec![
                Box::new(entry.key.tenant),
                Box::new(entry.key.till),
                Box::new(Vec::from_iter(column().map(|(entity, _)| text(entity)))),
                Box::new(Vec::from_iter(column().map(|(_, op_id)| *op_id))),
            ],
        });
    }
    if !writes.released.is_empty() {
        all.push(Write {
            sql: "DELETE FROM parked_touch WHERE tenant = $1 AND op_id = ANY ($2)",
            values: vec![
                Box::new(entry.key.tenant),
                Box::new(Vec::from_iter(writes.released.iter().copied())),
            ],
        });
    }
    Ok(all)
}

fn open<'a>(
    entry: &Entry,
    conflict: &ConflictWrite,
    now: &ConflictNow,
) -> Result<Write<'a>, StoreError> {
    Ok(Write {
        sql: include_str!("open_conflict.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(conflict.id),
            Box::new(now.kind.as_str()),
            Box::new(now.code.map(OutcomeCode::as_str)),
            Box::new(text(&now.entity).into_owned()),
            Box::new(now.title.as_deref().map(|title| text(title).into_owned())),
            Box::new(now.branch),
            Box::new(now.op_id),
            Box::new(status(now)),
            Box::new(i64::from(now.version)),
            Box::new(maybe(now.mine.as_ref())?),
            Box::new(maybe(now.theirs.as_ref())?),
            Box::new(maybe(now.base.as_ref())?),
            Box::new(maybe(now.settled.as_ref())?),
            Box::new(entry.rv_last),
            Box::new(entry.now_ms),
        ],
    })
}

fn change<'a>(
    entry: &Entry,
    conflict: &ConflictWrite,
    now: &ConflictNow,
) -> Result<Write<'a>, StoreError> {
    Ok(Write {
        sql: include_str!("change_conflict.sql"),
        values: vec![
            Box::new(entry.key.tenant),
            Box::new(conflict.id),
            Box::new(now.title.as_deref().map(|title| text(title).into_owned())),
            Box::new(now.op_id),
            Box::new(status(now)),
            Box::new(i64::from(now.version)),
            Box::new(maybe(now.mine.as_ref())?),
            Box::new(maybe(now.theirs.as_ref())?),
            Box::new(maybe(now.base.as_ref())?),
            Box::new(maybe(now.settled.as_ref())?),
            Box::new(entry.rv_last),
        ],
    })
}

const fn status(now: &ConflictNow) -> &'static str {
    if now.settled.is_some() {
        "settled"
    } else {
        "open"
    }
}

fn maybe(value: Option<&impl Serialize>) -> Result<Option<String>, StoreError> {
    value.map(json).transpose()
}
