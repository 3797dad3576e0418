//! The catalogue: tax classes, in-store rules, products; page by page, or the whole of it.

use protocol::pull::{InStoreRuleRow, PullRow, TaxClassRow};
use rusqlite::{Connection, params};
use serde_json::Value;
use uuid::Uuid;

use super::page::stand;
use super::{DOING, Part, product};
use crate::store::StoreError;
use crate::store::pull::{
    Candidate, CatalogueOf, CatalogueSink, CatalogueTaken, Layers, Place, PullReach,
};
use crate::store::sqlite::sql::{as_i64, counter, failed};

const TAX_CLASS: u8 = 1;
const IN_STORE_RULE: u8 = 2;
pub(super) const PRODUCT: u8 = 3;

pub(super) fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = tax_classes(part)?;
    candidates.extend(in_store_rules(part)?);
    candidates.extend(product::part(part)?);
    Ok(candidates)
}

fn tax_classes(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.bound(TAX_CLASS);
    let key = String::from_utf8_lossy(key);
    let mut found = part
        .snapshot
        .prepare_cached(include_str!("tax_classes.sql"))
        .map_err(failed(DOING))?;
    let tenant = part.reach.tenant.as_bytes();
    let mut rows = found
        .query(params![tenant, rv, key, as_i64(part.buried), part.limit])
        .map_err(failed(DOING))?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let read = || {
            let (rv, gone): (u64, bool) = (counter(row, 0)?, row.get(4)?);
            let class = TaxClassRow {
                code: row.get(1)?,
                name: row.get(2)?,
                rate_bp: row.get(3)?,
            };
            Ok((rv, gone, class))
        };
        let (rv, gone, class) = read().map_err(failed(DOING))?;
        let place = Place {
            rv,
            rank: TAX_CLASS,
            key: class.code.clone().into_bytes(),
        };
        let id = ("tax_class", class.code.clone());
        candidates.push(Candidate::of(place, id, (!gone).then_some(&class))?);
    }
    Ok(candidates)
}

/// A shop has a handful of these: all are read, and laid over each other.
fn in_store_rules(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut found = part
        .snapshot
        .prepare_cached(
            "SELECT branch = ?2, position, rule, rv, deleted FROM in_store_rule
             WHERE tenant = ?1 AND branch IN (?2, zeroblob(16))",
        )
        .map_err(failed(DOING))?;
    let who = params![part.reach.tenant.as_bytes(), part.reach.branch.as_bytes()];
    let mut rows = found.query(who).map_err(failed(DOING))?;
    let mut layers = Layers::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let read = || {
            let rule: String = row.get(2)?;
            let (own, position): (bool, u32) = (row.get(0)?, row.get(1)?);
            Ok((own, position, rule, counter(row, 3)?, row.get(4)?))
        };
        let (own, position, rule, rv, gone): (_, _, _, _, bool) = read().map_err(failed(DOING))?;
        let rule = (!gone).then(|| json(&rule, "in_store_rule", "rule"));
        layers.lay(position, own, rv, rule.transpose()?);
    }
    let (bound, key) = part.after.bound(IN_STORE_RULE);
    let mut candidates = Vec::new();
    for (position, effective) in layers.into_keys() {
        let place = Place {
            rv: effective.rv,
            rank: IN_STORE_RULE,
            key: position.to_be_bytes().to_vec(),
        };
        let rule = effective.value().cloned();
        let buried = rule.is_none() && place.rv <= part.buried;
        if (place.rv, place.key.as_slice()) > (bound, key) && !buried {
            let row = rule.map(|rule| InStoreRuleRow { position, rule });
            let id = ("in_store_rule", position.to_string());
            candidates.push(Candidate::of(place, id, row.as_ref())?);
        }
    }
    Ok(candidates)
}

/// JSON as a column holds it.
pub(super) fn json(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        table,
        column,
        cause: error.to_string(),
    })
}

/// The whole catalogue, live rows only.
pub(super) fn write(
    snapshot: &Connection,
    of: CatalogueOf,
    into: &mut dyn CatalogueSink,
) -> Result<(), StoreError> {
    let (cloud_epoch, watermark) = stand(snapshot, of.tenant)?;
    // Everything from the beginning on, and no tombstones.
    let all = Part {
        snapshot,
        reach: PullReach {
            tenant: of.tenant,
            branch: of.branch.unwrap_or_default(),
            till: Uuid::nil(),
        },
        after: &Place::default(),
        buried: watermark,
        limit: u32::MAX,
    };
    let mut few = tax_classes(&all)?;
    few.extend(in_store_rules(&all)?);
    into.begin(CatalogueTaken {
        cloud_epoch,
        watermark,
        rows: few.len() as u64 + product::count(snapshot, of.tenant)?,
    })
    .map_err(unwritable)?;
    for Candidate { row, .. } in &few {
        into.row(row).map_err(unwritable)?;
    }
    product::each(snapshot, of.tenant, &mut |row: &PullRow| {
        into.row(row).map_err(unwritable)
    })?;
    into.end().map_err(unwritable)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
fn unwritable(error: std::io::Error) -> StoreError {
    StoreError::Failed {
        doing: "writing the catalogue",
        cause: error.to_string(),
    }
}
