//! What till, LAN host and cloud say to each other.
//!
//! Owns the versioned ops and their exact bytes, the hash chain over them, the messages of the
//! sync protocol with their limits, and the ports through which time and randomness enter.
//! `PROTOCOL.md` beside this crate explains the same for people.
//!
//! Promises: an op's bytes are made once and never re-encoded; a version, once shipped, never
//! changes meaning; hashing and signing are the same code at both ends.
//!
//! Never does: I/O, reading a clock, making randomness, deciding what an op's effects are.

#![allow(
    clippy::struct_field_names,
    clippy::wrong_self_convention,
    reason = "units end a name; `to_sale` builds a sale, it does not convert a copy"
)]

pub mod audit;
pub mod body;
pub mod chain;
pub mod cloud;
pub mod conflict;
pub mod error;
pub mod hlc;
pub mod ids;
pub mod limits;
pub mod op;
pub mod outcome;
pub mod ports;
pub mod pull;
pub mod signing;
pub mod stream;
pub mod wire;

pub use body::OpBody;
pub use ids::{ChainHash, OpHash, SegmentId};
pub use op::{Actor, Envelope, OpDraft, TillIdentity};
pub use outcome::Outcome;
pub use stream::{Position, StoredOp};
