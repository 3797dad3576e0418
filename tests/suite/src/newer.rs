//! A vault as a later program would leave it.

use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Marks the vault in `dir` as upgraded by a later program; its file.
pub fn newer_vault(dir: &Path, key: [u8; 32]) -> PathBuf {
    let mut derive = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
    derive.update(b"holdfast 1 vault.db");
    let key = hex::encode(derive.finalize().into_bytes());
    let file = dir.join("vault.db");
    let database = rusqlite::Connection::open(&file).expect("the file opens");
    database
        .execute_batch(&format!(
            "PRAGMA key = \"x'{key}'\";
             INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             VALUES (99, 'later', '', '');
             PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .expect("the vault's own key opens it");
    file
}
