//! The protocol over HTTP.
//!
//! Owns the paths, the packing of bodies, the signing and checking of requests, and the rule by
//! which a till tells its own cloud's refusal from anybody else's answer. [`client::HttpCloud`] is
//! the till's side; [`server`] holds the pieces from which the cloud's router is built.
//!
//! Promises: no body grows beyond its limit while it is read; only an error in our own media type
//! and our own form is a refusal, everything else is a path failure that may be tried again; a
//! request is signed over the bytes that travel.
//!
//! Never does: retrying, waiting, deciding what an op means, keeping anything.

pub mod client;
pub mod packing;
pub mod paths;
pub mod server;

pub use client::{AddressRefused, HttpCloud, HttpCloudConfig, Timeouts};
