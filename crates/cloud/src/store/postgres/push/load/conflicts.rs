//! Conflicts, open and settled, and what waits for parked ops.

use std::collections::{BTreeMap, BTreeSet};

use protocol::outcome::OutcomeCode;
use serde::de::DeserializeOwned;
use sync::ingest::{ConflictKind, ConflictNow, IngestNeeds, TillKey};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{failed, get, unreadable};
use crate::store::postgres::tx::Tx;

/// Conflicts by their ids; open ones about the stock of the products in the till's branch; forks
/// and holes of the segments.
pub(super) async fn known(
    tx: &Tx,
    key: &TillKey,
    needs: &IngestNeeds,
) -> Result<BTreeMap<Uuid, ConflictNow>, StoreError> {
    let ids = Vec::from_iter(needs.conflicts.iter().copied());
    let products = needs.products.iter();
    let stock: Vec<String> = products
        .map(|product| format!("stock:{}/{product}", key.branch))
        .collect();
    let segments = needs.forks.iter();
    let segments: Vec<String> = segments
        .map(|segment| format!("segment:{segment}"))
        .collect();
    if ids.is_empty() && stock.is_empty() && segments.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            include_str!("conflicts.sql"),
            &[&key.tenant, &ids, &stock, &segments],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows.iter().map(|row| Ok((get(row, "id")?, conflict(row)?)));
    each.collect()
}

fn conflict(row: &Row) -> Result<ConflictNow, StoreError> {
    let kind: &str = get(row, "kind")?;
    let code: Option<&str> = get(row, "code")?;
    let version: i64 = get(row, "version")?;
    Ok(ConflictNow {
        kind: ConflictKind::from_word(kind)
            .ok_or_else(|| unreadable("kind", format!("{kind:?} is no word of this program")))?,
        code: code.and_then(OutcomeCode::from_word),
        entity: get(row, "entity")?,
        title: get(row, "title")?,
        branch: get(row, "branch")?,
        op_id: get(row, "op_id")?,
        version: u32::try_from(version)
            .map_err(|_| unreadable("version", format!("{version} is no version")))?,
        mine: json(row, "mine")?,
        theirs: json(row, "theirs")?,
        base: json(row, "base")?,
        settled: json(row, "settled")?,
    })
}

fn json<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = get(row, column)?;
    let value = text.map(serde_json::from_str).transpose();
    value.map_err(|error| unreadable(column, error.to_string()))
}

/// Parked ops of the till that touch these entities.
pub(super) async fn waiting(
    tx: &Tx,
    key: &TillKey,
    entities: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeSet<Uuid>>, StoreError> {
    let mut waiting: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    if entities.is_empty() {
        return Ok(waiting);
    }
    let rows = tx
        .query(
            "SELECT entity, op_id FROM parked_touch
         WHERE tenant = $1 AND till = $2 AND entity = ANY ($3)",
            &[&key.tenant, &key.till, &Vec::from_iter(entities.iter())],
        )
        .await
        .map_err(failed(DOING))?;
    for row in &rows {
        let ops = waiting.entry(get(row, "entity")?).or_default();
        ops.insert(get(row, "op_id")?);
    }
    Ok(waiting)
}
