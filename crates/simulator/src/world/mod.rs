//! Seeded worlds: tills, a cloud, lines between them, people, and everything that goes wrong.
//!
//! The sending and the fetching engine, the cutting of batches and the cloud's decision are the shop's own code
//! (`sync`); disks and the cloud's tables are maps. One thread, one seed, virtual time: the same seed is the same
//! history, event by event, and the report's hash says so.
//!
//! A run has two parts. While it is *hostile*, a swarm of faults drawn from the seed befalls line, machine, disk,
//! clock, cloud and people. Then everything is *healed*, and within ten minutes and a millisecond an op the world
//! must converge: every op that lies on a disk somebody still has is in the cloud, once, in order, byte for byte,
//! and every till holds the rows that the cloud holds.
//!
//! **Where what lives.** `network`: the line, calls and answers. `process`: machines, their engines' drivers,
//! starts and copies. `disk`: two media and the catalogue's file. `clock`: the wall's and the monotonic one.
//! `cloud`: tables, pages, copies, upgrades. `people`: work, oddities, and who lets which fault happen. `check`:
//! what must hold after each commit (with a second opinion on every op that knows nothing of the code it is held
//! against), at each claim of a till, and at the end. `names`: faults and goals, and in `names::elsewhere` the
//! faults that another layer has.
//!
//! **What is modelled and not run here**: the vault's recovery, its overlay of stock and its mending of forks, the
//! cloud's SQL, its pages and its backups. The layers L2 to L4 run the real ones.

mod check;
mod clock;
mod cloud;
mod dice;
mod disk;
mod facts;
mod names;
mod network;
mod people;
mod process;
mod run;
mod scene;

pub use names::{Fault, Goal, Tally};
pub use run::{Failure, Options, Report, remember_where, run, shrink};
