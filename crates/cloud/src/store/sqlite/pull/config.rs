//! People and settings of a branch.

use protocol::pull::{OperatorRow, SettingRow};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::catalogue::json;
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, Layers, Place};
use crate::store::sqlite::sql::{as_i64, counter, failed, uuid_column};

const SETTING: u8 = 1;
const OPERATOR: u8 = 2;

pub(super) fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = settings(part)?;
    candidates.extend(operators(part)?);
    Ok(candidates)
}

/// A shop has a few dozen of these: all are read, and laid over each other.
fn settings(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut found = part
        .snapshot
        .prepare_cached(
            "SELECT branch = ?2, name, value, rv, deleted FROM branch_setting
             WHERE tenant = ?1 AND branch IN (?2, zeroblob(16))",
        )
        .map_err(failed(DOING))?;
    let who = params![part.reach.tenant.as_bytes(), part.reach.branch.as_bytes()];
    let mut rows = found.query(who).map_err(failed(DOING))?;
    let mut layers = Layers::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let read = || {
            let (own, name): (bool, String) = (row.get(0)?, row.get(1)?);
            let (value, gone): (String, bool) = (row.get(2)?, row.get(4)?);
            Ok((own, name, value, counter(row, 3)?, gone))
        };
        let (own, name, value, rv, gone) = read().map_err(failed(DOING))?;
        let value = (!gone).then(|| json(&value, "branch_setting", "value"));
        layers.lay(name, own, rv, value.transpose()?);
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
        let buried = value.is_none() && place.rv <= part.buried;
        if (place.rv, place.key.as_slice()) > (bound, key) && !buried {
            let id = ("setting", name.clone());
            let row = value.map(|value| SettingRow { name, value });
            candidates.push(Candidate::of(place, id, row.as_ref())?);
        }
    }
    Ok(candidates)
}

/// An operator whom another branch took over is a tombstone here.
fn operators(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.bound(OPERATOR);
    let mut found = part
        .snapshot
        .prepare_cached(include_str!("operators.sql"))
        .map_err(failed(DOING))?;
    let reach = part.reach;
    let mut rows = found
        .query(params![
            reach.tenant.as_bytes(),
            rv,
            key,
            as_i64(part.buried),
            part.limit,
            reach.branch.to_string(),
        ])
        .map_err(failed(DOING))?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        candidates.push(operator(row)?);
    }
    Ok(candidates)
}

fn operator(row: &Row<'_>) -> Result<Candidate, StoreError> {
    let read = || {
        let (rv, operator_id): (u64, Uuid) = (counter(row, 0)?, uuid_column(row, 1)?);
        let (role, here): (String, bool) = (row.get(3)?, row.get(6)?);
        Ok((rv, operator_id, role, here))
    };
    let (rv, operator_id, role, here) = read().map_err(failed(DOING))?;
    let role = serde_json::from_value(serde_json::Value::String(role)).map_err(|error| {
        StoreError::Unreadable {
            table: "operator",
            column: "role",
            cause: error.to_string(),
        }
    })?;
    let rest = || {
        Ok(OperatorRow {
            operator_id,
            name: row.get(2)?,
            role,
            active: row.get(4)?,
            pin_phc: row.get(5)?,
        })
    };
    let operator = rest().map_err(failed(DOING))?;
    let place = Place {
        rv,
        rank: OPERATOR,
        key: operator_id.as_bytes().to_vec(),
    };
    let id = ("operator", operator_id.to_string());
    Candidate::of(place, id, here.then_some(&operator))
}
