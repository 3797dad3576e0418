//! What tills fetch, out of one snapshot of the file.
//!
//! Each kind of row has a file; [`page`] puts them together.

mod catalogue;
mod config;
mod conflict;
mod forget;
mod page;
mod product;
mod stock;

use std::path::{Path, PathBuf};

use protocol::ports::Entropy;
use rusqlite::{Connection, Transaction, params};

use self::page::Part;
use super::SqliteStore;
use super::sql::{failed, fixed};
use crate::store::pull::{
    CatalogueOf, CatalogueSink, CatalogueState, PullReach, PullStore, PullWanted, Pulled,
};
use crate::store::{Later, StoreError};

/// What is being done, for errors.
const DOING: &str = "reading rows for a till";

impl PullStore for SqliteStore {
    fn cursor_key(&self) -> [u8; 32] {
        self.cursor_key
    }

    fn cache_folder(&self) -> PathBuf {
        self.cache_folder.clone()
    }

    fn pull(&self, wanted: PullWanted) -> Later<'_, Pulled> {
        let look = move |snapshot: &Transaction<'_>| page::page(snapshot, &wanted);
        Box::pin(self.readers.read(DOING, look))
    }

    fn catalogue_state(&self, reach: PullReach) -> Later<'_, CatalogueState> {
        let look = move |snapshot: &Transaction<'_>| page::catalogue_state(snapshot, reach);
        Box::pin(self.readers.read(DOING, look))
    }

    fn catalogue(&self, of: CatalogueOf, mut into: Box<dyn CatalogueSink>) -> Later<'_, ()> {
        let look = move |snapshot: &Transaction<'_>| catalogue::write(snapshot, of, &mut *into);
        Box::pin(self.readers.read("packing a catalogue", look))
    }

    fn forget_tombstones(&self, now_ms: i64) -> Later<'_, u64> {
        Box::pin(
            self.writer
                .transact("forgetting old tombstones", move |tx| {
                    forget::forget_tombstones(tx, now_ms)
                }),
        )
    }
}

/// Where catalogues lie ready: beside the database, in a folder of their own.
pub(super) fn cache_folder(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".snapshots");
    name.into()
}

/// Reads the key of the cursors; makes it when the database has none.
pub(super) fn cursor_key(
    connection: &Connection,
    entropy: &dyn Entropy,
) -> Result<[u8; 32], StoreError> {
    let doing = "reading the key of the cursors";
    let mut fresh = [0_u8; 32];
    entropy.fill(&mut fresh);
    connection
        .execute(
            "INSERT INTO cursor_key (only_row, key) VALUES (1, ?1)
             ON CONFLICT (only_row) DO NOTHING",
            params![fresh],
        )
        .map_err(failed(doing))?;
    connection
        .query_row("SELECT key FROM cursor_key", [], |row| fixed(row, 0))
        .map_err(failed(doing))
}
