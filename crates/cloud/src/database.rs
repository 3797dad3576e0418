//! Where the cloud keeps its tables: the `--database` argument as a value.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The database a process serves from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded store: one file (and its `-wal`), one serving process.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its URL: any number of serving processes. The URL may hold a
    /// password and is never shown whole.
    Postgres(String),
}

/// The argument named no database that this program can open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--database must be sqlite:PATH or postgres://USER@HOST/NAME, got {found:?}")]
pub struct DatabaseUnknown {
    /// The argument's scheme, as far as it has one: what follows may hold a password.
    pub found: String,
}

impl FromStr for Database {
    type Err = DatabaseUnknown;

    fn from_str(text: &str) -> Result<Self, DatabaseUnknown> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            // "sqlite://path" is how other programs write it; the slashes are no part of the path.
            Some(path) => match path.strip_prefix("//").unwrap_or(path) {
                "" => Err(DatabaseUnknown {
                    found: scheme(text),
                }),
                path => Ok(Self::Sqlite(path.into())),
            },
            None => Err(DatabaseUnknown {
                found: scheme(text),
            }),
        }
    }
}

fn scheme(text: &str) -> String {
    let end = text.find(':').map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or_default().to_owned()
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("the PostgreSQL database"),
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
            "--database must be sqlite:PATH or postgres://USER@HOST/NAME, got \"mysql:\"",
            "what may be a password is not repeated"
        );
    }
}
