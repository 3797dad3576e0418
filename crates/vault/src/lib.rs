//! The till's vault: the one place where a sale becomes a fact on disk.
//!
//! Owns `vault.db` (ops, sales, tenders, stock movements, the open cart, print jobs), the critical
//! journal beside it, the reserve file and the lock. `shop.db` (what the cloud can give again) is
//! module [`shop`]'s.
//!
//! Promises:
//! - [`Vault::transact`] is the only door to the sale vault; it answers after the transaction is
//!   committed *and* the journal holds the same ops, both flushed, and never before.
//! - Vault and journal are compared at every start and mend each other; what is set aside is kept
//!   whole in `quarantine/`, what is missing is named by number.
//! - After any failed flush nothing more is taken until the program was started again.
//! - An op, a sale, a line, a tender, a movement is never changed and never deleted.
//!
//! Never does: the network, deciding what a sale costs, printing, reading a clock or making
//! randomness other than through the two ports.

mod connection;
mod error;
mod head;
mod health;
mod incident;
mod journaling;
mod keys;
mod lock;
mod migrate;
mod open;
mod paths;
mod pool;
mod reads;
mod record;
mod recover;
mod rows;
mod tx;
mod vault;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub mod shop;

pub use error::VaultError;
pub use health::{FreeSpace, Health, LIMITS, SpaceLimits, StatFs};
pub use incident::record_incident;
pub use journal::{Disk, RealDisk};
pub use keys::VaultKey;
pub use paths::is_here;
pub use reads::{Reader, Reads};
pub use recover::{Damage, StartReport};
pub use rows::{
    attempts, cart, identity, operators, outbox, places, print_jobs, queue, sales, settings, stock,
    tally,
};
pub use tx::{RecordedOp, Tx};
pub use vault::{OpenVault, Vault};
pub use verify::Verified;
