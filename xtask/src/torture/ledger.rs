//! The cloud's tables: a file, or a database on a server of our own. Copied, put back, checked.

use super::disks::copy_file;
use super::postgres::Server;
use crate::shell;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// Asks SQLite itself, without a line of ours; Python brings it along.
const LOOK: &str = "import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";

/// Where the cloud keeps its tables.
pub(crate) enum Ledger {
    /// A file.
    Sqlite { file: PathBuf },
    /// A database.
    Postgres { server: Arc<Server>, name: String },
}

impl Ledger {
    /// A file in this folder.
    pub(crate) fn sqlite(folder: &Path) -> Self {
        let file = folder.join("cloud.db");
        Self::Sqlite { file }
    }

    /// A fresh database.
    pub(crate) fn postgres(server: &Arc<Server>, name: &str) -> Result<Self> {
        server.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(Self::Postgres {
            server: Arc::clone(server),
            name: name.to_owned(),
        })
    }

    /// `--database`.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite:{}", file.display()),
            Self::Postgres { server, name } => server.url(name),
        }
    }

    /// Copies it while nobody serves from it.
    pub(crate) fn copy(&self) -> Result<()> {
        match self {
            Self::Sqlite { file } => {
                for part in parts(file).iter().filter(|part| part.exists()) {
                    copy_file(part, &aside(part))?;
                }
                Ok(())
            }
            Self::Postgres { server, name } => {
                free(server, name)?;
                let copy = format!("CREATE DATABASE {name}_copy TEMPLATE {name}");
                server.sql("postgres", &copy).map(drop)
            }
        }
    }

    /// Puts the copy back.
    pub(crate) fn put_back(&self) -> Result<()> {
        match self {
            Self::Sqlite { file } => {
                for part in parts(file) {
                    if part.exists() {
                        std::fs::remove_file(&part).context("the old tables stay")?;
                    }
                    if aside(&part).exists() {
                        copy_file(&aside(&part), &part)?;
                    }
                }
                Ok(())
            }
            Self::Postgres { server, name } => {
                free(server, name)?;
                let forget = format!("DROP DATABASE {name} WITH (FORCE)");
                server.sql("postgres", &forget)?;
                let again = format!("CREATE DATABASE {name} TEMPLATE {name}_copy");
                server.sql("postgres", &again).map(drop)
            }
        }
    }

    /// Which history of its own the cloud believes to be in.
    pub(crate) fn epoch(&self) -> Result<String> {
        match self {
            Self::Sqlite { file } => look(file, "SELECT hex(cloud_epoch) FROM cloud"),
            Self::Postgres { server, name } => server.sql(name, "SELECT cloud_epoch FROM cloud"),
        }
    }

    /// The store's own full check finds nothing.
    pub(crate) fn is_whole(&self) -> Result<()> {
        match self {
            Self::Sqlite { file } => {
                let said = look(file, "PRAGMA integrity_check")?;
                ensure!(said.trim() == "ok", "the cloud's file is damaged: {said}");
                Ok(())
            }
            Self::Postgres { server, name } => server.is_whole(name),
        }
    }
}

fn look(file: &Path, question: &str) -> Result<String> {
    let mut python = Command::new("python3");
    shell::read(python.args(["-c", LOOK]).arg(file).arg(question))
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            for one in [name.clone(), format!("{name}_copy")] {
                let _ = server.sql(
                    "postgres",
                    &format!("DROP DATABASE IF EXISTS {one} WITH (FORCE)"),
                );
            }
        }
    }
}

/// What a killed cloud's connections still hold is let go before somebody copies.
fn free(server: &Server, name: &str) -> Result<()> {
    let end = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    server.sql("postgres", &end).map(drop)
}

fn parts(file: &Path) -> [PathBuf; 2] {
    ["", "-wal"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}

fn aside(part: &Path) -> PathBuf {
    let mut name = part.as_os_str().to_owned();
    name.push(".copy");
    PathBuf::from(name)
}
