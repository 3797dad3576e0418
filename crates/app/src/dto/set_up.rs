//! First run, signing in, approvals.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::frame::TillStatus;
use domain::PriceMode;

/// The three ways to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "way", rename_all = "snake_case")]
#[ts(export)]
pub enum SetUp {
    /// A demo branch with its own embedded cloud.
    TryIt,
    /// A branch of a cloud.
    JoinBranch {
        /// Where the cloud is.
        cloud_url: String,
        /// The one-time code.
        code: String,
        /// What people call this till.
        till_name: String,
        /// ISO 4217.
        currency: String,
        /// The first person who can sign in.
        manager_name: String,
        /// Their PIN.
        manager_pin: String,
    },
    /// No cloud yet.
    StartAlone {
        /// The shop.
        branch_name: String,
        /// This till.
        till_name: String,
        /// ISO 4217.
        currency: String,
        /// Whether prices hold tax already.
        #[ts(as = "super::words::PriceModeWord")]
        price_mode: PriceMode,
        /// What the tax is called.
        tax_name: String,
        /// Percent as typed: `20`, `7.7`.
        tax_rate: String,
        /// The first person who can sign in.
        manager_name: String,
        /// Their PIN.
        manager_pin: String,
    },
}

/// What signing in answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[ts(export)]
pub enum SignIn {
    /// Welcome.
    SignedIn {
        /// The frame now.
        status: Box<TillStatus>,
    },
    /// Not this PIN.
    WrongPin {
        /// Tries before the lock.
        attempts_left: u32,
    },
    /// Too many wrong ones.
    Locked {
        /// When the next try is taken.
        until_ms: i64,
    },
}

/// A second person's word, given on the spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Approval {
    /// Who.
    pub operator_id: Uuid,
    /// Their PIN.
    pub pin: String,
}

/// How to sign in to a demo branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DemoHint {
    /// Whose PIN.
    pub operator: String,
    /// The PIN.
    pub pin: String,
}
