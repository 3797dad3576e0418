//! A branch's stock, and how much of each of its tills' streams is in it.

use protocol::pull::{Included, StockLevelRow};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::sql::{as_i64, counter, failed, get};
use super::super::streams::segment;
use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, MAX_INCLUDED, Place};

const STOCK: u8 = 1;

pub(super) async fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, id) = part.bound(STOCK);
    let found = part
        .tx
        .query(
            "SELECT rv, product_id, quantity_milli, tracked FROM stock
         WHERE tenant = $1 AND branch = $2 AND (rv, product_id) > ($3, $4)
         ORDER BY rv, product_id LIMIT $5",
            &[
                &part.reach.tenant,
                &part.reach.branch,
                &rv,
                &id,
                &part.limit,
            ],
        )
        .await;
    let rows = found.map_err(failed(DOING))?;
    rows.iter().map(candidate).collect()
}

fn candidate(row: &Row) -> Result<Candidate, StoreError> {
    let product_id: Uuid = get(row, "product_id")?;
    let level = StockLevelRow {
        product_id,
        quantity_milli: get(row, "quantity_milli")?,
        tracked: get(row, "tracked")?,
    };
    let place = Place {
        rv: counter(row, "rv")?,
        rank: STOCK,
        key: product_id.as_bytes().to_vec(),
    };
    let id = ("stock", product_id.to_string());
    Candidate::of(place, id, Some(&level))
}

/// Heads of the branch's tills that moved after a version. The till's own come apart from the
/// others', so that a busy branch cannot crowd them out.
pub(super) async fn included(part: &Part<'_>, since: u64) -> Result<Vec<Included>, StoreError> {
    let reach = part.reach;
    let limit = i64::from(MAX_INCLUDED);
    let found = part
        .tx
        .query(
            include_str!("included.sql"),
            &[
                &reach.tenant,
                &reach.branch,
                &reach.till,
                &as_i64(since),
                &limit,
            ],
        )
        .await;
    let mut included = Vec::new();
    for row in found.map_err(failed(DOING))? {
        included.push(Included {
            segment: segment(&row, "segment")?,
            seq: counter(&row, "seq")?,
        });
    }
    Ok(included)
}
