//! People of the tenant, and the names of its tills, as far as a push needs them.

use std::collections::{BTreeMap, BTreeSet};

use domain::Role;
use sync::ingest::{OperatorNow, TillKey};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::DOING;
use crate::store::StoreError;
use crate::store::postgres::sql::{failed, get, unreadable};
use crate::store::postgres::tx::Tx;

/// Whether head office knows anybody of the tenant.
pub(super) async fn keeps_operators(tx: &Tx, key: &TillKey) -> Result<bool, StoreError> {
    let row = tx
        .query_opt(
            "SELECT 1 FROM operator WHERE tenant = $1 LIMIT 1",
            &[&key.tenant],
        )
        .await
        .map_err(failed(DOING))?;
    Ok(row.is_some())
}

/// The operators among these that head office knows; a deleted one is not active.
pub(super) async fn operators(
    tx: &Tx,
    key: &TillKey,
    operators: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, OperatorNow>, StoreError> {
    if operators.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx
        .query(
            "SELECT operator_id, name, role, active AND NOT deleted AS active, branches FROM operator
         WHERE tenant = $1 AND operator_id = ANY ($2)",
            &[&key.tenant, &Vec::from_iter(operators.iter().copied())],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows
        .iter()
        .map(|row| Ok((get(row, "operator_id")?, operator(row)?)));
    each.collect()
}

fn operator(row: &Row) -> Result<OperatorNow, StoreError> {
    let role: &str = get(row, "role")?;
    let branches: Option<&str> = get(row, "branches")?;
    let branches = branches.map(serde_json::from_str).transpose();
    Ok(OperatorNow {
        name: get(row, "name")?,
        role: role
            .parse::<Role>()
            .map_err(|error| unreadable("role", error.to_string()))?,
        active: get(row, "active")?,
        branches: branches.map_err(|error| unreadable("branches", error.to_string()))?,
    })
}

/// What people call the tenant's tills.
pub(in crate::store::postgres::push) async fn till_names(
    tx: &Tx,
    key: &TillKey,
) -> Result<BTreeMap<Uuid, String>, StoreError> {
    let rows = tx
        .query(
            "SELECT till, name FROM till WHERE tenant = $1",
            &[&key.tenant],
        )
        .await
        .map_err(failed(DOING))?;
    let each = rows
        .iter()
        .map(|row| Ok((get(row, "till")?, get(row, "name")?)));
    each.collect()
}
