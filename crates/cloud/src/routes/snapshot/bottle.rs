//! One catalogue, written to a file row by row.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use protocol::pull::{PullRow, SnapshotHead};
use uuid::Uuid;

use crate::routes::pull::cursor_of_snapshot;
use crate::store::pull::{CatalogueOf, CatalogueSink, CatalogueTaken};
use crate::store::{Store, StoreError};

/// zstd's level: 3 packs rows about sixfold and is not what the build waits for.
const LEVEL: i32 = 3;
/// How finished files end; what ends otherwise in the folder is a build that was cut off.
const ENDING: &str = "catalogue.zst";

/// A file that lies ready. It is removed with its last handle.
#[derive(Debug)]
pub(super) struct Bottle {
    pub(super) etag: String,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) taken: CatalogueTaken,
    pub(super) made_ms: i64,
}

impl Drop for Bottle {
    fn drop(&mut self) {
        // Whoever is reading it keeps it open and reads on.
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "an old snapshot stays");
        }
    }
}

/// What a build needs to know.
pub(super) struct Recipe {
    pub(super) of: CatalogueOf,
    pub(super) folder: PathBuf,
    pub(super) name: Uuid,
    pub(super) cursor_key: [u8; 32],
    pub(super) now_ms: i64,
}

/// Writes the catalogue of a tenant, holding one row at a time.
pub(super) async fn fill(store: &dyn Store, recipe: Recipe) -> Result<Bottle, StoreError> {
    let path = recipe.folder.join(format!("{}.{ENDING}", recipe.name));
    let taken = Arc::new(OnceLock::new());
    let pouring = Pouring::open(&path, &recipe, Arc::clone(&taken)).map_err(failed)?;
    let poured = store.catalogue(recipe.of, Box::new(pouring)).await;
    let bytes = fs::metadata(&path).map(|file| file.len());
    match (poured, taken.get(), bytes) {
        (Ok(()), Some(taken), Ok(bytes)) => Ok(Bottle {
            etag: format!("\"{}\"", recipe.name.simple()),
            path,
            bytes,
            taken: *taken,
            made_ms: recipe.now_ms,
        }),
        (poured, _, bytes) => {
            // Half a file is nothing; if it cannot be removed now, the next start does.
            let _ = fs::remove_file(&path);
            poured?;
            bytes.map_err(failed)?;
            Err(failed(io::Error::other("the store gave no head")))
        }
    }
}

/// Removes what an earlier process left.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ENDING) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
pub(super) fn failed(error: io::Error) -> StoreError {
    StoreError::Failed {
        doing: "writing a snapshot to its file",
        cause: error.to_string(),
    }
}

/// The way from rows to the file.
struct Pouring {
    packing: Option<zstd::stream::write::Encoder<'static, BufWriter<File>>>,
    line: Vec<u8>,
    cursor_key: [u8; 32],
    of: CatalogueOf,
    taken: Arc<OnceLock<CatalogueTaken>>,
}

impl Pouring {
    fn open(
        path: &Path,
        recipe: &Recipe,
        taken: Arc<OnceLock<CatalogueTaken>>,
    ) -> io::Result<Self> {
        fs::create_dir_all(&recipe.folder)?;
        let file = BufWriter::new(File::create(path)?);
        let mut packing = zstd::stream::write::Encoder::new(file, LEVEL)?;
        packing.include_checksum(true)?;
        Ok(Self {
            packing: Some(packing),
            line: Vec::new(),
            cursor_key: recipe.cursor_key,
            of: recipe.of,
            taken,
        })
    }

    fn write(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        let packing = self.packing.as_mut();
        packing
            .ok_or(io::ErrorKind::WriteZero)?
            .write_all(&self.line)
    }
}

impl CatalogueSink for Pouring {
    fn begin(&mut self, taken: CatalogueTaken) -> io::Result<()> {
        let whose = (taken.cloud_epoch, self.of.tenant, self.of.branch);
        self.write(&SnapshotHead {
            cloud_epoch: taken.cloud_epoch,
            watermark: taken.watermark,
            cursor: cursor_of_snapshot(&self.cursor_key, whose, taken.watermark),
            rows: taken.rows,
        })?;
        let _ = self.taken.set(taken);
        Ok(())
    }

    fn row(&mut self, row: &PullRow) -> io::Result<()> {
        self.write(row)
    }

    fn end(&mut self) -> io::Result<()> {
        let packing = self.packing.take().ok_or(io::ErrorKind::WriteZero)?;
        packing.finish()?.flush()
    }
}
