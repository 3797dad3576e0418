//! Every way the vault says no, named by what the caller can do about it.

use std::path::PathBuf;

use journal::JournalError;
use protocol::op::SealRefused;
use rusqlite::ErrorCode;

/// Why the vault did not do what was asked. Nothing is half done when one of these is answered.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Another process has this vault open.
    #[error("this till is already running{}: use the open window or end that process first", pid_words(*pid))]
    InUse {
        /// The other process, if it could be read.
        pid: Option<u32>,
    },
    /// A newer program has upgraded the file.
    #[error(
        "the vault has version {found}, this program knows up to {known}: install the newer program"
    )]
    Newer {
        /// Version of the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// The folder or a file in it cannot be written.
    #[error("{} cannot be written: give this user the right to write there or free the disk from read-only", path.display())]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// The key does not open what is here.
    #[error("the key given does not open {}: find the key this till was set up with", path.display())]
    KeyWrong {
        /// The file it does not open.
        path: PathBuf,
    },
    /// There is no vault here and no identity was given to make one.
    #[error("no till has been set up in {}", path.display())]
    NotSetUp {
        /// The data folder.
        path: PathBuf,
    },
    /// The disk has not enough room to do this safely.
    #[error(
        "the disk has {free_bytes} bytes free, {needed_bytes} are needed: free some room, nothing was changed"
    )]
    DiskFull {
        /// What is free.
        free_bytes: u64,
        /// What this would need to be safe.
        needed_bytes: u64,
    },
    /// A write or a flush failed: what is on the disk is unknown until it is read back.
    #[error("the disk failed ({first}): restart the program, it will check what was recorded")]
    DiskFailed {
        /// The first failure, in words.
        first: String,
    },
    /// The file is damaged; the next start sets it aside and rebuilds it.
    #[error("the vault is damaged ({what}): restart the program, it will rebuild it")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// The SQLite library is older than the one without the WAL-reset fault.
    #[error("SQLite {found} is too old, 3.51.3 is needed: this build must not run")]
    SqliteTooOld {
        /// Its version.
        found: String,
    },
    /// The op cannot be made; checked before anything was written.
    #[error(transparent)]
    Refused(#[from] SealRefused),
    /// There is nothing under this id.
    #[error("there is no {what} {id}")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// It exists already and is another one.
    #[error("there is already {what}")]
    Exists {
        /// What is in the way.
        what: String,
    },
    /// A stored value does not read as what it must be.
    #[error("{what} in the vault does not read: {why}")]
    Unreadable {
        /// Which value.
        what: String,
        /// Why.
        why: String,
    },
    /// The caller's own steps panicked; the transaction was rolled back.
    #[error("a step inside the transaction panicked and was rolled back: {what}")]
    Panicked {
        /// The panic's message.
        what: String,
    },
    /// The vault was closed.
    #[error("the vault is closed")]
    Closed,
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file beside the database could not be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Anything else SQLite says: a fault of this program.
    #[error("SQLite: {0}")]
    Sql(rusqlite::Error),
}

fn pid_words(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})"))
        .unwrap_or_default()
}

impl VaultError {
    /// True if what is on the disk is unknown now, so that nothing more may be written.
    pub(crate) fn poisons(&self) -> bool {
        matches!(
            self,
            Self::DiskFailed { .. } | Self::Damaged { .. } | Self::Journal(_)
        )
    }

    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_owned();
        let kind = source.kind();
        if matches!(
            kind,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
        ) {
            Self::ReadOnly { path }
        } else if kind == ErrorKind::StorageFull {
            Self::DiskFull {
                free_bytes: 0,
                needed_bytes: crate::health::LIMITS.new_cart_bytes,
            }
        } else {
            Self::Io { path, source }
        }
    }
}

/// Whether SQLite met a full disk: also where it could not lengthen what it shares with its readers,
/// which it calls a failure of the disk.
pub(crate) fn no_room(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        return false;
    };
    code.code == ErrorCode::DiskFull || code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
}

impl From<rusqlite::Error> for VaultError {
    fn from(error: rusqlite::Error) -> Self {
        let words = error.to_string();
        if no_room(&error) {
            return Self::DiskFull {
                free_bytes: 0,
                needed_bytes: crate::health::LIMITS.new_cart_bytes,
            };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::SystemIoFailure) => Self::DiskFailed { first: words },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { what: words }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly {
                path: "vault.db".into(),
            },
            _ => Self::Sql(error),
        }
    }
}
