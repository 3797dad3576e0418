//! The PIN's policy: what a PIN may look like, and what wrong ones cost.
//!
//! Five wrong PINs in a row lock the operator for a minute; each further one doubles it, up to an hour; a right one
//! forgets them all. Promises that time is an argument and the count a value to be kept by the caller. Never sees a hash,
//! and no refusal repeats the PIN.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Fewest digits of a PIN.
pub const MIN_DIGITS: usize = 4;
/// Most digits of a PIN: a scanned barcode is longer and so can never be one (EAN-8 is refused by the window, which
/// takes no scan on the sign-in screen).
pub const MAX_DIGITS: usize = 8;
/// Wrong PINs in a row before the first lock.
pub const FREE_FAILURES: u32 = 5;
/// The first lock, in milliseconds.
const FIRST_LOCK_MS: i64 = 60_000;
/// The longest lock, in milliseconds.
const LONGEST_LOCK_MS: i64 = 3_600_000;

/// Why a text may not be a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinRefused {
    /// Too short or too long.
    #[error("the PIN has {digits} characters: it must have {MIN_DIGITS} to {MAX_DIGITS} digits")]
    Length {
        /// How many it has.
        digits: usize,
    },
    /// Something other than 0 to 9.
    #[error("the PIN holds something other than digits: use only 0 to 9")]
    NotDigits,
    /// One digit only.
    #[error("the PIN is one digit repeated: choose one that is harder to guess")]
    AllTheSame,
    /// A run such as 1234 or 8765.
    #[error("the PIN is a run of digits such as 1234: choose one that is harder to guess")]
    Run,
}

/// Whether a new PIN may be chosen.
pub fn pin_well_formed(pin: &str) -> Result<(), PinRefused> {
    let digits = pin.chars().count();
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits) {
        return Err(PinRefused::Length { digits });
    }
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PinRefused::NotDigits);
    }
    let all_steps_are = |step: i16| {
        pin.as_bytes()
            .windows(2)
            .all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
    };
    if all_steps_are(0) {
        return Err(PinRefused::AllTheSame);
    }
    if all_steps_are(1) || all_steps_are(-1) {
        Err(PinRefused::Run)
    } else {
        Ok(())
    }
}

/// Too many wrong PINs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[error("too many wrong PINs: try again after {until_ms} (milliseconds since 1970)")]
pub struct Locked {
    /// From when on it may be tried again.
    pub until_ms: i64,
}

/// An operator's wrong PINs since the last right one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct PinAttempts {
    /// How many in a row.
    pub failures: u32,
    /// Until when no PIN is looked at.
    pub locked_until_ms: Option<i64>,
}

impl PinAttempts {
    /// Whether a PIN may be tried now.
    pub fn may_try(&self, now_ms: i64) -> Result<(), Locked> {
        match self.locked_until_ms {
            // A clock set back must not lock longer than the longest lock.
            Some(until_ms) if now_ms < until_ms && until_ms - now_ms <= LONGEST_LOCK_MS => {
                Err(Locked { until_ms })
            }
            _ => Ok(()),
        }
    }

    /// After a wrong PIN.
    #[must_use]
    pub fn failed(self, now_ms: i64) -> Self {
        let failures = self.failures.saturating_add(1);
        let locked_until_ms = failures.checked_sub(FREE_FAILURES).map(|beyond| {
            let lock_ms = FIRST_LOCK_MS.saturating_mul(1_i64 << beyond.min(16));
            now_ms.saturating_add(lock_ms.min(LONGEST_LOCK_MS))
        });
        Self {
            failures,
            locked_until_ms,
        }
    }

    /// After the right PIN.
    #[must_use]
    #[allow(clippy::unused_self, reason = "reads as the counterpart of `failed`")]
    pub fn succeeded(self) -> Self {
        Self::default()
    }

    /// How many wrong PINs are left before the next lock.
    #[must_use]
    pub fn attempts_left(&self) -> u32 {
        FREE_FAILURES
            .saturating_sub(self.failures)
            .max(u32::from(self.failures >= FREE_FAILURES))
    }
}
