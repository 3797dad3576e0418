//! The till of EXAMPLE.md: its keys, its chain, its ops.

use ed25519_dalek::SigningKey;
use protocol::TillIdentity;
use uuid::Uuid;

use crate::room::Till;

const EXAMPLE: &str = include_str!("../../../protocol/EXAMPLE.md");

/// Its secret and its public key.
pub(crate) fn keys() -> (SigningKey, [u8; 32]) {
    let secret = SigningKey::from_bytes(&[7; 32]);
    let public = secret.verifying_key().to_bytes();
    (secret, public)
}

/// Who it is.
pub(crate) fn identity() -> TillIdentity {
    let id = |last: u128| Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + last);
    TillIdentity {
        tenant: id(1),
        branch: id(2),
        till: id(3),
        genesis_tenant: id(1),
        genesis_branch: id(2),
        public_key: keys().1,
    }
}

/// What EXAMPLE.md says under a heading.
pub(crate) fn example(heading: &str) -> &'static str {
    let mut lines = EXAMPLE.lines().skip_while(|line| *line != heading);
    lines.nth(1).map_or("", str::trim)
}

/// A till that nobody knows yet; a number tells it from others.
pub(crate) fn fresh(number: u64) -> Till {
    let mut secret = [9; 32];
    secret[..8].copy_from_slice(&number.to_le_bytes());
    let secret = SigningKey::from_bytes(&secret);
    let id = |kind: u128| Uuid::from_u128(kind << 64 | u128::from(number));
    let identity = TillIdentity {
        tenant: id(1),
        branch: id(2),
        till: id(3),
        genesis_tenant: id(1),
        genesis_branch: id(2),
        public_key: secret.verifying_key().to_bytes(),
    };
    Till {
        secret,
        identity,
        token: None,
    }
}

/// The till of EXAMPLE.md.
pub(crate) fn of_the_example() -> Till {
    Till {
        secret: keys().0,
        identity: identity(),
        token: None,
    }
}
