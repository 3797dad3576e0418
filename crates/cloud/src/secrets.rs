//! One-time codes and read tokens: how they are made and how they are kept.
//!
//! Promises that only hashes reach the store: a stolen database file opens nothing. Never logs one.

use protocol::ports::Entropy;
use sha2::{Digest, Sha256};

/// The letters of a code: no 0/O, 1/I/L or U, so that it can be read out over the telephone.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of an enrolment code: 30^10, about 49 bits, for the quarter of an hour that it lives.
const CODE_LENGTH: usize = 10;
/// How long an enrolment code may be used.
pub const CODE_LIFE_MS: i64 = 15 * 60 * 1000;
/// What a read token begins with, so that a leaked one is recognised.
const TOKEN_PREFIX: &str = "hfr_";

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
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    format!("{TOKEN_PREFIX}{}", hex::encode(bytes))
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
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
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
}
