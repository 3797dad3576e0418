//! The text of a cursor: how far a till is, signed.
//!
//! A cursor is the till's own note; it opens nothing that its credential does not. It is signed so
//! that a till cannot skip rows by mistake: one of another epoch, another branch or another scope,
//! and one that was changed on the way, are no cursors here, and all of them have one cure, to
//! begin with a snapshot.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use protocol::pull::PullScope;
use sha2::Sha256;
use uuid::Uuid;

use crate::store::pull::{Place, Reached};

/// The form written here.
const FORM: u8 = 1;
/// Bytes of the signature: half of SHA-256 is beyond guessing.
const SEAL_BYTES: usize = 16;
/// Form, flags, rv, held, rank.
const FIXED_BYTES: usize = 1 + 1 + 8 + 8 + 1;
const FRESH: u8 = 1;

/// What a cursor belongs to besides what it says.
#[derive(Debug, Clone, Copy)]
pub(in crate::routes) struct Belongs {
    pub(in crate::routes) cloud_epoch: Uuid,
    pub(in crate::routes) tenant: Uuid,
    /// `None`: the catalogue that all branches share.
    pub(in crate::routes) branch: Option<Uuid>,
    pub(in crate::routes) scope: PullScope,
}

impl Belongs {
    fn seal(&self, key: &[u8; 32], note: &[u8]) -> Option<Hmac<Sha256>> {
        let mut seal = Hmac::<Sha256>::new_from_slice(key).ok()?;
        seal.update(b"holdfast cursor");
        seal.update(self.cloud_epoch.as_bytes());
        seal.update(self.tenant.as_bytes());
        seal.update(self.branch.unwrap_or_default().as_bytes());
        seal.update(self.scope.as_str().as_bytes());
        seal.update(note);
        Some(seal)
    }
}

/// The cursor of a till that is so far.
pub(in crate::routes) fn write(key: &[u8; 32], belongs: &Belongs, reached: &Reached) -> String {
    let mut note = vec![FORM, if reached.fresh { FRESH } else { 0 }];
    note.extend_from_slice(&reached.place.rv.to_be_bytes());
    note.extend_from_slice(&reached.held.to_be_bytes());
    note.push(reached.place.rank);
    note.extend_from_slice(&reached.place.key);
    // HMAC takes a key of any length, so there is always a seal.
    if let Some(seal) = belongs.seal(key, &note) {
        note.extend_from_slice(&seal.finalize().into_bytes()[..SEAL_BYTES]);
    }
    URL_SAFE_NO_PAD.encode(note)
}

/// How far the till is; `None` if this is no cursor of ours for what it should belong to.
pub(in crate::routes) fn read(key: &[u8; 32], belongs: &Belongs, text: &str) -> Option<Reached> {
    let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (note, seal) = whole.split_at_checked(whole.len().checked_sub(SEAL_BYTES)?)?;
    belongs.seal(key, note)?.verify_truncated_left(seal).ok()?;
    let (fixed, row_key) = note.split_at_checked(FIXED_BYTES)?;
    let number = |from: usize| {
        Some(u64::from_be_bytes(
            fixed.get(from..from + 8)?.try_into().ok()?,
        ))
    };
    if fixed.first() != Some(&FORM) {
        return None;
    }
    Some(Reached {
        place: Place {
            rv: number(2)?,
            rank: *fixed.last()?,
            key: row_key.to_vec(),
        },
        held: number(10)?,
        fresh: fixed.get(1) == Some(&FRESH),
        shared: belongs.branch.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn belongs() -> Belongs {
        Belongs {
            cloud_epoch: Uuid::from_u128(1),
            tenant: Uuid::from_u128(2),
            branch: Some(Uuid::from_u128(3)),
            scope: PullScope::Stock,
        }
    }

    fn reached() -> Reached {
        Reached {
            place: Place {
                rv: u64::MAX - 1,
                rank: 3,
                key: b"caf\xc3\xa9".to_vec(),
            },
            held: 17,
            fresh: true,
            shared: false,
        }
    }

    #[test]
    fn a_cursor_reads_back_and_is_made_of_letters_that_a_query_carries_as_they_are() {
        let text = write(&KEY, &belongs(), &reached());
        assert_eq!(read(&KEY, &belongs(), &text), Some(reached()));
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        assert!(text.chars().all(plain), "{text} needs no escaping");
    }

    #[test]
    fn a_cursor_of_anything_else_is_none() {
        let text = write(&KEY, &belongs(), &reached());
        let other = Some(Uuid::from_u128(9));
        for (wrong, why) in [
            (
                Belongs {
                    cloud_epoch: Uuid::nil(),
                    ..belongs()
                },
                "epoch",
            ),
            (
                Belongs {
                    tenant: Uuid::nil(),
                    ..belongs()
                },
                "tenant",
            ),
            (
                Belongs {
                    branch: other,
                    ..belongs()
                },
                "branch",
            ),
            (
                Belongs {
                    branch: None,
                    ..belongs()
                },
                "all branches",
            ),
            (
                Belongs {
                    scope: PullScope::Config,
                    ..belongs()
                },
                "scope",
            ),
        ] {
            assert_eq!(read(&KEY, &wrong, &text), None, "another {why}");
        }
        assert_eq!(read(&[8; 32], &belongs(), &text), None, "another key");
    }

    #[test]
    fn a_cursor_with_any_letter_changed_or_missing_is_none() {
        let text = write(&KEY, &belongs(), &reached());
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let read = read(&KEY, &belongs(), &changed);
            assert_eq!(read, None, "letter {at} changed: {changed}");
        }
        for text in ["", "A", "AAAA", &text[1..], &text[..text.len() - 1], "%00"] {
            assert_eq!(read(&KEY, &belongs(), text), None, "{text:?}");
        }
    }
}
