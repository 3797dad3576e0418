//! The journal's key: 32 secret bytes that leave memory with their owner and are never printed.

use zeroize::Zeroizing;

/// The key under which every record of one journal is sealed. Derived by the vault; never stored.
#[derive(Clone)]
pub struct JournalKey(Zeroizing<[u8; 32]>);

impl JournalKey {
    /// Takes 32 bytes of key material (already derived for the journal alone).
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JournalKey(..)")
    }
}
