//! Where everything of a vault lies, and how files are set aside and put in place.
//!
//! Promises: nothing is removed but a rebuild that never finished; what is moved aside is made
//! read-only; a rebuilt vault gets the name only when it is whole and flushed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::Disk;

use crate::error::VaultError;
use crate::vault::OpenVault;

/// Where everything lies.
pub(crate) struct Paths {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) vault: PathBuf,
    /// A vault being rebuilt.
    pub(crate) fresh: PathBuf,
    /// A rebuilt vault that is whole and has yet to take its place.
    pub(crate) ready: PathBuf,
    pub(crate) journal: PathBuf,
    /// Left when the disk failed: the next start looks at every row.
    pub(crate) suspect: PathBuf,
    /// Left by each start: which key opened this vault.
    pub(crate) key_check: PathBuf,
    stamp: i64,
}

impl Paths {
    pub(crate) fn of(settings: &OpenVault) -> Self {
        let dir = settings.dir.clone();
        let journal_dir = settings.journal_dir.as_ref().unwrap_or(&settings.dir);
        Self {
            disk: Arc::clone(&settings.disk),
            vault: dir.join("vault.db"),
            fresh: dir.join("vault.db.new"),
            ready: dir.join("vault.db.ready"),
            journal: journal_dir.join("critical.journal"),
            suspect: dir.join("suspect"),
            key_check: dir.join("key.check"),
            stamp: settings.clock.wall_ms(),
            dir,
        }
    }

    /// A free name in `quarantine/`.
    pub(crate) fn aside(&self, name: &str) -> Result<PathBuf, VaultError> {
        let dir = self.dir.join("quarantine");
        self.disk
            .make_folder(&dir)
            .map_err(|source| VaultError::io(&dir, source))?;
        let free = (0_u32..).map(|nth| dir.join(format!("{}-{nth}-{name}", self.stamp)));
        let mut free = free.filter(|path| !self.disk.exists(path));
        Ok(free.next().unwrap_or_else(|| dir.join(name)))
    }

    /// A rebuild that did not finish left nothing that is not elsewhere.
    pub(crate) fn remove_unfinished(&self) -> Result<(), VaultError> {
        for suffix in ["", "-wal", "-shm"] {
            remove_if_there(self.disk.as_ref(), &with_suffix(&self.fresh, suffix))?;
        }
        Ok(())
    }

    /// The rebuilt file is whole and flushed: from here on it counts.
    pub(crate) fn mark_ready(&self) -> Result<(), VaultError> {
        self.disk
            .flush(&self.fresh)
            .and_then(|()| self.disk.rename(&self.fresh, &self.ready))
            .and_then(|()| self.disk.flush_folder_of(&self.ready))
            .map_err(|source| VaultError::io(&self.ready, source))?;
        self.remove_unfinished()
    }

    /// Moves the old vault aside and the rebuilt one into its place; what was moved.
    pub(crate) fn take_place(&self) -> Result<Vec<PathBuf>, VaultError> {
        let mut moved = Vec::new();
        if !self.disk.exists(&self.ready) {
            return Ok(moved);
        }
        if self.disk.exists(&self.vault) {
            let aside = self.aside("vault.db")?;
            for suffix in ["", "-wal", "-shm"] {
                let from = with_suffix(&self.vault, suffix);
                let to = with_suffix(&aside, suffix);
                if self.disk.exists(&from) {
                    self.disk
                        .rename(&from, &to)
                        .map_err(|source| VaultError::io(&from, source))?;
                    self.make_read_only(&to);
                    moved.push(to);
                }
            }
            // Between two folders: the new name must last before the old one may go.
            self.disk
                .flush_folder_of(&aside)
                .map_err(|source| VaultError::io(&aside, source))?;
        }
        self.disk
            .rename(&self.ready, &self.vault)
            .and_then(|()| self.disk.flush_folder_of(&self.vault))
            .map_err(|source| VaultError::io(&self.vault, source))?;
        Ok(moved)
    }

    /// What is set aside is evidence; failing to protect it is no reason not to sell.
    pub(crate) fn make_read_only(&self, path: &Path) {
        if let Err(error) = self.disk.make_read_only(path) {
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

pub(crate) fn remove_if_there(disk: &dyn Disk, path: &Path) -> Result<(), VaultError> {
    match disk.remove(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(VaultError::io(path, error))
        }
        _ => Ok(()),
    }
}
