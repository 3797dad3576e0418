//! Facts in their smallest form: the same ones that the engine's own tests use.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    reason = "shared with tests: a broken part ends the run"
)]

#[path = "../../sync/tests/common/bodies.rs"]
pub mod bodies;
