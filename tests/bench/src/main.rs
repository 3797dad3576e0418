//! What a till costs in time and memory, each figure beside a raw one of the same run.
//!
//! Owns the order of the measurements and what they are written as. Promises plain clocks, exact
//! percentiles of the samples themselves, and nothing asserted about time: a figure is told with the state
//! of the machine and read by a person. Never measures with parts made for measuring: the vault, the
//! facade, the window and the cloud are the shipped ones.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on standard output, its progress on standard error"
)]
#![allow(
    clippy::cast_precision_loss,
    reason = "figures are for reading; nothing here is money"
)]

mod catalogue;
mod catch_up;
mod cloud_ingest;
mod commit;
mod counter;
#[path = "../../e2e/display.rs"]
mod display;
mod drain;
mod fill;
mod machine;
mod memory;
mod meter;
mod options;
mod place;
mod ports;
mod programs;
mod raw;
mod report;
mod samples;
mod scan;
mod start;
mod web;
#[allow(
    dead_code,
    reason = "shared with the tests of the window, which use more of it"
)]
#[path = "../../e2e/window.rs"]
mod window;

use anyhow::Result;

use crate::options::Options;
use crate::report::Report;

fn main() -> Result<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let mut report = Report::begin();
    for name in &options.names {
        eprintln!("== {name}");
        match name.as_str() {
            "commit" => commit::measure(&options, &mut report)?,
            "scan" => scan::measure(&options, &mut report)?,
            "start" => start::measure(&options, &mut report)?,
            "drain" => drain::measure(&options, &mut report)?,
            "catch-up" => catch_up::measure(&options, &mut report)?,
            "cloud-ingest" => cloud_ingest::measure(&options, &mut report)?,
            other => anyhow::bail!(
                "no such bench: {other} (there are commit, scan, start, drain, catch-up, cloud-ingest)"
            ),
        }
    }
    report.finish(options.json.as_deref())
}
