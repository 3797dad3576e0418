//! Where the cloud keeps its tables: the `--database` argument as a value.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The database a process serves from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded store: one file (and its `-wal`), one serving process.
    Sqlite(PathBuf),
}

/// The argument named no database that this program can open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--database must be sqlite:PATH, got {found:?}")]
pub struct DatabaseUnknown {
    /// The argument as given.
    pub found: String,
}

impl FromStr for Database {
    type Err = DatabaseUnknown;

    fn from_str(text: &str) -> Result<Self, DatabaseUnknown> {
        match text.strip_prefix("sqlite:") {
            // "sqlite://path" is how other programs write it; the slashes are no part of the path.
            Some(path) => match path.strip_prefix("//").unwrap_or(path) {
                "" => Err(DatabaseUnknown { found: text.into() }),
                path => Ok(Self::Sqlite(path.into())),
            },
            None => Err(DatabaseUnknown { found: text.into() }),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_with_and_without_slashes() {
        for (text, path) in [
            ("sqlite:cloud.db", "cloud.db"),
            ("sqlite:/var/cloud.db", "/var/cloud.db"),
            ("sqlite:///var/cloud.db", "/var/cloud.db"),
        ] {
            assert_eq!(text.parse(), Ok(Database::Sqlite(path.into())), "{text}");
        }
    }

    #[test]
    fn an_unknown_scheme_is_refused_with_its_own_words() {
        let refused = "mysql://x".parse::<Database>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "--database must be sqlite:PATH, got \"mysql://x\""
        );
    }
}
