//! One key for a till, and one derived key for each thing it seals.
//!
//! Promises: a key leaves memory with its owner and is never printed; knowing one derived key says
//! nothing of another (HMAC-SHA256 over a label).

use hmac::{Hmac, KeyInit, Mac};
use journal::JournalKey;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The till's 32 secret bytes, from the OS key store or its documented fallback.
#[derive(Clone)]
pub struct VaultKey(Zeroizing<[u8; 32]>);

impl VaultKey {
    /// Takes the bytes as the key store gave them.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key of the journal; to read one alone.
    pub fn journal_key(&self) -> JournalKey {
        JournalKey::new(*self.derive("journal"))
    }

    /// The key of `shop.db`.
    pub fn shop_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("shop.db")
    }

    /// What PINs are hashed with besides their salt: without it a stolen disk's four digits are
    /// exhausted in minutes.
    pub fn pin_pepper(&self) -> Zeroizing<[u8; 32]> {
        self.derive("pin pepper")
    }

    pub(crate) fn vault_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("vault.db")
    }

    pub(crate) fn check(&self) -> Zeroizing<[u8; 32]> {
        self.derive("key check")
    }

    pub(crate) fn segment_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("segment")
    }

    fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed_hash(&self.0, &[b"holdfast 1 ", label.as_bytes()]))
    }
}

impl std::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultKey(..)")
    }
}

/// HMAC-SHA256 over the parts, one after the other.
pub(crate) fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the hash's block; done here, it cannot fail.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_has_its_own_key() {
        let key = VaultKey::new([1; 32]);
        let all = [
            key.vault_key(),
            key.shop_key(),
            key.pin_pepper(),
            key.check(),
        ];
        for (nth, one) in all.iter().enumerate() {
            assert!(
                all[nth + 1..].iter().all(|other| other != one),
                "no two derived keys may be the same"
            );
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", VaultKey::new([7; 32])), "VaultKey(..)");
    }
}
