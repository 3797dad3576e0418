//! Writing a journal anew beside the old one, then putting it in the old one's place.
//!
//! Used when the old file is damaged in the middle or missing and the vault has what it lacks.
//! Promises: the old file is renamed to the place the caller names, never removed; the new one is
//! flushed before it gets the name.

use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::error::JournalError;
use crate::medium::flush_folder_of;
use crate::{Journal, OpenJournal, io_at};

/// Entries gathered before one write; bounds memory, not durability.
const BATCH_BYTES: usize = 1024 * 1024;

/// A journal being written anew.
pub struct Rewrite {
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
        let mut fresh = open.path.clone().into_os_string();
        fresh.push(".new");
        let fresh = PathBuf::from(fresh);
        if fresh.exists() {
            std::fs::remove_file(&fresh).map_err(io_at(&fresh))?;
        }
        let beside = OpenJournal {
            path: fresh.clone(),
            trusted: None,
            ..open.clone()
        };
        let (journal, _) = Journal::open(&beside, |_, _| std::ops::ControlFlow::Continue(()))?;
        Ok(Self {
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
        if self.place.exists() {
            let aside = aside.ok_or_else(|| JournalError::NoPlaceAside {
                path: self.place.clone(),
            })?;
            move_aside(&self.place, aside)?;
        }
        std::fs::rename(&self.fresh, &self.place).map_err(io_at(&self.place))?;
        flush_folder_of(&self.place).map_err(io_at(&self.place))?;
        self.journal.path = self.place;
        Ok(self.journal)
    }
}

/// Renames, or copies and removes when `aside` lies on another disk; the copy is flushed first.
fn move_aside(from: &Path, aside: &Path) -> Result<(), JournalError> {
    if std::fs::rename(from, aside).is_ok() {
        return flush_folder_of(aside).map_err(io_at(aside));
    }
    std::fs::copy(from, aside).map_err(io_at(aside))?;
    std::fs::File::open(aside)
        .and_then(|file| file.sync_all())
        .and_then(|()| flush_folder_of(aside))
        .map_err(io_at(aside))?;
    std::fs::remove_file(from).map_err(io_at(from))
}
