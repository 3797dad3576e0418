//! What tills fetch, out of one snapshot of the database.
//!
//! As in `store/sqlite/pull`: each kind of row has a file; [`page`] puts them together. A page is a
//! `REPEATABLE READ` transaction that cannot write: it waits for nobody, and nobody waits for it.

mod catalogue;
mod config;
pub(super) mod conflict;
mod forget;
mod page;
pub(super) mod product;
mod stock;

use std::path::PathBuf;

use deadpool_postgres::Pool;
use protocol::ports::Entropy;
use uuid::Uuid;

use self::page::Part;
use super::PgStore;
use super::sql::{failed, fixed};
use super::tx::{Mode, Tx};
use crate::store::pull::{
    CatalogueOf, CatalogueSink, CatalogueState, PullReach, PullStore, PullWanted, Pulled,
};
use crate::store::{Later, StoreError};

/// What is being done, for errors.
const DOING: &str = "reading rows for a till";

impl PullStore for PgStore {
    fn cursor_key(&self) -> [u8; 32] {
        self.cursor_key
    }

    fn cache_folder(&self) -> PathBuf {
        self.cache_folder.clone()
    }

    fn pull(&self, wanted: PullWanted) -> Later<'_, Pulled> {
        Box::pin(async move {
            let tenant = Some(wanted.reach.tenant);
            let tx = Tx::open(&self.pool, DOING, Mode::Read, tenant).await?;
            let pulled = page::page(&tx, &wanted).await?;
            tx.commit().await.map_err(failed(DOING))?;
            Ok(pulled)
        })
    }

    fn catalogue_state(&self, reach: PullReach) -> Later<'_, CatalogueState> {
        Box::pin(async move {
            let tx = Tx::open(&self.pool, DOING, Mode::Read, Some(reach.tenant)).await?;
            let state = page::catalogue_state(&tx, reach).await?;
            tx.commit().await.map_err(failed(DOING))?;
            Ok(state)
        })
    }

    fn catalogue(&self, of: CatalogueOf, mut into: Box<dyn CatalogueSink>) -> Later<'_, ()> {
        Box::pin(async move {
            let tx = Tx::open(&self.pool, DOING, Mode::Read, Some(of.tenant)).await?;
            catalogue::write(&tx, of, &mut *into).await?;
            tx.commit().await.map_err(failed(DOING))
        })
    }

    fn forget_tombstones(&self, now_ms: i64) -> Later<'_, u64> {
        Box::pin(forget::forget_tombstones(&self.pool, now_ms))
    }
}

/// A folder of this process: the database may lie on another machine.
pub(super) fn cache_folder(entropy: &dyn Entropy) -> PathBuf {
    let mut random = [0_u8; 8];
    entropy.fill(&mut random);
    std::env::temp_dir().join(format!("holdfast-cloud-{}", hex::encode(random)))
}

/// Reads the key of the cursors; makes it when the database has none.
pub(super) async fn cursor_key(pool: &Pool, entropy: &dyn Entropy) -> Result<[u8; 32], StoreError> {
    let doing = "reading the key of the cursors";
    let mut fresh = [0_u8; 32];
    entropy.fill(&mut fresh);
    let tx = Tx::open(pool, doing, Mode::Write, None).await?;
    let made = tx.execute(
        "INSERT INTO cursor_key (only_row, key) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING",
        &[&fresh.as_slice()],
    ).await;
    made.map_err(failed(doing))?;
    let kept = tx.query("SELECT key FROM cursor_key", &[]).await;
    let kept = kept.map_err(failed(doing))?;
    tx.commit().await.map_err(failed(doing))?;
    let row = kept.first().ok_or(StoreError::Stopped { doing })?;
    fixed(row, "key")
}

/// A bound on `(version, id)` for a comparison of rows: an id before all of a version is the last
/// one of the version before.
fn uuid_bound(rv: u64, key: &[u8]) -> (i64, Uuid) {
    match Uuid::from_slice(key) {
        Ok(id) => (super::sql::as_i64(rv), id),
        Err(_) => (super::sql::as_i64(rv).saturating_sub(1), Uuid::max()),
    }
}
