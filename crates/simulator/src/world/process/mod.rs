//! A till as a machine: its program, its clock, its line, and the ways in which they stand still or end.

mod driver;
mod fetching;
mod heal;
mod life;
mod machine;

pub(super) use driver::{Heard, cut_batch};
pub(super) use life::Snapshot;
pub(super) use machine::{Draft, Machine, Who};
