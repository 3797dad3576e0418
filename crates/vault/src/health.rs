//! Room on the disk and whether the vault still takes sales.
//!
//! Disk full is refused *before* a cart is begun, never between paying and the receipt: a reserve
//! file is given up to finish what is open. Free space comes through a port, so that a test can
//! fill a disk without filling one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use journal::Disk;

use crate::error::VaultError;

/// Where the vault stops, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "the unit stands last in every name"
)]
pub struct SpaceLimits {
    /// The reserve file's size: room for some 5,000 more sales once everything else is full.
    pub reserve_bytes: u64,
    /// Less free than this (not counting the reserve): no new cart is begun.
    pub new_cart_bytes: u64,
    /// Less free than this: the reserve is given up to finish the open sale. A megabyte of op
    /// twice, its rows, and the write-ahead log.
    pub open_sale_bytes: u64,
    /// The reserve is made again once this much is free.
    pub refill_bytes: u64,
}

/// The limits in force.
pub const LIMITS: SpaceLimits = SpaceLimits {
    reserve_bytes: 64 * 1024 * 1024,
    new_cart_bytes: 64 * 1024 * 1024,
    open_sale_bytes: 16 * 1024 * 1024,
    refill_bytes: 256 * 1024 * 1024,
};

/// Where free space comes from.
pub trait FreeSpace: Send + Sync {
    /// Bytes this process may still write in `dir`; `None` if the system does not say.
    fn free_bytes(&self, dir: &Path) -> Option<u64>;
}

/// The operating system's own answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatFs;

impl FreeSpace for StatFs {
    #[cfg(unix)]
    fn free_bytes(&self, dir: &Path) -> Option<u64> {
        let stat = rustix::fs::statvfs(dir).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _dir: &Path) -> Option<u64> {
        None
    }
}

/// Whether and how safely the vault takes sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Bytes free where the vault lies (the lesser of vault and journal); `None`: unknown.
    pub free_bytes: Option<u64>,
    /// Whether the reserve file is there.
    pub reserve_kept: bool,
    /// Whether a new cart may be begun.
    pub takes_new_carts: bool,
    /// The failure after which nothing more is written until a restart, in words.
    pub poisoned: Option<String>,
}

/// Watches the room of one vault. Shared between the writer and those who ask.
pub(crate) struct Room {
    disk: Arc<dyn Disk>,
    dirs: Vec<PathBuf>,
    reserve: PathBuf,
    suspect: PathBuf,
    space: Arc<dyn FreeSpace>,
    reserve_kept: AtomicBool,
    poisoned: Mutex<Option<String>>,
}

impl Room {
    /// `suspect` is the mark that makes the next start look at every row.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        dirs: Vec<PathBuf>,
        reserve: PathBuf,
        suspect: PathBuf,
        space: Arc<dyn FreeSpace>,
    ) -> Self {
        let kept = disk.exists(&reserve);
        Self {
            disk,
            dirs,
            reserve,
            suspect,
            space,
            reserve_kept: AtomicBool::new(kept),
            poisoned: Mutex::new(None),
        }
    }

    pub(crate) fn health(&self) -> Health {
        let free_bytes = self.free();
        let poisoned = self.poisoned();
        Health {
            free_bytes,
            reserve_kept: self.reserve_kept.load(Ordering::Relaxed),
            takes_new_carts: poisoned.is_none()
                && free_bytes.is_none_or(|free| free >= LIMITS.new_cart_bytes),
            poisoned,
        }
    }

    fn free(&self) -> Option<u64> {
        let each = self.dirs.iter().map(|dir| self.space.free_bytes(dir));
        each.flatten().min()
    }

    pub(crate) fn poisoned(&self) -> Option<String> {
        let guard = self.poisoned.lock().unwrap_or_else(PoisonError::into_inner);
        guard.clone()
    }

    /// Stops taking anything and asks the next start to look at every row. The first failure stays;
    /// later ones only follow from it.
    pub(crate) fn poison(&self, words: &str) {
        tracing::error!(words, "the vault stops taking sales");
        let mut guard = self.poisoned.lock().unwrap_or_else(PoisonError::into_inner);
        guard.get_or_insert_with(|| words.to_owned());
        if let Err(error) = self.disk.write(&self.suspect, words.as_bytes()) {
            tracing::warn!(%error, "the mark for a full check could not be left");
        }
    }

    /// Refuses a new cart on a disk that might not hold its sale.
    pub(crate) fn for_new_cart(&self) -> Result<(), VaultError> {
        match self.free() {
            Some(free) if free < LIMITS.new_cart_bytes => Err(VaultError::DiskFull {
                free_bytes: free,
                needed_bytes: LIMITS.new_cart_bytes,
            }),
            _ => Ok(()),
        }
    }

    /// Before an op: refuses if there is not enough room even with the reserve given up.
    pub(crate) fn for_op(&self) -> Result<(), VaultError> {
        match self.free() {
            Some(free) if free < LIMITS.open_sale_bytes => Err(VaultError::DiskFull {
                free_bytes: free,
                needed_bytes: LIMITS.open_sale_bytes,
            }),
            _ => Ok(()),
        }
    }

    /// Frees the reserve when room is short, so that what is open can be finished.
    pub(crate) fn give_up_reserve_if_short(&self) {
        let short = self
            .free()
            .is_some_and(|free| free < LIMITS.open_sale_bytes);
        if short
            && self.reserve_kept.swap(false, Ordering::Relaxed)
            && let Err(error) = self.disk.remove(&self.reserve)
        {
            tracing::warn!(%error, "the reserve file could not be removed");
        }
    }

    /// Makes the reserve file if there is room to spare. No sale depends on it being made now.
    pub(crate) fn keep_reserve(&self) {
        let plenty = self.free().is_none_or(|free| free >= LIMITS.refill_bytes);
        if !plenty || self.reserve_kept.load(Ordering::Relaxed) {
            return;
        }
        match self.disk.reserve(&self.reserve, LIMITS.reserve_bytes) {
            Ok(()) => self.reserve_kept.store(true, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the reserve file could not be made"),
        }
    }
}
