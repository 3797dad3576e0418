//! Where finished catalogues lie ready.
//!
//! Promises: two tills that ask at once wait for one build; at most one build runs in a process; a
//! till in the middle of the catalogue before this one can finish it; a build that takes longer
//! than a till waits goes on, and the till is asked to come back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use protocol::error::ApiCode;
use protocol::ports::new_id;
use transport::server::Refusal;

use super::bottle::{self, Bottle, Recipe};
use crate::routes::state::{Api, refused_by_store};
use crate::store::StoreError;
use crate::store::pull::{CatalogueOf, CatalogueState, PullReach};

/// How long one is given out.
const LIFE_MS: i64 = 60 * 60 * 1_000;
/// How long one lies here that nobody asks for: a tenant that has gone quiet needs no room on the disk.
const QUIET_MS: i64 = 24 * LIFE_MS;
/// Catalogues smaller than this are made again after so many versions and not sooner.
const FEW_ROWS: u64 = 10_000;
/// How long a till waits for a build before it is asked to come back; it hangs up after 15 seconds
/// of silence.
const PATIENCE: Duration = Duration::from_secs(8);
/// When it is asked to come back, milliseconds.
const COME_BACK_MS: u64 = 3_000;

/// The catalogues of this process.
#[derive(Debug)]
pub(in crate::routes) struct Shelf {
    folder: PathBuf,
    kept: Mutex<BTreeMap<CatalogueOf, Kept>>,
    /// Held by the one build that runs.
    building: tokio::sync::Mutex<()>,
}

/// The newest one of a tenant or branch and the one before, which somebody may be in the middle of.
#[derive(Debug)]
struct Kept {
    newest: Arc<Bottle>,
    before: Option<Arc<Bottle>>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let kept = self.kept.get_mut();
        kept.unwrap_or_else(PoisonError::into_inner).clear();
        // It stays while somebody reads a file in it, and the next start sweeps it.
        let _ = std::fs::remove_dir(&self.folder);
    }
}

impl Shelf {
    /// An empty shelf; what an earlier process left in the folder is removed.
    pub(in crate::routes) fn new(folder: PathBuf) -> Self {
        if let Err(error) = bottle::sweep(&folder) {
            tracing::warn!(%error, folder = %folder.display(), "old snapshots could not be removed");
        }
        Self {
            folder,
            kept: Mutex::default(),
            building: tokio::sync::Mutex::default(),
        }
    }

    /// The catalogue that this `If-Match` names, if it still lies here and is the till's to read.
    pub(super) fn find(&self, reach: PullReach, wanted: &str) -> Option<Arc<Bottle>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |bottle: &&Arc<Bottle>| {
            let mut names = wanted.split(',').map(str::trim);
            names.any(|name| name == bottle.etag)
        };
        let within = kept.iter().filter(|(of, _)| {
            of.tenant == reach.tenant && of.branch.is_none_or(|branch| branch == reach.branch)
        });
        let mut bottles = within.flat_map(|(_, kept)| {
            let before = kept.before.as_ref();
            std::iter::once(&kept.newest).chain(before)
        });
        bottles.find(named).cloned()
    }

    fn newest(&self, of: CatalogueOf) -> Option<Arc<Bottle>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&of).map(|kept| Arc::clone(&kept.newest))
    }

    fn put(&self, of: CatalogueOf, newest: Arc<Bottle>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| newest.made_ms.saturating_sub(kept.newest.made_ms) < QUIET_MS);
        let before = kept.remove(&of).map(|kept| kept.newest);
        kept.insert(of, Kept { newest, before });
    }
}

impl Bottle {
    /// Whether it may still be given out: young, of this epoch, and not too far behind.
    fn is_good(&self, state: &CatalogueState, now_ms: i64) -> bool {
        let age_ms = now_ms.saturating_sub(self.made_ms);
        let behind = state.watermark.checked_sub(self.taken.watermark);
        let bearable = self.taken.rows.max(FEW_ROWS) / 10;
        self.taken.cloud_epoch == state.cloud_epoch
            && (0..LIFE_MS).contains(&age_ms)
            && behind.is_some_and(|behind| behind <= bearable)
    }
}

/// The catalogue with which a till begins.
pub(super) async fn fresh(api: &Arc<Api>, reach: PullReach) -> Result<Arc<Bottle>, Refusal> {
    let state = api.store.catalogue_state(reach).await;
    let state = state.map_err(refused_by_store)?;
    let lying = api.shelf.newest(state.of);
    if let Some(good) = lying
        .clone()
        .filter(|bottle| bottle.is_good(&state, api.ports.clock.wall_ms()))
    {
        return Ok(good);
    }
    // A task of its own: a till that hangs up must not end what others wait for.
    let making = tokio::spawn(make(Arc::clone(api), state));
    match tokio::time::timeout(PATIENCE, making).await {
        Ok(Ok(made)) => made.map_err(refused_by_store),
        Ok(Err(_)) => Err(Refusal::internal()),
        // An old one is as true as a new one, the till only has more to catch up with.
        Err(_) => match lying.filter(|old| old.taken.cloud_epoch == state.cloud_epoch) {
            Some(old) => Ok(old),
            None => Err(Refusal::new(
                ApiCode::Busy,
                "the catalogue is being packed: come back in a few seconds",
            )
            .after_ms(COME_BACK_MS)),
        },
    }
}

async fn make(api: Arc<Api>, state: CatalogueState) -> Result<Arc<Bottle>, StoreError> {
    let shelf = &api.shelf;
    let _turn = shelf.building.lock().await;
    let now_ms = api.ports.clock.wall_ms();
    // Whoever had the turn before may have made this very one.
    if let Some(good) = shelf.newest(state.of).filter(|b| b.is_good(&state, now_ms)) {
        return Ok(good);
    }
    let recipe = Recipe {
        of: state.of,
        folder: shelf.folder.clone(),
        name: new_id(&*api.ports.clock, &*api.ports.entropy),
        cursor_key: api.store.cursor_key(),
        now_ms,
    };
    let made = Arc::new(bottle::fill(&*api.store, recipe).await?);
    tracing::info!(tenant = %state.of.tenant, rows = made.taken.rows, bytes = made.bytes, "a catalogue was packed");
    shelf.put(state.of, Arc::clone(&made));
    Ok(made)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::pull::CatalogueTaken;

    fn of(tenant: u128) -> CatalogueOf {
        CatalogueOf {
            tenant: Uuid::from_u128(tenant),
            branch: None,
        }
    }

    fn bottle(folder: &std::path::Path, name: &str, made_ms: i64) -> Arc<Bottle> {
        let path = folder.join(name);
        std::fs::write(&path, name).unwrap();
        Arc::new(Bottle {
            etag: name.into(),
            path,
            bytes: 1,
            taken: CatalogueTaken {
                cloud_epoch: Uuid::nil(),
                watermark: 0,
                rows: 0,
            },
            made_ms,
        })
    }

    #[test]
    fn files_that_nobody_asks_for_go_after_a_day_and_those_being_read_stay() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path().to_owned());
        let names = || {
            let files = std::fs::read_dir(dir.path()).unwrap();
            let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
            names.sort();
            names
        };
        shelf.put(of(1), bottle(dir.path(), "quiet", 0));
        shelf.put(of(2), bottle(dir.path(), "read", 0));
        let read = shelf.newest(of(2)).unwrap();
        shelf.put(of(3), bottle(dir.path(), "young", QUIET_MS - 1));
        assert_eq!(names(), ["quiet", "read", "young"], "a day is not over");
        shelf.put(of(4), bottle(dir.path(), "new", QUIET_MS));
        assert_eq!(names(), ["new", "read", "young"], "the quiet one is gone");
        drop(read);
        assert_eq!(names(), ["new", "young"], "its last reader has gone");
    }
}
