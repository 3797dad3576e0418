//! How we know that nothing is lost: models of the protocol, checked exhaustively within bounds.
//!
//! Owns the bounded models of sending, pulling and settling, and their wrong variants. Promises that
//! a model and PROTOCOL.md say the same: `model::OF_PROTOCOL` names the page it was held against.
//! Never shipped, never in the way of selling.

#![allow(
    clippy::missing_panics_doc,
    clippy::cast_possible_truncation,
    clippy::match_same_arms,
    reason = "a model: its numbers are small by construction, and its rules are written one by one"
)]

pub mod model;
mod parts;
pub mod world;
