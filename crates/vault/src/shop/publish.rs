//! Changing the catalogue for its next one: an import, whole or not at all.
//!
//! A copy is built as `shop-next.db`, flushed, and renamed over `shop.db` while the doors are closed for that
//! moment. A power cut leaves the old file or the new one, each whole; a kept source that the file does not
//! hold (the cut fell between the two renames) is read again at the next start.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::PoisonError;

use rusqlite::{Connection, named_params};

use super::anew::{FILE, NEXT, SIDES, remove_quietly, remove_with_sides};
use super::doors::{self, Doors, lock};
use super::error::ShopError;
use super::import::{self, ImportOptions, ImportReport};
use super::kept::{KeptPart, Tee, sync_dir};
use super::{Shop, ShopOpened, put};

/// Ends the remembering of changes, whatever way an import ends.
pub(super) struct Meanwhile<'a>(&'a Shop);

impl Drop for Meanwhile<'_> {
    fn drop(&mut self) {
        *lock(&self.0.meanwhile) = None;
    }
}

impl Shop {
    /// Imports a file by its path; see [`Shop::import`].
    pub fn import_file(
        &self,
        path: &Path,
        options: &ImportOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ImportReport, ShopError> {
        let file = File::open(path).map_err(ShopError::disk(path))?;
        self.import(file, options, progress)
    }

    /// Imports a catalogue from CSV (plain, gzip or zstd): reports bad rows by number and reason, imports the
    /// rest, takes the result over whole. `progress` is told the rows read so far.
    pub fn import(
        &self,
        source: impl Read,
        options: &ImportOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ImportReport, ShopError> {
        let _one = self
            .importing
            .try_lock()
            .map_err(|_| ShopError::ImportUnderWay)?;
        let _meanwhile = self.begin_meanwhile();
        let connection = self.begin_next()?;
        let mut part = if options.dry_run {
            None
        } else {
            Some(self.kept.begin()?)
        };
        let report = fill(&connection, source, part.as_mut(), options, progress);
        match (report, part) {
            (Ok(report), Some(part)) => self.take_over(connection, part, report, options),
            (report, part) => {
                drop(connection);
                remove_with_sides(&self.dir.join(NEXT));
                if let Some(part) = part {
                    part.discard();
                }
                report
            }
        }
    }

    /// Reads kept imports again that the catalogue does not hold.
    pub(super) fn import_kept(&self, opened: &mut ShopOpened) -> Result<(), ShopError> {
        let held = self.held_imports()?;
        let missing: Vec<String> = self
            .kept
            .names()?
            .into_iter()
            .filter(|name| !held.contains(name))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let _meanwhile = self.begin_meanwhile();
        let connection = self.begin_next()?;
        for name in missing {
            match self.import_one_kept(&connection, &name) {
                Ok(()) => opened.imported_again.push(name),
                Err(error) => opened.not_imported.push(format!("{name}: {error}")),
            }
        }
        if opened.imported_again.is_empty() {
            drop(connection);
            remove_with_sides(&self.dir.join(NEXT));
            return Ok(());
        }
        self.publish(connection)
    }

    fn import_one_kept(&self, connection: &Connection, name: &str) -> Result<(), ShopError> {
        let (options, source) = self.kept.read(name)?;
        connection.execute_batch("SAVEPOINT kept")?;
        let done = fill(connection, source, None, &options, &mut |_| {})
            .and_then(|report| record(connection, name, &report, &options));
        connection.execute_batch(if done.is_ok() {
            "RELEASE kept"
        } else {
            "ROLLBACK TO kept; RELEASE kept"
        })?;
        done
    }

    fn held_imports(&self) -> Result<Vec<String>, ShopError> {
        self.with(|doors| {
            let browse = doors.browse();
            let mut statement = browse.prepare("SELECT kept FROM import")?;
            Ok(statement
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn begin_meanwhile(&self) -> Meanwhile<'_> {
        *lock(&self.meanwhile) = Some(Vec::new());
        Meanwhile(self)
    }

    /// A copy of the catalogue beside it, in an open transaction, seen by nobody.
    pub(super) fn begin_next(&self) -> Result<Connection, ShopError> {
        let next = self.dir.join(NEXT);
        remove_with_sides(&next);
        let copied = doors::copy(&self.dir.join(FILE), &next, self.key.as_ref());
        copied.map_err(|error| self.remember_damage(error))?;
        let connection = doors::building(&next, self.key.as_ref())?;
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    }

    fn take_over(
        &self,
        connection: Connection,
        part: KeptPart,
        report: ImportReport,
        options: &ImportOptions,
    ) -> Result<ImportReport, ShopError> {
        let name = self.kept.accept(part, &report.source_sha256, options)?;
        let done =
            record(&connection, &name, &report, options).and_then(|()| self.publish(connection));
        if done.is_err() {
            self.kept.take_back(&name);
        }
        done.map(|()| report)
    }

    /// Puts the copy in the catalogue's place. Scans wait for the renaming and opening, and for nothing else.
    pub(super) fn publish(&self, mut connection: Connection) -> Result<(), ShopError> {
        let (next, file) = (self.dir.join(NEXT), self.dir.join(FILE));
        connection.execute_batch("COMMIT")?;
        // The long flush comes before the doors close, the short one of the last changes after.
        flush(&next)?;
        let mut doors = self.doors.write().unwrap_or_else(PoisonError::into_inner);
        let changes = lock(&self.meanwhile).take().unwrap_or_default();
        if !changes.is_empty() {
            put::apply_all(&mut connection, &changes)?;
            flush(&next)?;
        }
        connection.close().map_err(|(_, error)| error)?;
        *doors = None;
        // A WAL of the old file must not meet the new one.
        for side in SIDES {
            remove_quietly(&self.dir.join(format!("{FILE}{side}")));
        }
        let renamed = fs::rename(&next, &file).map_err(ShopError::disk(&file));
        // Whether the old or the new one: the till sells on.
        *doors = Some(Doors::open(&file, self.key.as_ref())?);
        drop(doors);
        renamed?;
        if let Err(error) = sync_dir(&self.dir) {
            // A power cut now may bring the old file back; the next start reads the kept source again.
            tracing::warn!(%error, "the catalogue was taken over, but the folder could not be flushed");
        }
        Ok(())
    }
}

/// Reads a source into the copy while it is hashed and, if it is to be kept, written down.
fn fill(
    connection: &Connection,
    source: impl Read,
    part: Option<&mut KeptPart>,
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ShopError> {
    let import_no = connection.query_row(
        "SELECT coalesce(max(import_no), 0) + 1 FROM import",
        [],
        |row| row.get(0),
    )?;
    let unpacked =
        import::unpacked(source).map_err(|source| ShopError::Source { row: 0, source })?;
    let mut tee = Tee::new(unpacked, part);
    let mut report = import::fill(connection, &mut tee, options, import_no, progress)?;
    report.source_sha256 = tee.sha256();
    report.dry_run = options.dry_run;
    Ok(report)
}

/// Writes down which source the catalogue now holds.
fn record(
    connection: &Connection,
    kept: &str,
    report: &ImportReport,
    options: &ImportOptions,
) -> Result<(), ShopError> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    connection.execute(
        "INSERT INTO import (kept, source_sha256, source_form, imported_at_ms, rows, imported, updated, refused) \
         VALUES (:kept, :sha256, :form, :at_ms, :rows, :imported, :updated, :refused)",
        named_params! {
            ":kept": kept, ":sha256": report.source_sha256, ":form": report.form.as_str(), ":at_ms": options.at_ms,
            ":rows": count(report.rows), ":imported": count(report.imported), ":updated": count(report.updated),
            ":refused": count(report.refused_rows),
        },
    )?;
    Ok(())
}

fn flush(file: &Path) -> Result<(), ShopError> {
    File::open(file)
        .and_then(|file| file.sync_all())
        .map_err(ShopError::disk(file))
}
