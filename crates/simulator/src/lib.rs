//! How we know that nothing is lost: models of the protocol, checked exhaustively within bounds, and
//! hostile worlds from seeds.
//!
//! Owns the bounded models of sending, pulling and settling with their wrong variants ([`model`]), and
//! the worlds in which the shipped engine and the cloud's decision run ([`world`]). Promises that one
//! seed is one history. Never shipped, never in the way of selling.

#![allow(
    clippy::missing_panics_doc,
    clippy::cast_possible_truncation,
    clippy::match_same_arms,
    reason = "a model: its numbers are small by construction, and its rules are written one by one"
)]

pub mod model;
mod parts;
pub mod world;
