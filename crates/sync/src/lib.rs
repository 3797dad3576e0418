//! The machines of the protocol, without I/O.
//!
//! Owns the till's sending engine ([`till`]) and its fetching one ([`pull`]), the cutting of batches ([`chunk`]), the cloud's
//! decision on what a batch does ([`ingest`], [`effects`]), the words in which a queue is shown
//! ([`queue_state`]) and the waiting between attempts ([`backoff`]).
//!
//! Promises: events and time in, effects out; one seed and one list of events replay one history,
//! byte for byte. Assertions stay on in release: a broken promise stops the sync task, never the
//! till's ability to sell.
//!
//! Never does: disk, network, threads, reading a clock, randomness of its own, floats, iterating
//! a map whose order is chance.

#![forbid(unsafe_code)]
#![allow(
    clippy::struct_field_names,
    reason = "units end a name and ids name their owner: `net_minor`, `sale_id` are the words of SQL and JSON"
)]

pub mod backoff;
pub mod chunk;
pub mod effects;
pub mod ingest;
pub mod pull;
pub mod queue_state;
pub mod till;

pub use pull::{Puller, PullerConfig};
pub use queue_state::{PathState, QueueState, queue_state};
pub use till::{TillSync, TillSyncConfig};
