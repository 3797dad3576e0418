//! One-time codes, bearer tokens and access tokens: how they are made and how they are checked.
//!
//! Promises that only hashes of codes and bearer tokens reach the store, and that nothing is kept
//! of an access token at all: it proves itself. Never logs one.

use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use protocol::ports::Entropy;
use protocol::signing::{AccessToken, TOKEN_LIFE_MS};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The letters of a code: no 0/O, 1/I/L or U, so that it can be read out over the telephone.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of an enrolment code: 30^10, about 49 bits, for the quarter of an hour that it lives.
const CODE_LENGTH: usize = 10;
/// How long an enrolment code may be used.
pub const CODE_LIFE_MS: i64 = 15 * 60 * 1000;
/// What a read token begins with, so that a leaked one is recognised.
const TOKEN_PREFIX: &str = "hfr_";
/// What an admin token begins with: it is told from a read token before anything is looked up.
pub const ADMIN_PREFIX: &str = "hfa_";

/// A new enrolment code of ten characters.
pub fn new_code(entropy: &dyn Entropy) -> String {
    let mut code = String::with_capacity(CODE_LENGTH);
    while code.len() < CODE_LENGTH {
        let mut byte = [0_u8];
        entropy.fill(&mut byte);
        // Five bits at a time; the two values beyond the letters are drawn again, or some letters
        // would come up more often than others.
        if let Some(letter) = LETTERS.get(usize::from(byte[0] & 0x1f)) {
            code.push(char::from(*letter));
        }
    }
    code
}

/// A new read token: 256 random bits.
pub fn new_token(entropy: &dyn Entropy) -> String {
    bearer(TOKEN_PREFIX, entropy)
}

/// A new admin token: 256 random bits.
pub fn new_admin_token(entropy: &dyn Entropy) -> String {
    bearer(ADMIN_PREFIX, entropy)
}

fn bearer(prefix: &str, entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    format!("{prefix}{}", hex::encode(bytes))
}

/// What is stored of a code. Spaces, dashes and case do not matter: people type codes.
pub fn code_hash(code: &str) -> [u8; 32] {
    let typed: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    tagged_hash(b"holdfast enrol code", typed.as_bytes())
}

/// What is stored of a read token.
pub fn token_hash(token: &str) -> [u8; 32] {
    tagged_hash(b"holdfast read token", token.as_bytes())
}

/// The key with which this cloud proves its own access tokens.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    /// The key as the store keeps it.
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC takes a key of any length; one of 32 bytes needs no hashing.
        Self(Hmac::new_from_slice(&key).expect("HMAC takes a key of any length"))
    }

    /// A token of a till from now on.
    pub fn give(&self, till: Uuid, now_ms: i64) -> AccessToken {
        let expires_at_ms = now_ms.saturating_add(TOKEN_LIFE_MS);
        let proof = self.proof(till, expires_at_ms).finalize().into_bytes();
        AccessToken {
            expires_at_ms,
            proof: proof.into(),
        }
    }

    /// Whether this cloud gave the token to this till; compared in constant time.
    pub fn gave(&self, till: Uuid, token: &AccessToken) -> bool {
        let proof = self.proof(till, token.expires_at_ms);
        proof.verify_slice(&token.proof).is_ok()
    }

    /// The enrolment code of a request: the same request has the same code, and nothing is kept.
    pub fn code(&self, tenant: Uuid, branch: Uuid, key: Uuid) -> String {
        let mut seed = self.0.clone();
        seed.update(b"code1");
        seed.update(tenant.as_bytes());
        seed.update(branch.as_bytes());
        seed.update(key.as_bytes());
        let drawn = Drawn {
            seed,
            count: AtomicU64::new(0),
        };
        new_code(&drawn)
    }

    /// A till's key never changes, so the till's id stands for it. The request's signature proves
    /// the key; the token alone opens nothing.
    fn proof(&self, till: Uuid, expires_at_ms: i64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(b"tok1");
        mac.update(till.as_bytes());
        mac.update(&expires_at_ms.to_be_bytes());
        mac
    }
}

/// Bytes that follow from a secret: for a code that must come out the same again.
struct Drawn {
    seed: Hmac<Sha256>,
    count: AtomicU64,
}

impl Entropy for Drawn {
    fn fill(&self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(32) {
            let mut mac = self.seed.clone();
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            mac.update(&count.to_be_bytes());
            let drawn = mac.finalize().into_bytes();
            for (to, from) in piece.iter_mut().zip(drawn) {
                *to = from;
            }
        }
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey")
    }
}

/// What is stored of an admin token.
pub fn admin_token_hash(token: &str) -> [u8; 32] {
    tagged_hash(b"holdfast admin token", token.as_bytes())
}

fn tagged_hash(tag: &[u8], secret: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(tag);
    hasher.update(secret);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_code_has_ten_letters_that_cannot_be_misread() {
        let entropy = Counting(25.into());
        for _ in 0..50 {
            let code = new_code(&entropy);
            assert_eq!(code.len(), CODE_LENGTH, "{code} has ten characters");
            assert!(
                !code.contains(['0', 'O', '1', 'I', 'L', 'U']),
                "{code} has no letter that looks like another"
            );
        }
    }

    #[test]
    fn a_code_may_be_typed_with_spaces_and_in_small_letters() {
        assert_eq!(code_hash("ab3de-fg4hj"), code_hash("AB3DE FG4HJ"));
        assert_ne!(code_hash("AB3DEFG4HJ"), code_hash("AB3DEFG4HK"));
    }

    #[test]
    fn a_token_is_good_for_its_till_its_end_and_its_cloud_alone() {
        let (cloud, other) = (TokenKey::new([1; 32]), TokenKey::new([2; 32]));
        let (till, neighbour) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let token = cloud.give(till, 1_000);
        assert_eq!(token.expires_at_ms, 1_000 + TOKEN_LIFE_MS, "one hour");
        assert!(cloud.gave(till, &token), "its own till");
        assert!(!cloud.gave(neighbour, &token), "not another till");
        assert!(!other.gave(till, &token), "not another cloud");
        let longer = AccessToken {
            expires_at_ms: token.expires_at_ms + 1,
            ..token
        };
        assert!(!cloud.gave(till, &longer), "nobody moves its end");
    }
}
