//! People and settings of a branch.

use protocol::pull::{OperatorRow, SettingRow};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{as_i64, counter, failed, get, unreadable};
use super::catalogue::live_json;
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, Layers, Place};

const SETTING: u8 = 1;
const OPERATOR: u8 = 2;

pub(super) async fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = settings(part).await?;
    candidates.extend(operators(part).await?);
    Ok(candidates)
}

/// A shop has a few dozen of these: all are read, and laid over each other.
async fn settings(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let found = part
        .tx
        .query(
            "SELECT branch, name, value, rv, deleted FROM branch_setting
         WHERE tenant = $1 AND branch IN ($2, $3)",
            &[&part.reach.tenant, &part.reach.branch, &Uuid::nil()],
        )
        .await;
    let mut layers = Layers::new();
    for row in found.map_err(failed(DOING))? {
        let branch: Uuid = get(&row, "branch")?;
        let name: String = get(&row, "name")?;
        let value = live_json(&row, "value")?;
        layers.lay(name, !branch.is_nil(), counter(&row, "rv")?, value);
    }
    let (bound, key) = part.after.bound(SETTING);
    let mut candidates = Vec::new();
    for (name, effective) in layers.into_keys() {
        let place = Place {
            rv: effective.rv,
            rank: SETTING,
            key: name.clone().into_bytes(),
        };
        let value = effective.value().cloned();
        let buried = value.is_none() && as_i64(place.rv) <= part.buried;
        if (place.rv, place.key.as_slice()) > (bound, key) && !buried {
            let id = ("setting", name.clone());
            let row = value.map(|value| SettingRow { name, value });
            candidates.push(Candidate::of(place, id, row.as_ref())?);
        }
    }
    Ok(candidates)
}

/// An operator whom another branch took over is a tombstone here.
async fn operators(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, id) = part.bound(OPERATOR);
    let branch = part.reach.branch.to_string();
    let found = part
        .tx
        .query(
            include_str!("operators.sql"),
            &[
                &part.reach.tenant,
                &rv,
                &id,
                &part.buried,
                &part.limit,
                &branch,
            ],
        )
        .await;
    let rows = found.map_err(failed(DOING))?;
    rows.iter().map(operator).collect()
}

fn operator(row: &Row) -> Result<Candidate, StoreError> {
    let operator_id: Uuid = get(row, "operator_id")?;
    let here: bool = get(row, "here")?;
    let role = serde_json::Value::String(get(row, "role")?);
    let operator = OperatorRow {
        operator_id,
        name: get(row, "name")?,
        role: serde_json::from_value(role)
            .map_err(|error| unreadable("role", error.to_string()))?,
        active: get(row, "active")?,
        pin_phc: get(row, "pin_phc")?,
    };
    let place = Place {
        rv: counter(row, "rv")?,
        rank: OPERATOR,
        key: operator_id.as_bytes().to_vec(),
    };
    let id = ("operator", operator_id.to_string());
    Candidate::of(place, id, here.then_some(&operator))
}
