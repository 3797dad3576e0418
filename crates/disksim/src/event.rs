//! What was asked of the disk, in the order in which it was asked.

use std::path::PathBuf;
use std::sync::Arc;

/// A file, whatever it is called now.
pub type FileId = u64;

/// One thing that a disk was told to do and that a power cut may undo.
#[derive(Debug, Clone)]
pub enum Event {
    /// A name for a new, empty file.
    Make {
        /// The file.
        file: FileId,
        /// Its name.
        path: PathBuf,
    },
    /// Bytes at a place.
    Write {
        /// The file.
        file: FileId,
        /// Where they begin.
        at: u64,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
    /// A new length; zeros where it grows.
    Cut {
        /// The file.
        file: FileId,
        /// Its new length.
        len: u64,
    },
    /// Room that holds nothing.
    Reserve {
        /// The file.
        file: FileId,
        /// How much.
        len: u64,
    },
    /// The file's bytes and length are on the disk now.
    Sync {
        /// The file.
        file: FileId,
    },
    /// A flush failed: what was written since the last one is never written down, whatever a later
    /// flush answers.
    SyncFailed {
        /// The file.
        file: FileId,
    },
    /// Another name; what had it is replaced.
    Rename {
        /// The old name.
        from: PathBuf,
        /// The new name.
        to: PathBuf,
    },
    /// A name that is gone.
    Remove {
        /// The name.
        path: PathBuf,
    },
    /// A folder.
    MakeFolder {
        /// Its name.
        path: PathBuf,
    },
    /// The names in this folder are on the disk now.
    FlushFolder {
        /// The folder.
        path: PathBuf,
    },
}

impl Event {
    /// The file whose bytes or length it is about; `None`: it is about names.
    pub const fn file(&self) -> Option<FileId> {
        match self {
            Self::Write { file, .. }
            | Self::Cut { file, .. }
            | Self::Reserve { file, .. }
            | Self::Sync { file }
            | Self::SyncFailed { file } => Some(*file),
            Self::Make { .. }
            | Self::Rename { .. }
            | Self::Remove { .. }
            | Self::MakeFolder { .. }
            | Self::FlushFolder { .. } => None,
        }
    }

    /// Whether it makes something last.
    pub const fn flushes(&self) -> bool {
        matches!(self, Self::Sync { .. } | Self::FlushFolder { .. })
    }

    /// Its shape, without the bytes: these are encrypted under fresh nonces each time.
    pub fn shape(&self) -> String {
        if let Self::Write { file, at, bytes } = self {
            return format!("write {file} {at} {}", bytes.len());
        }
        format!("{self:?}")
    }
}
