//! Writing a journal anew beside the old one, then putting it in the old one's place.
//!
//! Used when the old file is damaged in the middle or missing and the vault has what it lacks.
//! Promises: the old file is renamed to the place the caller names, never removed; the new one is
//! flushed before it gets the name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, RealDisk};
use crate::entry::Entry;
use crate::error::JournalError;
use crate::{Journal, OpenJournal, io_at};

/// Entries gathered before one write; bounds memory, not durability.
const BATCH_BYTES: usize = 1024 * 1024;

/// A journal being written anew.
pub struct Rewrite {
    disk: Arc<dyn Disk>,
    journal: Journal,
    fresh: PathBuf,
    place: PathBuf,
    batch: Vec<Entry>,
    batch_bytes: usize,
}

impl Rewrite {
    /// Begins a new file beside the one `open` names; a half-written one of an earlier try is
    /// replaced (it never held anything that was not elsewhere).
    pub fn begin(open: &OpenJournal) -> Result<Self, JournalError> {
        Self::begin_in(Arc::new(RealDisk), open)
    }

    /// As [`Rewrite::begin`], on any disk.
    pub fn begin_in(disk: Arc<dyn Disk>, open: &OpenJournal) -> Result<Self, JournalError> {
        let mut fresh = open.path.clone().into_os_string();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        if disk.exists(&fresh) {
            disk.remove(&fresh).map_err(io_at(&fresh))?;
        }
        let beside = OpenJournal {
            path: fresh.clone(),
            trusted: None,
            ..open.clone()
        };
        let go_on = |_, _| std::ops::ControlFlow::Continue(());
        let (journal, _) = Journal::open_in(Arc::clone(&disk), &beside, go_on)?;
        Ok(Self {
            disk,
            journal,
            fresh,
            place: open.path.clone(),
            batch: Vec::new(),
            batch_bytes: 0,
        })
    }

    /// Adds one entry; in the order in which they shall be read.
    pub fn push(&mut self, entry: Entry) -> Result<(), JournalError> {
        self.batch_bytes += match &entry {
            Entry::Op(op) => op.bytes.len(),
            Entry::Note { json, .. } => json.len(),
        };
        self.batch.push(entry);
        if self.batch_bytes >= BATCH_BYTES {
            self.write_batch()?;
        }
        Ok(())
    }

    fn write_batch(&mut self) -> Result<(), JournalError> {
        let batch = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        self.journal.append_entries(&batch)
    }

    /// Flushes, moves the old file (if there is one) to `aside`, and gives the new one its name.
    ///
    /// # Errors
    /// [`JournalError::NoPlaceAside`] if there is an old file and no place was named for it.
    pub fn finish(mut self, aside: Option<&Path>) -> Result<Journal, JournalError> {
        self.write_batch()?;
        let disk = self.disk.as_ref();
        if disk.exists(&self.place) {
            let aside = aside.ok_or_else(|| JournalError::NoPlaceAside {
                path: self.place.clone(),
            })?;
            move_aside(disk, &self.place, aside)?;
        }
        disk.rename(&self.fresh, &self.place)
            .and_then(|()| disk.flush_folder_of(&self.place))
            .map_err(io_at(&self.place))?;
        self.journal.path = self.place;
        Ok(self.journal)
    }
}

/// Renames, or copies and removes when `aside` lies on another disk; the copy is flushed first.
fn move_aside(disk: &dyn Disk, from: &Path, aside: &Path) -> Result<(), JournalError> {
    if disk.rename(from, aside).is_ok() {
        return disk.flush_folder_of(aside).map_err(io_at(aside));
    }
    disk.copy(from, aside)
        .and_then(|()| disk.flush_folder_of(aside))
        .map_err(io_at(aside))?;
    disk.remove(from).map_err(io_at(from))
}
