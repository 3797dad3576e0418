//! Where the till's secrets lie: the vault's key and the till's signing key.
//!
//! Owns the choice between the operating system's key store and its documented fallback, a key
//! file of mode 0600 beside the vault, for a till that has no key store (no desktop session, a
//! kiosk). Which one is in use is told by `doctor` and never changes silently: once a till keeps
//! its secrets in one place, that place is the only one read.
//!
//! Never does: derive keys (the vault does), log a secret, overwrite one that is there.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use protocol::ports::Entropy;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{AppError, Code};

const FILE_NAME: &str = "till.key";
const MARK_NAME: &str = "key-store";
const SERVICE: &str = "app.holdfast.till";

/// The till's two secrets.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct TillKeys {
    /// Encrypts vault and journal; peppers PINs.
    #[serde(with = "hex::serde")]
    pub vault: [u8; 32],
    /// The Ed25519 seed that the till signs with.
    #[serde(with = "hex::serde")]
    pub signing: [u8; 32],
}

/// Where the secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// The operating system's key store.
    KeyStore,
    /// The key file; weaker: whoever reads the disk reads the vault.
    File,
}

impl KeyPlace {
    /// For `doctor`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::KeyStore => "in the operating system's key store",
            Self::File => {
                "in a key file beside the vault (mode 0600): whoever can read this disk can read \
                 the vault; sign in to a desktop session with a key store to do better"
            }
        }
    }
}

/// Reads the till's secrets, or makes them for a till that has none yet.
pub fn open(dir: &Path, entropy: &dyn Entropy) -> Result<(TillKeys, KeyPlace), AppError> {
    let file = dir.join(FILE_NAME);
    if file.exists() {
        return Ok((read_file(&file)?, KeyPlace::File));
    }
    if let Some(account) = marked_account(dir)? {
        return Ok((read_store(&account)?, KeyPlace::KeyStore));
    }
    if vault::is_here(dir) {
        return Err(AppError::new(
            Code::KeyMissing,
            format!(
                "the vault in {} is there but its key is not: put {FILE_NAME} back beside it, or \
                 sign in as the user who set this till up; nothing was changed",
                dir.display()
            ),
        ));
    }
    let mut keys = TillKeys {
        vault: [0; 32],
        signing: [0; 32],
    };
    entropy.fill(&mut keys.vault);
    entropy.fill(&mut keys.signing);
    let place = keep(dir, &file, &keys, entropy)?;
    Ok((keys, place))
}

fn keep(
    dir: &Path,
    file: &Path,
    keys: &TillKeys,
    entropy: &dyn Entropy,
) -> Result<KeyPlace, AppError> {
    let mut name = [0_u8; 8];
    entropy.fill(&mut name);
    let account = format!("till-{}", hex::encode(name));
    if write_store(&account, keys) {
        write_private(&dir.join(MARK_NAME), account.as_bytes())?;
        return Ok(KeyPlace::KeyStore);
    }
    tracing::warn!("no key store here: the till's keys are kept in {FILE_NAME} (mode 0600)");
    let text = serde_json::to_vec(keys).map_err(|error| unwritable(file, &error))?;
    write_private(file, &text)?;
    Ok(KeyPlace::File)
}

fn marked_account(dir: &Path) -> Result<Option<String>, AppError> {
    let mark: PathBuf = dir.join(MARK_NAME);
    match fs::read_to_string(&mark) {
        Ok(account) => Ok(Some(account.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&mark, &error)),
    }
}

fn read_file(file: &Path) -> Result<TillKeys, AppError> {
    let mode = fs::metadata(file)
        .map_err(|error| unreadable(file, &error))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(AppError::new(
            Code::KeyMissing,
            format!(
                "{} can be read by others (mode {:o}): set it to 600 (chmod 600) and start again",
                file.display(),
                mode & 0o777
            ),
        ));
    }
    let text = fs::read(file).map_err(|error| unreadable(file, &error))?;
    serde_json::from_slice(&text).map_err(|error| unreadable(file, &error))
}

fn read_store(account: &str) -> Result<TillKeys, AppError> {
    let missing = |error: &dyn std::fmt::Display| {
        AppError::new(
            Code::KeyMissing,
            format!(
                "the key store did not give the till's key ({error}): unlock it by signing in as \
                 the user who set this till up, then start again; nothing was changed"
            ),
        )
    };
    let entry = keyring::Entry::new(SERVICE, account).map_err(|error| missing(&error))?;
    let secret = entry.get_secret().map_err(|error| missing(&error))?;
    serde_json::from_slice(&secret).map_err(|error| missing(&error))
}

/// Whether the key store took the secrets and gives them back.
fn write_store(account: &str, keys: &TillKeys) -> bool {
    let Ok(text) = serde_json::to_vec(keys) else {
        return false;
    };
    let Ok(entry) = keyring::Entry::new(SERVICE, account) else {
        return false;
    };
    entry.set_secret(&text).is_ok() && entry.get_secret().is_ok_and(|back| back == text)
}

/// Writes a file that only its owner can read, flushed, and refuses to replace one.
fn write_private(path: &Path, text: &[u8]) -> Result<(), AppError> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()));
    written.map_err(|error| unwritable(path, &error))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> AppError {
    AppError::new(
        Code::KeyMissing,
        format!("{} cannot be read: {error}", path.display()),
    )
}

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> AppError {
    AppError::new(
        Code::ReadOnly,
        format!(
            "{} cannot be written: {error}; give this program a folder it may write to",
            path.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::OsEntropy;

    #[test]
    fn a_key_file_is_private_and_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let keys = TillKeys {
            vault: [1; 32],
            signing: [2; 32],
        };
        let file = dir.path().join(FILE_NAME);
        write_private(&file, &serde_json::to_vec(&keys).unwrap()).unwrap();
        let (back, place) = open(dir.path(), &OsEntropy).unwrap();
        assert_eq!(
            (back.vault, place),
            (keys.vault, KeyPlace::File),
            "the same key comes back"
        );
        assert!(
            write_private(&file, b"x").is_err(),
            "a key is never overwritten"
        );
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE_NAME);
        write_private(&file, b"{}").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = open(dir.path(), &OsEntropy).err().expect("0644 is refused");
        assert!(
            refused.detail.contains("chmod 600"),
            "it says what to do: {}",
            refused.detail
        );
    }

    #[test]
    fn a_vault_without_its_key_is_never_given_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("vault.db"), b"x").unwrap();
        let refused = open(dir.path(), &OsEntropy)
            .err()
            .expect("no key, no vault");
        assert_eq!(refused.code, Code::KeyMissing);
        assert!(!dir.path().join(FILE_NAME).exists(), "nothing was made");
    }
}
