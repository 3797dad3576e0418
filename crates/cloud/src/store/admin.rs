//! What head office needs of a database: credentials, branches, people, goods, tills, decisions.
//!
//! Owns the trait [`AdminStore`] and the values that cross it. Promises of every store: a method
//! that names a tenant reads and writes that tenant alone; whatever a till pulls gets a version of
//! its own under the tenant's clock, and a row that does not change keeps the one it has.
//! Never does: deciding who may ask, hashing a secret, reading a clock.

/// The key with which this cloud proves its own access tokens: 256 random bits.
pub type TokenKeyBytes = [u8; 32];

/// A database that head office can work with.
pub trait AdminStore: Send + Sync + 'static {
    /// The key of the access tokens: made with the database, the same for every process on it.
    fn token_key(&self) -> TokenKeyBytes;
}
