//! `holdfast-cloud`: where the sales of every branch arrive, once each, in the order of the till.
//!
//! Owns the HTTP API, the store behind it, and the command line. Every well-formed op is recorded
//! first and judged after, in one transaction; nothing the cloud thinks of a sale stops a till's
//! queue or drops its bytes. The judgement itself is `sync::ingest`, a pure function.
//!
//! Never does: decide anything about money, tax or stock that the op did not say; trust a tenant
//! or a branch named in a body; delete or change a recorded op.

pub mod admission;
pub mod cli;
pub mod database;
pub mod desk;
pub mod office;
pub mod ports;
pub mod secrets;
pub mod server;
pub mod store;
pub mod watching;

mod routes;
