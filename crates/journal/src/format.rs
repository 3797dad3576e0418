//! The bytes on the disk: a header, then sealed records one after the other, then zeros.
//!
//! ```text
//! header  magic(8) | format u32 | till(16) | file id(16) | key proof(16) | crc32c u32     (64 bytes)
//! record  len u32  | crc32c u32 | nonce(24) ‖ XChaCha20-Poly1305(entry)     len counts nonce and ciphertext
//! ```
//! All numbers little-endian. The CRC covers the stored bytes and tells a torn record from a whole
//! one without the key; the AEAD's associated data is the file id and the record's offset, so that
//! a record moved to another place or another file does not open. Nonces are random: a place may be
//! written twice (after a torn tail was cut) and must not repeat one.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use crate::entry::{Entry, MAX_ENTRY_BYTES};
use crate::error::JournalError;
use crate::key::JournalKey;

/// Newest format this program reads and the one it writes.
pub(crate) const FORMAT: u32 = 1;
/// Bytes of the header.
pub(crate) const HEADER_LEN: u64 = 64;
/// Bytes before each record's sealed part.
pub(crate) const RECORD_HEAD: usize = 8;
const MAGIC: [u8; 8] = *b"HOLDFJNL";
const NONCE: usize = 24;
const TAG: usize = 16;
/// The longest sealed part a record may have.
pub(crate) const MAX_SEALED: usize = MAX_ENTRY_BYTES + NONCE + TAG;
/// The shortest: a nonce, a tag and one byte.
pub(crate) const MIN_SEALED: usize = NONCE + TAG + 1;

/// What the header said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) till: Uuid,
    pub(crate) file_id: [u8; 16],
}

/// Why a header did not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderRefused {
    NotOurs,
    WrongKey,
    Newer(u32),
}

/// Seals and opens the records of one file.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    file_id: [u8; 16],
}

impl Header {
    pub(crate) fn encode(&self, key: &JournalKey) -> [u8; 64] {
        let mut out = [0_u8; 64];
        out[..8].copy_from_slice(&MAGIC);
        out[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        out[12..28].copy_from_slice(self.till.as_bytes());
        out[28..44].copy_from_slice(&self.file_id);
        let proof = key_proof(&out[..44], key);
        out[44..60].copy_from_slice(&proof);
        let crc = crc32c::crc32c(&out[..60]);
        out[60..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8], key: &JournalKey) -> Result<Self, HeaderRefused> {
        let bytes: &[u8; 64] = bytes.try_into().map_err(|_| HeaderRefused::NotOurs)?;
        let crc = u32::from_le_bytes([bytes[60], bytes[61], bytes[62], bytes[63]]);
        if bytes[..8] != MAGIC || crc32c::crc32c(&bytes[..60]) != crc {
            return Err(HeaderRefused::NotOurs);
        }
        let format = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        if format > FORMAT {
            return Err(HeaderRefused::Newer(format));
        }
        if bytes[44..60] != key_proof(&bytes[..44], key) {
            return Err(HeaderRefused::WrongKey);
        }
        let mut till = [0_u8; 16];
        till.copy_from_slice(&bytes[12..28]);
        let mut file_id = [0_u8; 16];
        file_id.copy_from_slice(&bytes[28..44]);
        Ok(Self {
            till: Uuid::from_bytes(till),
            file_id,
        })
    }
}

/// The tag of an empty message over the header's first part: tells a wrong key from damage.
fn key_proof(header: &[u8], key: &JournalKey) -> [u8; 16] {
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    let mut nonce = [0_u8; NONCE];
    nonce[..16].copy_from_slice(&header[28..44]);
    let mut proof = [0_u8; 16];
    let payload = Payload {
        msg: b"",
        aad: header,
    };
    if let Ok(tag) = cipher.encrypt(&XNonce::from(nonce), payload) {
        proof.copy_from_slice(&tag[..16]);
    }
    proof
}

impl Sealer {
    pub(crate) fn new(key: &JournalKey, file_id: [u8; 16]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.bytes().into()),
            file_id,
        }
    }

    /// Appends the record of `entry`, which will lie at `offset`, to `out`.
    pub(crate) fn seal(
        &self,
        entry: &Entry,
        offset: u64,
        nonce: [u8; 24],
        out: &mut Vec<u8>,
    ) -> Result<(), JournalError> {
        let mut plain = Vec::new();
        entry.encode(&mut plain);
        if plain.len() > MAX_ENTRY_BYTES {
            return Err(JournalError::EntryTooLarge {
                found: plain.len(),
                limit: MAX_ENTRY_BYTES,
            });
        }
        let payload = Payload {
            msg: &plain,
            aad: &self.associated(offset),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| JournalError::Seal)?;
        let len = u32::try_from(NONCE + sealed.len()).map_err(|_| JournalError::Seal)?;
        let crc = crc32c::crc32c_append(crc32c::crc32c(&nonce), &sealed);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(())
    }

    /// Opens a sealed part that lay at `offset`; `None` if it is not what was written there.
    pub(crate) fn open(&self, sealed: &[u8], crc: u32, offset: u64) -> Option<Entry> {
        if crc32c::crc32c(sealed) != crc {
            return None;
        }
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: ciphertext,
            aad: &self.associated(offset),
        };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        Entry::decode(&plain)
    }

    fn associated(&self, offset: u64) -> [u8; 24] {
        let mut aad = [0_u8; 24];
        aad[..16].copy_from_slice(&self.file_id);
        aad[16..].copy_from_slice(&offset.to_le_bytes());
        aad
    }
}

/// A record's two head numbers: length of the sealed part and its CRC.
pub(crate) fn record_head(bytes: [u8; RECORD_HEAD]) -> (usize, u32) {
    let len = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let crc = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    (usize::try_from(len).unwrap_or(usize::MAX), crc)
}
