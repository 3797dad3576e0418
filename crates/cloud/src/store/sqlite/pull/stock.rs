//! A branch's stock, and how much of each of its tills' streams is in it.

use protocol::SegmentId;
use protocol::pull::{Included, StockLevelRow};
use rusqlite::{Row, named_params, params};
use uuid::Uuid;

use super::{DOING, Part};
use crate::store::StoreError;
use crate::store::pull::{Candidate, MAX_INCLUDED, Place};
use crate::store::sqlite::sql::{as_i64, counter, failed, fixed, uuid_column};

const STOCK: u8 = 1;

pub(super) fn part(part: &Part<'_>) -> Result<Vec<Candidate>, StoreError> {
    let (rv, key) = part.bound(STOCK);
    let mut found = part
        .snapshot
        .prepare_cached(
            "SELECT rv, product_id, quantity_milli, tracked FROM stock
             WHERE tenant = ?1 AND branch = ?2 AND (rv, product_id) > (?3, ?4)
             ORDER BY rv, product_id LIMIT ?5",
        )
        .map_err(failed(DOING))?;
    let (tenant, branch) = (part.reach.tenant.as_bytes(), part.reach.branch.as_bytes());
    let mut rows = found
        .query(params![tenant, branch, rv, key, part.limit])
        .map_err(failed(DOING))?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let (rv, level) = level(row).map_err(failed(DOING))?;
        let place = Place {
            rv,
            rank: STOCK,
            key: level.product_id.as_bytes().to_vec(),
        };
        let id = ("stock", level.product_id.to_string());
        candidates.push(Candidate::of(place, id, Some(&level))?);
    }
    Ok(candidates)
}

fn level(row: &Row<'_>) -> rusqlite::Result<(u64, StockLevelRow)> {
    let product_id: Uuid = uuid_column(row, 1)?;
    let level = StockLevelRow {
        product_id,
        quantity_milli: row.get(2)?,
        tracked: row.get(3)?,
    };
    Ok((counter(row, 0)?, level))
}

/// Heads of the branch's tills that moved after a version. The till's own come apart from the
/// others', so that a busy branch cannot crowd them out.
pub(super) fn included(part: &Part<'_>, since: u64) -> Result<Vec<Included>, StoreError> {
    let mut found = part
        .snapshot
        .prepare_cached(include_str!("included.sql"))
        .map_err(failed(DOING))?;
    let rows = found.query_map(
        named_params! {
            ":tenant": part.reach.tenant.as_bytes(),
            ":branch": part.reach.branch.as_bytes(),
            ":till": part.reach.till.as_bytes(),
            ":since": as_i64(since),
            ":limit": MAX_INCLUDED,
        },
        |row| {
            Ok(Included {
                segment: SegmentId(fixed(row, 0)?),
                seq: counter(row, 1)?,
            })
        },
    );
    rows.and_then(Iterator::collect).map_err(failed(DOING))
}
