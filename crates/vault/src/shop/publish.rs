//! Making the catalogue's file: the first time, anew after damage, and beside the old one for an import.
//!
//! One way for all: a copy is built as `shop-next.db`, flushed, and renamed over `shop.db` while the doors
//! are closed for that moment. A power cut leaves the old file or the new one, each whole; a kept source that
//! the file does not hold (the cut fell between the two renames) is read again at the next start.
//!
//! Never deletes a damaged file: it goes to `quarantine/`, whole.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use rusqlite::{Connection, named_params};

use super::doors::{self, Doors, lock};
use super::error::ShopError;
use super::import::{self, ImportOptions, ImportReport};
use super::kept::{KeptPart, Tee, sync_dir};
use super::{Shop, ShopKey, ShopOpened, put};

const FILE: &str = "shop.db";
const NEXT: &str = "shop-next.db";
/// Written when damage is met while selling; the next start sets the file aside.
pub(super) const DAMAGED_MARK: &str = "shop.db-damaged";
/// What SQLite may leave beside a file.
const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Opens the file; what is no sound catalogue is set aside and an empty one made.
pub(super) fn open_or_make(
    dir: &Path,
    key: Option<&ShopKey>,
) -> Result<(Doors, ShopOpened), ShopError> {
    let file = dir.join(FILE);
    let mark = dir.join(DAMAGED_MARK);
    remove_with_sides(&dir.join(NEXT));
    let mut opened = ShopOpened {
        made_anew: !file.exists(),
        set_aside: None,
        why: None,
        imported_again: Vec::new(),
        not_imported: Vec::new(),
    };
    let met_before = fs::read_to_string(&mark).ok();
    let why = match (met_before, Doors::open(&file, key)) {
        (None, Ok(doors)) => return Ok((doors, opened)),
        (Some(why), Ok(_)) => why,
        (_, Err(error)) if error.is_damage() => error.to_string(),
        (_, Err(error)) => return Err(error),
    };
    opened.set_aside = Some(set_aside(dir)?);
    opened.made_anew = true;
    opened.why = Some(why);
    let doors = Doors::open(&file, key)?;
    // Last: a cut before this line sets the new, empty file aside as well, which costs nothing.
    if let Err(error) = fs::remove_file(&mark) {
        tracing::debug!(%error, "no mark of damage to remove");
    }
    Ok((doors, opened))
}

/// Moves the file and what lies beside it to `quarantine/shop-N/`.
fn set_aside(dir: &Path) -> Result<PathBuf, ShopError> {
    let quarantine = dir.join("quarantine");
    fs::create_dir_all(&quarantine).map_err(ShopError::disk(&quarantine))?;
    let mut number = 1_u32;
    let target = loop {
        let target = quarantine.join(format!("shop-{number}"));
        match fs::create_dir(&target) {
            Ok(()) => break target,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(ShopError::disk(&target)(error)),
        }
    };
    for name in SIDES
        .iter()
        .map(|side| format!("{FILE}{side}"))
        .chain([FILE.to_owned()])
    {
        let from = dir.join(&name);
        if from.exists() {
            fs::rename(&from, target.join(&name)).map_err(ShopError::disk(&from))?;
        }
    }
    Ok(target)
}

/// Ends the remembering of changes, whatever way an import ends.
struct Meanwhile<'a>(&'a Shop);

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
        let report = self.fill(&connection, source, part.as_mut(), options, progress);
        match (report, part) {
            (Ok(report), Some(part)) => self.take_over(connection, part, report, options),
            (report, _) => {
                drop(connection);
                remove_with_sides(&self.dir.join(NEXT));
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
        self.publish(connection)
    }

    fn import_one_kept(&self, connection: &Connection, name: &str) -> Result<(), ShopError> {
        let (options, source) = self.kept.read(name)?;
        connection.execute_batch("SAVEPOINT kept")?;
        let done = self
            .fill(connection, source, None, &options, &mut |_| {})
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

    fn begin_meanwhile(&self) -> Meanwhile<'_> {
        *lock(&self.meanwhile) = Some(Vec::new());
        Meanwhile(self)
    }

    /// A copy of the catalogue beside it, in an open transaction, seen by nobody.
    fn begin_next(&self) -> Result<Connection, ShopError> {
        let next = self.dir.join(NEXT);
        remove_with_sides(&next);
        let copied = doors::copy(&self.dir.join(FILE), &next, self.key.as_ref());
        copied.map_err(|error| self.remember_damage(error))?;
        let connection = doors::building(&next, self.key.as_ref())?;
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    }

    fn fill(
        &self,
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

    /// Puts the copy in the catalogue's place.
    fn publish(&self, connection: Connection) -> Result<(), ShopError> {
        let (next, file) = (self.dir.join(NEXT), self.dir.join(FILE));
        connection.execute_batch("COMMIT")?;
        // The long flush comes before the doors close, the short one of the last changes after.
        flush(&next)?;
        let mut doors = self.doors.write().unwrap_or_else(PoisonError::into_inner);
        let changes = lock(&self.meanwhile).take().unwrap_or_default();
        let mut connection = connection;
        put::apply_all(&mut connection, &changes)?;
        connection.close().map_err(|(_, error)| error)?;
        flush(&next)?;
        *doors = None;
        // A WAL of the old file must not meet the new one.
        for side in SIDES {
            remove_quietly(&self.dir.join(format!("{FILE}{side}")));
        }
        let renamed = fs::rename(&next, &file).map_err(ShopError::disk(&file));
        // Whether the old or the new one: the till sells on.
        *doors = Some(Doors::open(&file, self.key.as_ref())?);
        renamed?;
        sync_dir(&self.dir)
    }
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

fn remove_with_sides(file: &Path) {
    remove_quietly(file);
    for side in SIDES {
        let mut name = file.as_os_str().to_owned();
        name.push(side);
        remove_quietly(Path::new(&name));
    }
}

/// Removes what may not be there.
fn remove_quietly(file: &Path) {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(file = %file.display(), %error, "a left-over of an import could not be removed");
        }
        Ok(()) | Err(_) => {}
    }
}
