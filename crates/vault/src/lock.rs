//! One process per vault, held by a lock of the operating system that ends with the process.

use std::path::Path;

use journal::{Disk, Held, Locked};

use crate::error::VaultError;

/// Held for as long as the vault is open.
pub(crate) struct VaultLock(#[expect(dead_code, reason = "dropping it releases the lock")] Held);

impl VaultLock {
    /// Takes the lock or says who has it.
    pub(crate) fn take(disk: &dyn Disk, dir: &Path) -> Result<Self, VaultError> {
        let path = dir.join("lock");
        match disk.lock(&path) {
            Ok(Locked::Ours(held)) => Ok(Self(held)),
            Ok(Locked::Taken(pid)) => Err(VaultError::InUse { pid }),
            Err(source) => Err(VaultError::io(&path, source)),
        }
    }
}
