//! How a PIN becomes a verifier and how it is checked.
//!
//! Owns the one recipe: HMAC-SHA256 with a pepper derived from the vault's key, then Argon2id with
//! a salt of its own. The pepper matters more than the cost: four digits are exhausted in minutes
//! whatever the hash, but not without the key. Lock-out is the domain's (`PinAttempts`).

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit as _, Mac as _};
use protocol::ports::Entropy;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::error::{AppError, Code};

/// 19 MiB, two passes: about 20 ms on a till PC; kept with each verifier, so that it can grow.
const COST: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// What is stored instead of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinVerifier {
    cost: Cost,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    hash: [u8; 32],
}

impl PinVerifier {
    /// Makes a verifier for a well-formed PIN.
    pub fn make(pin: &str, pepper: &[u8; 32], entropy: &dyn Entropy) -> Result<Self, AppError> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        Ok(Self {
            cost: COST,
            salt,
            hash: hash(pin, pepper, &salt, COST)?,
        })
    }

    /// Whether this is the PIN; takes the same time for a right and a wrong one.
    pub fn is(&self, pin: &str, pepper: &[u8; 32]) -> Result<bool, AppError> {
        let given = hash(pin, pepper, &self.salt, self.cost)?;
        Ok(given.ct_eq(&self.hash).into())
    }
}

fn hash(pin: &str, pepper: &[u8; 32], salt: &[u8; 16], cost: Cost) -> Result<[u8; 32], AppError> {
    let failed = |what: &dyn std::fmt::Display| {
        AppError::new(
            Code::Internal,
            format!("the PIN could not be hashed: {what}"),
        )
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper).map_err(|error| failed(&error))?;
    mac.update(pin.as_bytes());
    let peppered = mac.finalize().into_bytes();
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|error| failed(&error))?;
    let mut out = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(&peppered, salt, &mut out)
        .map_err(|error| failed(&error))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::OsEntropy;

    #[test]
    fn a_pin_verifies_only_with_its_pepper() {
        let verifier = PinVerifier::make("2580", &[1; 32], &OsEntropy).unwrap();
        assert!(verifier.is("2580", &[1; 32]).unwrap(), "the right PIN");
        assert!(!verifier.is("2581", &[1; 32]).unwrap(), "a wrong PIN");
        assert!(
            !verifier.is("2580", &[2; 32]).unwrap(),
            "another vault's key"
        );
    }
}
