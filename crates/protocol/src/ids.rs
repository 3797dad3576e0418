//! Fixed-size identifiers that travel as lower-case hex.
//!
//! Owns `SegmentId` (128 bits), `ChainHash` and `OpHash` (256 bits each). Promises that text and
//! bytes convert without loss. Never makes one: segments come from the vault's entropy port,
//! hashes from [`crate::chain`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The text was not hex of the expected length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {expected} hex characters, got {found:?}")]
pub struct IdMalformed {
    /// Which identifier was being read.
    pub what: &'static str,
    /// How many hex characters it has.
    pub expected: usize,
    /// What was found instead.
    pub found: String,
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// The bytes, as they enter a hash and lie in a BLOB column.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// From bytes read back from disk; `None` when the length is wrong.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdMalformed;

            fn from_str(text: &str) -> Result<Self, IdMalformed> {
                let mut bytes = [0_u8; $bytes];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| IdMalformed {
                    what: stringify!($name),
                    expected: $bytes * 2,
                    found: text.chars().take(80).collect(),
                })?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

hex_id! {
    /// One run of the program's stretch of the till's chain: 128 random bits, minted on the first
    /// op after every process start, never reused and never continued.
    SegmentId, 16
}
hex_id! {
    /// The running hash over every op of a till up to and including one position.
    ChainHash, 32
}
hex_id! {
    /// The hash of one op's exact bytes.
    OpHash, 32
}

impl SegmentId {
    /// The two characters that a receipt number ends with: they keep numbers distinct when an old
    /// backup of a till counts the same `seq` again.
    pub fn receipt_mark(&self) -> String {
        hex::encode_upper(&self.0[..1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_text_and_back() {
        let id = SegmentId([0xab; 16]);
        assert_eq!(
            id.to_string().parse::<SegmentId>(),
            Ok(id),
            "hex is lossless"
        );
        assert_eq!(id.receipt_mark(), "AB", "the mark is the first byte");
    }

    #[test]
    fn a_malformed_identifier_names_itself() {
        let refused = "xyz".parse::<ChainHash>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "ChainHash must be 64 hex characters, got \"xyz\""
        );
    }
}
