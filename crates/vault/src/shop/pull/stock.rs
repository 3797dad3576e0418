//! The cloud's stock of the branch, and how much of each till's stream is in it.
//!
//! Promises: rows and counts that are read together are of one publish. What is on the shelf is not decided here:
//! [`crate::stock`] adds this till's own movements that the cloud's figure does not hold yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::SegmentId;
use protocol::body::AsOfV1;
use protocol::pull::{PullScope, RowRead};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::super::Shop;
use super::super::doors::lock;
use super::super::error::ShopError;
use super::publish::Published;
use super::{apply, place};
use crate::reads::{int, uint};

/// The cloud's row of one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloudStock {
    /// Thousandths; may be below zero.
    pub quantity_milli: i64,
    /// Whether the shop keeps book of it.
    pub tracked: bool,
}

/// How far each segment is in the cloud's rows.
pub type Included = BTreeMap<SegmentId, u64>;

/// What the cloud said of some products' stock, of one publish.
#[derive(Debug, Clone, Default)]
pub struct StockSeen {
    /// The rows; a product without one never moved as far as the cloud knows.
    pub rows: BTreeMap<Uuid, CloudStock>,
    /// How much of each till's stream is in the rows.
    pub included: Arc<Included>,
    /// When it was published, UTC milliseconds; none: the till never pulled stock.
    pub published_at_ms: Option<i64>,
}

/// The counts of the last publish looked at, so that a page of products does not read them again.
#[derive(Debug, Default)]
pub(in super::super) struct IncludedKept {
    revision: u64,
    counts: Arc<Included>,
}

impl Shop {
    /// What the cloud said of these products' stock. Read this before the vault: then no movement can be in
    /// neither.
    pub fn stock_seen(&self, products: &[Uuid]) -> Result<StockSeen, ShopError> {
        self.with(|doors| {
            let browse = doors.browse();
            let snapshot = browse.unchecked_transaction()?;
            let at = place::load(&snapshot, PullScope::Stock)?;
            let mut seen = StockSeen {
                included: self.included(&snapshot, at.revision)?,
                published_at_ms: at.published_at_ms,
                ..StockSeen::default()
            };
            for product_id in products {
                if let Some(row) = row_of(&snapshot, *product_id)? {
                    seen.rows.insert(*product_id, row);
                }
            }
            Ok(seen)
        })
    }

    /// What this till has seen of the branch's stock: goes into a count.
    pub fn as_of(&self) -> Result<AsOfV1, ShopError> {
        self.with(|doors| {
            let at = place::load(&doors.browse(), PullScope::Stock)?;
            Ok(AsOfV1 {
                cloud_epoch: at.published_epoch,
                row_version: at.watermark,
            })
        })
    }

    fn included(&self, connection: &Connection, revision: u64) -> rusqlite::Result<Arc<Included>> {
        let mut kept = lock(&self.included);
        let another = cfg!(mutant = "included_from_another_snapshot") && kept.revision > 0;
        if kept.revision != revision && !another {
            kept.counts = Arc::new(read_included(connection)?);
            kept.revision = revision;
        }
        Ok(Arc::clone(&kept.counts))
    }
}

fn row_of(connection: &Connection, product_id: Uuid) -> rusqlite::Result<Option<CloudStock>> {
    connection
        .prepare_cached("SELECT quantity_milli, tracked FROM cloud_stock WHERE product_id = ?1")?
        .query_row([product_id.as_bytes()], |row| {
            Ok(CloudStock {
                quantity_milli: row.get(0)?,
                tracked: row.get(1)?,
            })
        })
        .optional()
}

fn read_included(connection: &Connection) -> rusqlite::Result<Included> {
    connection
        .prepare_cached("SELECT segment, seq FROM stock_included")?
        .query_map([], |row| Ok((SegmentId(row.get(0)?), uint(row.get(1)?))))?
        .collect()
}

/// Publishes the staged rows and the counts that were told with them together.
pub(super) fn publish(
    connection: &Connection,
    sweep: bool,
    done: &mut Published,
) -> Result<(), ShopError> {
    if sweep {
        done.removed += connection.execute(
            "DELETE FROM cloud_stock WHERE lower(hex(product_id)) NOT IN \
             (SELECT replace(lower(id), '-', '') FROM pull_staged WHERE scope = 'stock')",
            [],
        )? as u64;
    }
    let mut put = connection.prepare_cached(
        "INSERT INTO cloud_stock (product_id, quantity_milli, tracked, row_version) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (product_id) DO UPDATE SET quantity_milli = excluded.quantity_milli, \
         tracked = excluded.tracked, row_version = excluded.row_version",
    )?;
    let mut remove = connection.prepare_cached("DELETE FROM cloud_stock WHERE product_id = ?1")?;
    apply::each(connection, PullScope::Stock, "= 'stock'", |row| {
        apply::one(connection, row, done, |done| {
            match (row.read(), Uuid::parse_str(&row.id)) {
                (Ok(RowRead::Stock(level)), _) => {
                    put.execute((
                        level.product_id.as_bytes(),
                        level.quantity_milli,
                        level.tracked,
                        int(row.rv),
                    ))?;
                    done.rows += 1;
                }
                (Ok(RowRead::Gone), Ok(product_id)) => {
                    done.removed += remove.execute([product_id.as_bytes()])? as u64;
                }
                (Err(error), _) => apply::refused(done, row, &error),
                (Ok(_), _) => apply::refused(done, row, &"not a row of the stock"),
            }
            Ok(())
        })
    })?;
    if sweep {
        connection.execute("DELETE FROM stock_included", [])?;
    }
    // The cloud tells the heads that moved since the last whole round.
    connection.execute(
        "INSERT INTO stock_included (segment, seq) SELECT segment, seq FROM pull_staged_included WHERE true \
         ON CONFLICT (segment) DO UPDATE SET seq = max(seq, excluded.seq)",
        [],
    )?;
    Ok(())
}
