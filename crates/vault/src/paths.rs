//! Where everything of a vault lies, and how files are set aside and put in place.
//!
//! Promises: nothing is removed but a rebuild that never finished; what is moved aside is made
//! read-only; a rebuilt vault gets the name only when it is whole and flushed.

use std::path::{Path, PathBuf};

use crate::error::VaultError;
use crate::vault::OpenVault;

/// Where everything lies.
pub(crate) struct Paths {
    pub(crate) dir: PathBuf,
    pub(crate) vault: PathBuf,
    /// A vault being rebuilt.
    pub(crate) fresh: PathBuf,
    /// A rebuilt vault that is whole and has yet to take its place.
    pub(crate) ready: PathBuf,
    pub(crate) journal: PathBuf,
    /// Left when the disk failed: the next start looks at every row.
    pub(crate) suspect: PathBuf,
    stamp: i64,
}

impl Paths {
    pub(crate) fn of(settings: &OpenVault) -> Self {
        let dir = settings.dir.clone();
        let journal_dir = settings.journal_dir.as_ref().unwrap_or(&settings.dir);
        Self {
            vault: dir.join("vault.db"),
            fresh: dir.join("vault.db.new"),
            ready: dir.join("vault.db.ready"),
            journal: journal_dir.join("critical.journal"),
            suspect: dir.join("suspect"),
            stamp: settings.clock.wall_ms(),
            dir,
        }
    }

    /// A free name in `quarantine/`.
    pub(crate) fn aside(&self, name: &str) -> Result<PathBuf, VaultError> {
        let dir = self.dir.join("quarantine");
        std::fs::create_dir_all(&dir).map_err(|source| VaultError::io(&dir, source))?;
        let free = (0_u32..).map(|nth| dir.join(format!("{}-{nth}-{name}", self.stamp)));
        let mut free = free.filter(|path| !path.exists());
        Ok(free.next().unwrap_or_else(|| dir.join(name)))
    }

    /// A rebuild that did not finish left nothing that is not elsewhere.
    pub(crate) fn remove_unfinished(&self) -> Result<(), VaultError> {
        for suffix in ["", "-wal", "-shm"] {
            remove_if_there(&with_suffix(&self.fresh, suffix))?;
        }
        Ok(())
    }

    /// The rebuilt file is whole and flushed: from here on it counts.
    pub(crate) fn mark_ready(&self) -> Result<(), VaultError> {
        let flushed = std::fs::File::open(&self.fresh).and_then(|file| file.sync_all());
        flushed
            .and_then(|()| std::fs::rename(&self.fresh, &self.ready))
            .and_then(|()| journal::flush_folder_of(&self.ready))
            .map_err(|source| VaultError::io(&self.ready, source))?;
        self.remove_unfinished()
    }

    /// Moves the old vault aside and the rebuilt one into its place; what was moved.
    pub(crate) fn take_place(&self) -> Result<Vec<PathBuf>, VaultError> {
        let mut moved = Vec::new();
        if !self.ready.exists() {
            return Ok(moved);
        }
        if self.vault.exists() {
            let aside = self.aside("vault.db")?;
            for suffix in ["", "-wal", "-shm"] {
                let from = with_suffix(&self.vault, suffix);
                let to = with_suffix(&aside, suffix);
                if from.exists() {
                    std::fs::rename(&from, &to).map_err(|source| VaultError::io(&from, source))?;
                    Self::make_read_only(&to);
                    moved.push(to);
                }
            }
        }
        std::fs::rename(&self.ready, &self.vault)
            .and_then(|()| journal::flush_folder_of(&self.vault))
            .map_err(|source| VaultError::io(&self.vault, source))?;
        Ok(moved)
    }

    /// What is set aside is evidence; failing to protect it is no reason not to sell.
    pub(crate) fn make_read_only(path: &Path) {
        let made = std::fs::metadata(path).and_then(|meta| {
            let mut rights = meta.permissions();
            rights.set_readonly(true);
            std::fs::set_permissions(path, rights)
        });
        if let Err(error) = made {
            tracing::warn!(%error, path = %path.display(), "could not be made read-only");
        }
    }
}

/// Whether a till has been here: any of the files that hold its facts.
#[must_use]
pub fn is_here(dir: &Path) -> bool {
    ["vault.db", "vault.db.ready", "critical.journal"]
        .iter()
        .any(|name| dir.join(name).exists())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(crate) fn remove_if_there(path: &Path) -> Result<(), VaultError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(VaultError::io(path, error))
        }
        _ => Ok(()),
    }
}
