//! What the catalogue can answer instead of doing what was asked.
//!
//! Owns the one error type of this module. A refused row of an import is not an error: it is a line of
//! the report.

use std::io;
use std::path::{Path, PathBuf};

/// Why the catalogue could not do what was asked; every message names what was met and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// The disk refused: full, read-only, gone. Nothing was half done.
    #[error(
        "the catalogue's file {path} could not be used: {source}; free space or mend the folder's rights, then try again"
    )]
    Disk {
        /// The file or folder that was meant.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite refused for a reason that is not damage (full, read-only, busy).
    #[error("the catalogue refused: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The file is damaged or is not ours; at the next start it is set aside whole and made anew.
    #[error(
        "the catalogue is damaged ({detail}); start the till again, it will be made anew from the kept imports"
    )]
    Damaged {
        /// What SQLite said.
        detail: String,
    },
    /// The import's source could not be read to its end; the old catalogue stands.
    #[error(
        "the file could not be read to its end after row {row}: {source}; nothing was imported"
    )]
    Source {
        /// The last whole row, counted as a spreadsheet does (the header is row 1).
        row: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The first line names no columns that an article list has.
    #[error(
        "the header {found:?} names no known columns; give at least `name` and one of `barcode`, `code`"
    )]
    HeaderUnknown {
        /// The header as found, cut to 200 characters.
        found: String,
    },
    /// The file is beyond a limit.
    #[error("the file holds more than {limit} {what}; split it")]
    TooLarge {
        /// `rows` or `bytes`.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A tax class that the branch does not have.
    #[error("tax class {code:?} is unknown; set it up first")]
    TaxClassUnknown {
        /// The class as given.
        code: String,
    },
    /// A field of a product, tax class or rule is beyond what a catalogue may hold.
    #[error("{field} {value:?} is refused: {limit}")]
    Refused {
        /// The field's name.
        field: &'static str,
        /// The value, cut to 200 characters.
        value: String,
        /// The limit in words.
        limit: &'static str,
    },
    /// An in-store rule that cannot be used.
    #[error("in-store rule: {why}")]
    Rule {
        /// Why, with the way out.
        why: domain::in_store::InStoreRuleRefused,
    },
    /// What was fetched as a snapshot of the catalogue is none, or was cut.
    #[error(
        "the snapshot of the catalogue is not sound ({why}); it is fetched again from its beginning"
    )]
    Snapshot {
        /// What was met.
        why: String,
    },
    /// Another import is under way in this program.
    #[error("another import is under way; wait for its end")]
    ImportUnderWay,
    /// The file could not be opened again after a publish; a restart opens it.
    #[error("the catalogue is closed; start the till again")]
    Closed,
}

impl ShopError {
    /// An error of the disk, with the path that was meant.
    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Disk { path, source }
    }

    /// A refused field; the value is cut so that a message stays a message.
    pub(super) fn refused(field: &'static str, value: &str, limit: &'static str) -> Self {
        Self::Refused {
            field,
            value: value.chars().take(200).collect(),
            limit,
        }
    }

    /// Whether the file itself is at fault, so that making it anew helps.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Sql(error) => sql_damage(error),
            Self::Disk { .. }
            | Self::Source { .. }
            | Self::HeaderUnknown { .. }
            | Self::TooLarge { .. }
            | Self::TaxClassUnknown { .. }
            | Self::Refused { .. }
            | Self::Rule { .. }
            | Self::Snapshot { .. }
            | Self::ImportUnderWay
            | Self::Closed => false,
        }
    }
}

impl ShopError {
    /// Whether it is for want of room on the disk.
    pub fn no_room(&self) -> bool {
        match self {
            Self::Sql(error) => crate::error::no_room(error),
            Self::Disk { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Damaged { .. }
            | Self::Source { .. }
            | Self::HeaderUnknown { .. }
            | Self::TooLarge { .. }
            | Self::TaxClassUnknown { .. }
            | Self::Refused { .. }
            | Self::Rule { .. }
            | Self::Snapshot { .. }
            | Self::ImportUnderWay
            | Self::Closed => false,
        }
    }
}

/// Whether SQLite says that the file is not a sound database of ours.
pub(super) fn sql_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseCorrupt | NotADatabase)
    )
}
