//! How a PIN becomes a verifier and how it is checked.
//!
//! Owns the one recipe: HMAC-SHA256 with a pepper derived from the vault's key, then Argon2id with
//! a salt of its own. The pepper matters more than the cost: four digits are exhausted in minutes
//! whatever the hash, but not without the key. Lock-out is the domain's (`PinAttempts`).
//!
//! Head office gives the PIN's Argon2id alone, for it knows no till's pepper. It is checked as it is and, when the
//! right PIN was given, kept as one of ours that remembers which of head office's it stands for.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier as _, Version};
use hmac::{Hmac, KeyInit as _, Mac as _};
use protocol::ports::Entropy;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
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
    /// The SHA-256 of head office's verifier that this one stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
}

/// The most memory and passes that head office's verifier may ask for: a till PC has no more to spare.
const MOST: Cost = Cost {
    memory_kib: 256 * 1024,
    passes: 16,
};

/// A verifier as it is kept for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeptPin {
    /// Ours.
    Own(PinVerifier),
    /// Head office's, in PHC form: nobody has signed in with it here yet.
    Office {
        /// The text.
        phc: String,
    },
    /// Head office has set none: nobody can sign in with it.
    Unset {
        /// Always true; tells the form apart.
        unset: bool,
    },
}

/// What trying a PIN brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It is the PIN.
    Right,
    /// It is, and is to be kept as one of ours from now on.
    RightAndNew(Box<KeptPin>),
    /// It is not.
    Wrong,
}

impl KeptPin {
    /// What is kept for head office's verifier; what is kept already stays if it stands for the same one.
    pub fn of_office(phc: Option<&str>, kept: Option<&Self>) -> Self {
        let Some(phc) = phc else {
            return Self::Unset { unset: true };
        };
        match kept {
            Some(Self::Own(own)) if own.of.as_deref() == Some(&digest(phc)) => {
                Self::Own(own.clone())
            }
            Some(Self::Own(_) | Self::Office { .. } | Self::Unset { .. }) | None => Self::Office {
                phc: phc.to_owned(),
            },
        }
    }

    /// Whether this is the PIN.
    pub fn try_pin(
        &self,
        pin: &str,
        pepper: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<Tried, AppError> {
        match self {
            Self::Own(own) => Ok(if own.is(pin, pepper)? {
                Tried::Right
            } else {
                Tried::Wrong
            }),
            Self::Office { phc } if is_office_pin(pin, phc)? => {
                let mut own = PinVerifier::make(pin, pepper, entropy)?;
                own.of = Some(digest(phc));
                Ok(Tried::RightAndNew(Box::new(Self::Own(own))))
            }
            Self::Office { .. } | Self::Unset { .. } => Ok(Tried::Wrong),
        }
    }
}

fn is_office_pin(pin: &str, phc: &str) -> Result<bool, AppError> {
    let unusable = |why: &dyn std::fmt::Display| {
        let detail = format!(
            "head office's PIN for this person cannot be used here ({why}): set it anew there"
        );
        AppError::new(Code::Internal, detail)
    };
    let hash = PasswordHash::new(phc).map_err(|error| unusable(&error))?;
    let cost = |name: &str| hash.params.get_decimal(name).unwrap_or(u32::MAX);
    if cost("m") > MOST.memory_kib || cost("t") > MOST.passes {
        return Err(unusable(&"it asks for more memory or time than a till has"));
    }
    Ok(Argon2::default()
        .verify_password(pin.as_bytes(), phc)
        .is_ok())
}

fn digest(phc: &str) -> String {
    hex::encode(Sha256::digest(phc.as_bytes()))
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
            of: None,
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

    #[test]
    fn head_offices_pin_signs_in_once_as_it_is_and_then_as_one_of_ours() {
        use argon2::PasswordHasher as _;
        let params = Params::new(64, 1, 1, Some(32)).unwrap();
        let phc = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"4711", b"salt-salt-salt-1")
            .unwrap()
            .to_string();
        let kept = KeptPin::of_office(Some(&phc), None);
        let wrong = kept.try_pin("4712", &[1; 32], &OsEntropy).unwrap();
        assert_eq!(wrong, Tried::Wrong, "a wrong PIN");
        let Tried::RightAndNew(own) = kept.try_pin("4711", &[1; 32], &OsEntropy).unwrap() else {
            panic!("the right PIN signs in and is kept anew");
        };
        assert!(
            !serde_json::to_string(&own).unwrap().contains("argon2id"),
            "what lies on this disk from now on needs the till's key"
        );
        assert_eq!(
            own.try_pin("4711", &[1; 32], &OsEntropy).unwrap(),
            Tried::Right
        );
        assert_eq!(
            KeptPin::of_office(Some(&phc), Some(&own)),
            *own,
            "the same verifier told again changes nothing"
        );
        assert_ne!(
            KeptPin::of_office(Some("$argon2id$other"), Some(&own)),
            *own,
            "a new PIN at head office counts"
        );
        let unset = KeptPin::of_office(None, Some(&own));
        assert_eq!(
            unset.try_pin("4711", &[1; 32], &OsEntropy).unwrap(),
            Tried::Wrong
        );
    }

    #[test]
    fn a_verifier_that_asks_for_a_gigabyte_is_refused() {
        let phc = "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";
        let kept = KeptPin::of_office(Some(phc), None);
        assert!(
            kept.try_pin("1", &[1; 32], &OsEntropy).is_err(),
            "not on this till"
        );
    }

    #[test]
    fn a_verifier_kept_by_an_older_program_reads_back() {
        let verifier = PinVerifier::make("2580", &[1; 32], &OsEntropy).unwrap();
        let text = serde_json::to_string(&verifier).unwrap();
        let kept: KeptPin = serde_json::from_str(&text).unwrap();
        assert_eq!(kept, KeptPin::Own(verifier), "as one of ours");
    }
}
