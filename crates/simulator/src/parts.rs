//! Disks and tables as maps: the same ones that the engine's own tests use.

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
#[path = "../../sync/tests/common/check.rs"]
mod check;
#[path = "../../sync/tests/common/cloud.rs"]
mod cloud;
#[path = "../../sync/tests/common/till.rs"]
mod till;

pub use cloud::ModelCloud;
pub use till::{ModelTill, Segment};
