//! One process per vault, held by a lock of the operating system that ends with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::VaultError;

/// Held for as long as the vault is open.
#[derive(Debug)]
pub(crate) struct VaultLock(#[expect(dead_code, reason = "dropping it releases the lock")] File);

impl VaultLock {
    /// Takes the lock or says who has it.
    pub(crate) fn take(dir: &Path) -> Result<Self, VaultError> {
        let path = dir.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| VaultError::io(&path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(VaultError::InUse {
                    pid: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(VaultError::io(&path, source)),
        }
        // Who holds it is for the message alone; failing to write it is no reason not to sell.
        let _ = write_pid(&mut file);
        Ok(Self(file))
    }
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
