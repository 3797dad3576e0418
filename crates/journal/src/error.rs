//! What a journal can answer besides "written": every way it can say no, each with what to do next.

use std::path::PathBuf;

/// Why the journal did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file or its folder could not be read or written.
    #[error("journal file {}: {source}", path.display())]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file exists and is not a Holdfast journal (its header does not read).
    #[error("{} is not a critical journal or its header is damaged: set it aside", path.display())]
    NotAJournal {
        /// The file in question.
        path: PathBuf,
    },
    /// The header is whole and the key is not the one it was made with.
    #[error("the key given does not open {}: find the key this till was set up with", path.display())]
    WrongKey {
        /// The file in question.
        path: PathBuf,
    },
    /// The journal belongs to another till.
    #[error("{} belongs to till {found}, this is till {expected}: put the right disk back", path.display())]
    OtherTill {
        /// The file in question.
        path: PathBuf,
        /// The till in the header.
        found: uuid::Uuid,
        /// The till that asked.
        expected: uuid::Uuid,
    },
    /// A newer program wrote this file.
    #[error("{} has journal format {found}, this program knows {known}: update the program", path.display())]
    Newer {
        /// The file in question.
        path: PathBuf,
        /// Format in the header.
        found: u32,
        /// Newest format this program reads.
        known: u32,
    },
    /// One entry is larger than any legal op.
    #[error("a journal entry has {found} bytes, the limit is {limit}")]
    EntryTooLarge {
        /// Its size in bytes.
        found: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// An earlier write or flush failed; what is on the disk is unknown until it is read again.
    #[error("an earlier journal write failed ({first}): restart the program")]
    Poisoned {
        /// The first failure, in words.
        first: String,
    },
    /// A journal was to be replaced and nobody said where the old one goes; it was left alone.
    #[error("{} is in the way and no place to set it aside was given", path.display())]
    NoPlaceAside {
        /// The file in the way.
        path: PathBuf,
    },
    /// Encryption refused; cannot happen with entries below the limit.
    #[error("the journal entry could not be encrypted")]
    Seal,
}

impl JournalError {
    /// True if the disk had no room: the caller may release its reserve and start again.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull)
    }
}
