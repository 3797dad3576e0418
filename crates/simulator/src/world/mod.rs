//! Seeded worlds: tills, a cloud, lines between them, and everything that goes wrong.
//!
//! The engine, the cutting of batches and the cloud's decision are the shop's own code (`sync`); disks and
//! the cloud's tables are maps. One thread, one seed, virtual time: the same seed is the same history, event
//! by event, and the report's hash says so.
//!
//! A run has two parts. While it is *hostile*, a swarm of faults drawn from the seed befalls line, machine,
//! disk, clock, cloud and people. Then everything is *healed*, and the world must converge: every op that
//! lies on a disk somebody still has is in the cloud, once, in order, byte for byte.

mod action;
mod calls;
mod check;
mod cloud_side;
mod fault;
mod line;
mod machine;
mod run;
mod scene;
mod swarm;

pub use fault::{Fault, Goal, Tally};
pub use run::{Failure, Options, Report, remember_where, run, shrink};
