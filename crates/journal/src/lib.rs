//! The critical journal: a flat, append-only, encrypted file that holds every op of a till a second
//! time, on a second medium if there is one.
//!
//! Owns the file format, its reading and its writing. Promises: [`Journal::append`] returns only
//! after the bytes are flushed; a record is either read back exactly as written or reported as
//! damage; after one failed write or flush nothing more is written until the file was opened (and so
//! read) again. Can be read alone, without a vault.
//!
//! Never does: SQLite, deciding between itself and the vault, deleting a byte that was not first set
//! aside.

mod disk;
mod entry;
mod error;
mod format;
mod key;
mod medium;
mod rewrite;
mod scan;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protocol::StoredOp;
use protocol::ports::Entropy;
use uuid::Uuid;

pub use disk::{Disk, Held, Locked, RealDisk};
pub use entry::{Entry, MAX_ENTRY_BYTES};
pub use error::JournalError;
pub use key::JournalKey;
pub use medium::Medium;
pub use rewrite::Rewrite;
pub use scan::{JournalScan, MAX_BROKEN, Stretch};

use format::{FORMAT, Header, HeaderRefused, Sealer};

/// Zeros written ahead of the records, so that an append overwrites bytes the file already has: a
/// flush then needs no change of the file's size. About 500 sales.
const ROOM: u64 = 1_048_576;
/// Less room than this ahead and [`Journal::make_room`] adds some.
const LOW_ROOM: u64 = 131_072;

/// So many entries are flushed one by one. A person's act makes one or two ops; a page that the
/// cloud gives back has hundreds.
const FEW: usize = 8;

/// Which journal to open, and for whom.
#[derive(Clone)]
pub struct OpenJournal {
    /// The file; made if it is missing.
    pub path: PathBuf,
    /// The till it must belong to.
    pub till: Uuid,
    /// The key its records are sealed with.
    pub key: JournalKey,
    /// Where file ids and nonces come from.
    pub entropy: Arc<dyn Entropy>,
    /// Where a record begins that the vault has seen flushed: reading starts there instead of at
    /// the beginning. If no readable record begins there, everything is read.
    pub trusted: Option<u64>,
}

/// An open journal, at its end, ready to be appended to.
pub struct Journal {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    medium: Box<dyn Medium>,
    sealer: Sealer,
    entropy: Arc<dyn Entropy>,
    mark: u64,
    end: u64,
    len: u64,
    failed: Option<String>,
}

impl Journal {
    /// Opens or makes the file, reads it (see [`OpenJournal::trusted`]) handing every entry to
    /// `visit`, and stands ready at its end. A torn tail is not cut yet: see [`Journal::cut_torn`].
    ///
    /// # Errors
    /// All of [`JournalError`]'s opening variants; damage inside the file is not an error but part
    /// of the scan.
    pub fn open(
        open: &OpenJournal,
        visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
    ) -> Result<(Self, JournalScan), JournalError> {
        Self::open_in(Arc::new(RealDisk), open, visit)
    }

    /// As [`Journal::open`], on any disk.
    pub fn open_in(
        disk: Arc<dyn Disk>,
        open: &OpenJournal,
        visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
    ) -> Result<(Self, JournalScan), JournalError> {
        let medium = disk.open(&open.path).map_err(io_at(&open.path))?;
        Self::begin(disk, medium, open, visit)
    }

    /// As [`Journal::open`], on any medium.
    pub fn open_on(
        medium: Box<dyn Medium>,
        open: &OpenJournal,
        visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
    ) -> Result<(Self, JournalScan), JournalError> {
        Self::begin(Arc::new(RealDisk), medium, open, visit)
    }

    fn begin(
        disk: Arc<dyn Disk>,
        mut medium: Box<dyn Medium>,
        open: &OpenJournal,
        mut visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
    ) -> Result<(Self, JournalScan), JournalError> {
        let header = header_or_new(medium.as_mut(), open)?;
        let sealer = Sealer::new(&open.key, header.file_id);
        let seen = scan::scan(medium.as_mut(), &sealer, open.trusted, &mut visit)
            .map_err(io_at(&open.path))?;
        let len = medium.len().map_err(io_at(&open.path))?;
        let journal = Self {
            disk,
            path: open.path.clone(),
            medium,
            sealer,
            entropy: Arc::clone(&open.entropy),
            mark: seen.mark,
            end: seen.end,
            len,
            failed: None,
        };
        Ok((journal, seen))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next record goes, bytes from the start; all before it is flushed.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Where the newest flushed write begins: worth remembering as [`OpenJournal::trusted`].
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// Appends ops; returns after they are flushed.
    pub fn append(&mut self, ops: &[StoredOp]) -> Result<(), JournalError> {
        let entries: Vec<Entry> = ops.iter().cloned().map(Entry::Op).collect();
        self.append_entries(&entries)
    }

    /// Appends entries; returns after they are flushed. A power cut meanwhile leaves a beginning of
    /// a few entries: each is flushed before the next is written, so that no op is ever read back
    /// without the one before it. A longer page goes with one write and one flush: it only repeats
    /// what the vault or the cloud has.
    ///
    /// # Errors
    /// [`JournalError::EntryTooLarge`] leaves the journal as it was. Any other error poisons it:
    /// what reached the disk is unknown until the file is opened and read again.
    pub fn append_entries(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        if let Some(first) = &self.failed {
            return Err(JournalError::Poisoned {
                first: first.clone(),
            });
        }
        if entries.is_empty() {
            return Ok(());
        }
        let together = if entries.len() <= FEW {
            1
        } else {
            entries.len()
        };
        for bytes in self.seal_all(entries, together)? {
            self.write_flushed(&bytes)?;
        }
        Ok(())
    }

    fn write_flushed(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let written = self.medium.write_at(self.end, bytes).and_then(|()| {
            if cfg!(mutant = "journal_unflushed") {
                return Ok(());
            }
            self.medium.flush()
        });
        match written {
            Ok(()) => {
                self.mark = self.end;
                self.end += bytes.len() as u64;
                self.len = self.len.max(self.end);
                Ok(())
            }
            Err(source) => {
                self.failed = Some(source.to_string());
                Err(io_at(&self.path)(source))
            }
        }
    }

    /// All of them before the first is written: one that is too large leaves the journal as it was.
    fn seal_all(&self, entries: &[Entry], together: usize) -> Result<Vec<Vec<u8>>, JournalError> {
        let mut at = self.end;
        let mut all = Vec::new();
        for some in entries.chunks(together) {
            let mut bytes = Vec::with_capacity(4096);
            for entry in some {
                let mut nonce = [0_u8; 24];
                self.entropy.fill(&mut nonce);
                let place = at + bytes.len() as u64;
                self.sealer.seal(entry, place, nonce, &mut bytes)?;
            }
            at += bytes.len() as u64;
            all.push(bytes);
        }
        Ok(all)
    }

    /// Writes zeros ahead of the records if little room is left. Call it when nobody waits; a
    /// failure is no loss (the next append grows the file itself) and is therefore only reported.
    pub fn make_room(&mut self) -> io::Result<()> {
        if self.failed.is_some() || self.len.saturating_sub(self.end) >= LOW_ROOM {
            return Ok(());
        }
        let zeros = vec![0_u8; usize::try_from(ROOM).unwrap_or(0)];
        self.medium.write_at(self.len, &zeros)?;
        self.medium.flush()?;
        self.len += ROOM;
        Ok(())
    }

    /// Copies a torn tail's bytes to `aside` (flushed), then cuts it off.
    pub fn cut_torn(&mut self, torn: Stretch, aside: &Path) -> Result<(), JournalError> {
        let count = usize::try_from(torn.until - torn.from).unwrap_or(usize::MAX);
        let mut bytes = vec![0_u8; count];
        let cut = (|| {
            let got = self.medium.read_at(torn.from, &mut bytes)?;
            write_aside(self.disk.as_ref(), aside, &bytes[..got])?;
            self.medium.cut(torn.from)
        })();
        cut.map_err(io_at(&self.path))?;
        self.len = torn.from;
        Ok(())
    }
}

/// Reads a journal alone and changes nothing: every readable entry goes to `visit` with the offset
/// one past its record. Returns the till in the header and what the scan met.
///
/// # Errors
/// [`JournalError::Io`], [`JournalError::NotAJournal`], [`JournalError::WrongKey`],
/// [`JournalError::Newer`].
pub fn read(
    path: &Path,
    key: &JournalKey,
    visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
) -> Result<(Uuid, JournalScan), JournalError> {
    read_in(&RealDisk, path, key, visit)
}

/// As [`read`], on any disk.
pub fn read_in(
    disk: &dyn Disk,
    path: &Path,
    key: &JournalKey,
    mut visit: impl FnMut(Entry, u64) -> ControlFlow<()>,
) -> Result<(Uuid, JournalScan), JournalError> {
    let mut medium = disk.open_read_only(path).map_err(io_at(path))?;
    let medium = medium.as_mut();
    let header = read_header(medium, path, key)?;
    let sealer = Sealer::new(key, header.file_id);
    let seen = scan::scan(medium, &sealer, None, &mut visit).map_err(io_at(path))?;
    Ok((header.till, seen))
}

fn header_or_new(medium: &mut dyn Medium, open: &OpenJournal) -> Result<Header, JournalError> {
    if medium.is_empty().map_err(io_at(&open.path))? {
        return write_header(medium, open);
    }
    let header = read_header(medium, &open.path, &open.key)?;
    if header.till != open.till {
        return Err(JournalError::OtherTill {
            path: open.path.clone(),
            found: header.till,
            expected: open.till,
        });
    }
    Ok(header)
}

fn write_header(medium: &mut dyn Medium, open: &OpenJournal) -> Result<Header, JournalError> {
    let mut file_id = [0_u8; 16];
    open.entropy.fill(&mut file_id);
    let header = Header {
        till: open.till,
        file_id,
    };
    medium
        .write_at(0, &header.encode(&open.key))
        .and_then(|()| medium.flush())
        .map_err(io_at(&open.path))?;
    Ok(header)
}

fn read_header(
    medium: &mut dyn Medium,
    path: &Path,
    key: &JournalKey,
) -> Result<Header, JournalError> {
    let mut bytes = [0_u8; 64];
    let got = medium.read_at(0, &mut bytes).map_err(io_at(path))?;
    Header::decode(&bytes[..got], key).map_err(|refused| {
        let path = path.to_owned();
        match refused {
            HeaderRefused::NotOurs => JournalError::NotAJournal { path },
            HeaderRefused::WrongKey => JournalError::WrongKey { path },
            HeaderRefused::Newer(found) => JournalError::Newer {
                path,
                found,
                known: FORMAT,
            },
        }
    })
}

fn write_aside(disk: &dyn Disk, aside: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = disk.open(aside)?;
    file.write_at(0, bytes)?;
    file.flush()?;
    disk.flush_folder_of(aside)
}

pub(crate) fn io_at(path: &Path) -> impl Fn(io::Error) -> JournalError + '_ {
    move |source| JournalError::Io {
        path: path.to_owned(),
        source,
    }
}
