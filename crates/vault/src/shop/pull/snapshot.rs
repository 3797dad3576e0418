//! The first catalogue, or a new one: fetched as one file in parts, taken over whole.
//!
//! Promises: parts of one snapshot are joined by its etag and their place, so that a cut costs at most a part; the
//! catalogue is exchanged only after every row that the snapshot announced was read. Its rows never touch the
//! staging: the next file is built from them beside the present one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use protocol::pull::{PullRow, PullScope, SnapshotHead, SnapshotPart};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::super::Shop;
use super::super::anew::remove_quietly;
use super::super::error::ShopError;
use super::apply::How;
use super::publish::Published;
use super::{catalogue, place};

const FILE: &str = "catalogue-snapshot.part";
const NAME: &str = "catalogue-snapshot.json";
/// A row of the wire is far smaller; a longer line is not one of ours.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// How much of a snapshot is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPlace {
    /// Which snapshot.
    pub etag: String,
    /// Its size.
    pub total: u64,
    /// What is here of it, from its beginning.
    #[serde(skip)]
    pub held: u64,
}

impl Shop {
    /// How much of a snapshot is here; none: nothing yet.
    pub fn snapshot_place(&self) -> Option<SnapshotPlace> {
        let name = fs::read(self.dir.join(NAME)).ok()?;
        let mut place: SnapshotPlace = serde_json::from_slice(&name).ok()?;
        place.held = fs::metadata(self.dir.join(FILE)).ok()?.len();
        (place.held <= place.total).then_some(place)
    }

    /// Keeps a part, flushed. A part that does not follow what is here begins the file again if it is a
    /// beginning, and is left out otherwise.
    pub fn keep_snapshot_part(
        &self,
        part: &SnapshotPart,
    ) -> Result<Option<SnapshotPlace>, ShopError> {
        let here = self.snapshot_place();
        let follows = here
            .as_ref()
            .is_some_and(|here| here.etag == part.etag && here.held == part.from);
        if !follows && part.from > 0 {
            return Ok(here);
        }
        let (file, name) = (self.dir.join(FILE), self.dir.join(NAME));
        if !follows {
            self.forget_snapshot()?;
            let place = SnapshotPlace {
                etag: part.etag.clone(),
                total: part.total,
                held: 0,
            };
            let text = serde_json::to_vec(&place).map_err(|error| unsound(&error))?;
            fs::write(&name, text).map_err(ShopError::disk(&name))?;
        }
        append(&file, part).map_err(ShopError::disk(&file))?;
        Ok(self.snapshot_place())
    }

    /// Forgets what is here of a snapshot.
    pub fn forget_snapshot(&self) -> Result<(), ShopError> {
        // The name first: without it the bytes mean nothing.
        for name in [NAME, FILE] {
            let path = self.dir.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(ShopError::disk(&path)(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Takes the whole snapshot over: what it holds is put, what the cloud has no more is removed, what was made
    /// here stays. `progress` is told the rows taken so far and how many there are.
    pub fn publish_snapshot(
        &self,
        at_ms: i64,
        judged: i64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Published, ShopError> {
        let _one = self
            .importing
            .try_lock()
            .map_err(|_| ShopError::ImportUnderWay)?;
        let path = self.dir.join(FILE);
        let file = File::open(&path).map_err(ShopError::disk(&path))?;
        let how = How { at_ms, judged };
        let done = self.in_next(|connection| take_over(connection, file, how, progress))?;
        self.catalogue_changed()?;
        for name in [NAME, FILE] {
            remove_quietly(&self.dir.join(name));
        }
        Ok(done)
    }
}

fn append(path: &PathBuf, part: &SnapshotPart) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    file.seek(SeekFrom::Start(part.from))?;
    file.write_all(&part.bytes)?;
    file.sync_data()
}

fn take_over(
    connection: &Connection,
    file: File,
    how: How,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Published, ShopError> {
    let unpacked = zstd::Decoder::new(file).map_err(|error| unsound(&error))?;
    let mut lines = Lines(BufReader::with_capacity(256 * 1024, unpacked));
    let head = lines.next()?.ok_or_else(|| unsound(&"it is empty"))?;
    let head: SnapshotHead = serde_json::from_str(&head).map_err(|error| unsound(&error))?;
    let mut work = catalogue::Work::begin(connection, true, how.judged)?;
    let mut rows = 0_u64;
    while let Some(line) = lines.next()? {
        let row: PullRow = serde_json::from_str(&line).map_err(|error| unsound(&error))?;
        work.take(&row)?;
        rows += 1;
        if rows.is_multiple_of(1_000) {
            progress(rows, head.rows);
        }
    }
    if rows != head.rows {
        return Err(unsound(&format!("{rows} rows instead of {}", head.rows)));
    }
    let done = work.end()?;
    arrived(connection, head, how)?;
    Ok(done)
}

/// The pages go on where the snapshot ends.
fn arrived(connection: &Connection, head: SnapshotHead, how: How) -> Result<(), ShopError> {
    let scope = PullScope::Catalogue;
    place::forget_staged(connection, scope)?;
    let before = place::load(connection, scope)?;
    let place = place::PullPlace {
        cursor: Some(head.cursor),
        cloud_epoch: Some(head.cloud_epoch),
        unfinished: false,
        sweep: false,
        staged_watermark: head.watermark,
        watermark: head.watermark,
        published_epoch: Some(head.cloud_epoch),
        revision: before.revision + 1,
        published_at_ms: Some(how.at_ms),
    };
    Ok(place::save(connection, scope, &place)?)
}

/// Lines of bounded length.
struct Lines<R>(R);

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<String>, ShopError> {
        let mut line = String::new();
        let read = (&mut self.0)
            .take(MAX_LINE_BYTES)
            .read_line(&mut line)
            .map_err(|error| unsound(&error))?;
        match read {
            0 => Ok(None),
            _ if line.ends_with('\n') => Ok(Some(line)),
            _ if (line.len() as u64) < MAX_LINE_BYTES => Ok(Some(line)),
            _ => Err(unsound(&"a line is longer than 1 MiB")),
        }
    }
}

fn unsound(why: &dyn std::fmt::Display) -> ShopError {
    ShopError::Snapshot {
        why: why.to_string(),
    }
}
