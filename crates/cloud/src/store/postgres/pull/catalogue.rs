//! The catalogue: tax classes, in-store rules, products; page by page, or the whole of it.

use protocol::pull::{InStoreRuleRow, TaxClassRow};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{as_i64, counter, failed, get, unreadable};
use super::super::tx::Tx;
use super::page::stand;
use super::{DOING, Part, product};
use crate::store::StoreError;
use crate::store::pull::{
    Candidate, CatalogueOf, CatalogueSink, CatalogueTaken, Layers, Place, PullReach,
};

const TAX_CLASS: u8 = 1;
const IN_STORE_RULE: u8 = 2;
pub(super) const PRODUCT: u8 = 3;

pub(super) async fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = few(part).await?;
    candidates.extend(product::part(part).await?);
    Ok(candidates)
}

async fn few(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let mut candidates = tax_classes(part).await?;
    candidates.extend(in_store_rules(part).await?);
    Ok(candidates)
}

async fn tax_classes(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.after.bound(TAX_CLASS);
    let key = String::from_utf8_lossy(key);
    let found = part
        .tx
        .query(
            "SELECT rv, code, name, rate_bp, deleted FROM tax_class
         WHERE tenant = $1 AND rv >= $2 AND (rv > $2 OR code COLLATE \"C\" > $3)
           AND (NOT deleted OR rv > $4)
         ORDER BY rv, code COLLATE \"C\" LIMIT $5",
            &[
                &part.reach.tenant,
                &as_i64(rv),
                &key,
                &part.buried,
                &part.limit,
            ],
        )
        .await;
    let rows = found.map_err(failed(DOING))?;
    rows.iter().map(tax_class).collect()
}

fn tax_class(row: &Row) -> Result<Candidate, StoreError> {
    let gone: bool = get(row, "deleted")?;
    let class = TaxClassRow {
        code: get(row, "code")?,
        name: get(row, "name")?,
        rate_bp: get(row, "rate_bp")?,
    };
    let place = Place {
        rv: counter(row, "rv")?,
        rank: TAX_CLASS,
        key: class.code.clone().into_bytes(),
    };
    let id = ("tax_class", class.code.clone());
    Candidate::of(place, id, (!gone).then_some(&class))
}

/// A shop has a handful of these: all are read, and laid over each other.
async fn in_store_rules(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let found = part
        .tx
        .query(
            "SELECT branch, position, rule, rv, deleted FROM in_store_rule
         WHERE tenant = $1 AND branch IN ($2, $3)",
            &[&part.reach.tenant, &part.reach.branch, &Uuid::nil()],
        )
        .await;
    let mut layers = Layers::new();
    for row in found.map_err(failed(DOING))? {
        let branch: Uuid = get(&row, "branch")?;
        let position: i64 = get(&row, "position")?;
        let position = u32::try_from(position)
            .map_err(|_| unreadable("position", format!("{position} is no position")))?;
        let value = live_json(&row, "rule")?;
        layers.lay(position, !branch.is_nil(), counter(&row, "rv")?, value);
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
        let buried = rule.is_none() && as_i64(place.rv) <= part.buried;
        if (place.rv, place.key.as_slice()) > (bound, key) && !buried {
            let row = rule.map(|rule| InStoreRuleRow { position, rule });
            let id = ("in_store_rule", position.to_string());
            candidates.push(Candidate::of(place, id, row.as_ref())?);
        }
    }
    Ok(candidates)
}

/// JSON as a column holds it, unless the row is deleted.
pub(super) fn live_json(row: &Row, column: &'static str) -> Result<Option<Value>, StoreError> {
    if get(row, "deleted")? {
        return Ok(None);
    }
    let read = serde_json::from_str(get(row, column)?);
    read.map(Some)
        .map_err(|error| unreadable(column, error.to_string()))
}

/// The whole catalogue, live rows only.
pub(super) async fn write(
    tx: &Tx,
    of: CatalogueOf,
    into: &mut dyn CatalogueSink,
) -> Result<(), StoreError> {
    let (cloud_epoch, watermark) = stand(tx, of.tenant).await?;
    let start = Place::default();
    // Everything from the beginning on, and no tombstones.
    let all = Part {
        tx,
        reach: PullReach {
            tenant: of.tenant,
            branch: of.branch.unwrap_or_default(),
            till: Uuid::nil(),
        },
        after: &start,
        buried: as_i64(watermark),
        limit: i64::MAX,
    };
    let few = few(&all).await?;
    into.begin(CatalogueTaken {
        cloud_epoch,
        watermark,
        rows: few.len() as u64 + product::count(tx, of.tenant).await?,
    })
    .map_err(unwritable)?;
    for Candidate { row, .. } in &few {
        into.row(row).map_err(unwritable)?;
    }
    product::each(tx, of.tenant, into).await?;
    into.end().map_err(unwritable)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
pub(super) fn unwritable(error: std::io::Error) -> StoreError {
    StoreError::Failed {
        doing: "writing the catalogue",
        cause: error.to_string(),
    }
}
