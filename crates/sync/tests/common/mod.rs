//! A till and a cloud without disk or network, for the machines to run between.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part of the model"
)]

pub mod bodies;
pub mod check;
pub mod cloud;
pub mod edits;
pub mod link;
pub mod till;
pub mod world;

pub use cloud::ModelCloud;
pub use till::ModelTill;
