//! What a till signs, byte for byte.
//!
//! Owns the three signed statements: the head of a run, a request, and an enrolment. Each begins
//! with a tag, so that a signature for one can never serve as another. Owns also how a request
//! carries its proofs: the header with the signature and the access token.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ids::{ChainHash, SegmentId};

/// A signature as it travels: 64 bytes in hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SignatureHex(#[serde(with = "hex::serde")] pub [u8; 64]);

/// The statement "my stream up to here is mine": `run1 | tenant | till | segment | be64(seq) | chain`.
///
/// `tenant` is the genesis tenant, the anchor that never changes.
pub fn run_statement(
    tenant: Uuid,
    till: Uuid,
    segment: &SegmentId,
    seq: u64,
    chain: &ChainHash,
) -> Vec<u8> {
    let mut statement = Vec::with_capacity(92);
    statement.extend_from_slice(b"run1");
    statement.extend_from_slice(tenant.as_bytes());
    statement.extend_from_slice(till.as_bytes());
    statement.extend_from_slice(segment.as_bytes());
    statement.extend_from_slice(&seq.to_be_bytes());
    statement.extend_from_slice(chain.as_bytes());
    statement
}

/// What is signed of a request; the signature travels in `Authorization`.
#[derive(Debug, Clone, Copy)]
pub struct RequestToSign<'a> {
    /// `GET`, `POST`.
    pub method: &'a str,
    /// Path and query as sent.
    pub path: &'a str,
    /// The till's wall clock, UTC milliseconds.
    pub at_ms: i64,
    /// The `Idempotency-Key` header, empty if there is none.
    pub idempotency_key: &'a str,
    /// The body as sent, compressed or not.
    pub body: &'a [u8],
}

impl RequestToSign<'_> {
    /// The signed bytes: `req1`, then method, path, time, key and the body's hash, a line each.
    pub fn statement(&self) -> Vec<u8> {
        format!(
            "req1\n{}\n{}\n{}\n{}\n{}",
            self.method,
            self.path,
            self.at_ms,
            self.idempotency_key,
            hex::encode(Sha256::digest(self.body)),
        )
        .into_bytes()
    }
}

/// The scheme's name in `Authorization: Holdfast till=<uuid>,at=<ms>,token=<hex>,sig=<hex>`.
pub const AUTH_SCHEME: &str = "Holdfast";
/// How far the time in a signature may lie from the cloud's clock. Beyond it the cloud says what
/// time it is and the till signs again; nothing is ever refused for good because of a clock.
pub const FRESH_WITHIN_MS: i64 = 5 * 60 * 1000;
/// How long an access token lives.
pub const TOKEN_LIFE_MS: i64 = 60 * 60 * 1000;

/// An access token as it travels: when it ends, and the cloud's proof that it said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessToken {
    /// When it ends, UTC milliseconds of the cloud's clock.
    pub expires_at_ms: i64,
    /// The cloud's proof; only the cloud can check it.
    pub proof: [u8; 32],
}

impl AccessToken {
    /// Its text: 80 hex characters.
    pub fn to_text(self) -> String {
        let mut bytes = [0_u8; 40];
        let (end, proof) = bytes.split_at_mut(8);
        end.copy_from_slice(&self.expires_at_ms.to_be_bytes());
        proof.copy_from_slice(&self.proof);
        hex::encode(bytes)
    }

    /// Reads its text; `None` if it is no token of this form.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 40];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (end, proof) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            expires_at_ms: i64::from_be_bytes(*end),
            proof: proof.try_into().ok()?,
        })
    }
}

/// Who sent a request and the proof, as read from the header; not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorization {
    /// The till that claims to speak.
    pub till: Uuid,
    /// When it signed by the cloud's time as far as it knows it, UTC milliseconds.
    pub at_ms: i64,
    /// The access token; absent only when one is asked for.
    pub token: Option<AccessToken>,
    /// The proof.
    pub signature: SignatureHex,
}

impl Authorization {
    /// The header's text.
    pub fn to_header(&self) -> String {
        let signature = hex::encode(self.signature.0);
        let token = self
            .token
            .map(|token| format!("token={},", token.to_text()))
            .unwrap_or_default();
        format!(
            "{AUTH_SCHEME} till={},at={},{token}sig={signature}",
            self.till, self.at_ms
        )
    }

    /// Reads the header's text; `None` if it is of another scheme or form.
    pub fn from_header(header: &str) -> Option<Self> {
        let fields = header.strip_prefix(AUTH_SCHEME)?.strip_prefix(' ')?;
        let (mut till, mut at_ms, mut token, mut signature) = (None, None, None, None);
        for field in fields.split(',') {
            match field.trim().split_once('=')? {
                ("till", value) => till = value.parse().ok(),
                ("at", value) => at_ms = value.parse().ok(),
                ("token", value) => token = AccessToken::from_text(value),
                ("sig", value) => {
                    let mut bytes = [0_u8; 64];
                    hex::decode_to_slice(value, &mut bytes).ok()?;
                    signature = Some(SignatureHex(bytes));
                }
                _ => {}
            }
        }
        Some(Self {
            till: till?,
            at_ms: at_ms?,
            token,
            signature: signature?,
        })
    }
}

/// The statement "this key is mine and I hold this code": `enr1 | till | public key | code`.
pub fn enrol_statement(till: Uuid, public_key: &[u8; 32], code: &str) -> Vec<u8> {
    let mut statement = Vec::with_capacity(52 + code.len());
    statement.extend_from_slice(b"enr1");
    statement.extend_from_slice(till.as_bytes());
    statement.extend_from_slice(public_key);
    statement.extend_from_slice(code.as_bytes());
    statement
}

/// Signs a statement.
pub fn sign(key: &SigningKey, statement: &[u8]) -> SignatureHex {
    SignatureHex(key.sign(statement).to_bytes())
}

/// Whether the signature is the key's over the statement; `false` also for a malformed key.
pub fn verify(public_key: &[u8; 32], statement: &[u8], signature: &SignatureHex) -> bool {
    VerifyingKey::from_bytes(public_key).is_ok_and(|key| {
        key.verify(statement, &Signature::from_bytes(&signature.0))
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_statement_alone() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let public = key.verifying_key().to_bytes();
        let request = RequestToSign {
            method: "POST",
            path: "/v1/sync/push",
            at_ms: 1,
            idempotency_key: "k",
            body: b"{}",
        };
        let signature = sign(&key, &request.statement());
        assert!(
            verify(&public, &request.statement(), &signature),
            "its own statement verifies"
        );
        for other in [
            RequestToSign {
                method: "GET",
                ..request
            },
            RequestToSign {
                path: "/v1/sync/hello",
                ..request
            },
            RequestToSign {
                at_ms: 2,
                ..request
            },
            RequestToSign {
                idempotency_key: "j",
                ..request
            },
            RequestToSign {
                body: b"{} ",
                ..request
            },
        ] {
            assert!(
                !verify(&public, &other.statement(), &signature),
                "{other:?} must not verify"
            );
        }
    }

    #[test]
    fn the_authorization_header_reads_back_with_and_without_a_token() {
        let token = AccessToken {
            expires_at_ms: 1_795_132_800_000,
            proof: [8; 32],
        };
        for token in [None, Some(token)] {
            let header = Authorization {
                till: Uuid::from_u128(9),
                at_ms: -5,
                token,
                signature: SignatureHex([3; 64]),
            };
            assert_eq!(
                Authorization::from_header(&header.to_header()),
                Some(header)
            );
        }
        assert_eq!(
            Authorization::from_header("Bearer abc"),
            None,
            "another scheme is not ours"
        );
    }
}
