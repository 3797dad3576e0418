//! The facade: everything a person can ask a till.
//!
//! The window and the command line call the same methods of [`Till`] and get the same answers
//! (`dto`). Owns the wiring of vault, catalogue, printer and sync; who may do what; and the one
//! error at the boundary. Knows no Tauri and no terminal.
//!
//! Promises: a method that changes something answers after it is on disk; a "no" changes nothing;
//! what a worker thread meets (a printer that is off, a cloud that is away) never stops selling.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "a method of the facade is a command of the window: owned arguments, the till, an answer that may refuse"
)]

mod acts;
mod bring_up;
mod bundle;
mod catalogue;
mod command_cloud;
mod command_line;
mod completing;
mod config;
mod conflict_words;
mod demo;
mod doctor;
pub mod dto;
mod error;
mod events;
mod keys;
mod known;
mod named;
mod op_words;
mod own_cloud;
mod path_test;
mod people;
mod pins;
mod ports;
mod print_worker;
mod printers;
mod products;
mod proof;
mod receipts;
mod refunds;
mod refusals;
mod replay;
mod sales;
mod scanning;
mod selling;
mod set_up;
mod settling;
mod status;
mod stock;
mod stock_card;
mod sync_log;
mod sync_report;
mod sync_screen;
mod sync_worker;
mod tendering;
mod till;
mod time_line;
mod tools;
mod translate;
mod untold;
mod verify;
mod views;

pub use catalogue::{ImportAnswer, RowRefusedAnswer};
pub use command_cloud::{conflict_lines, decision_of};
pub use command_line::{LookUp, QueueEntry, QueueList};
pub use doctor::{DoctorReport, Finding, doctor};
pub use domain::TenderKind;
pub use error::{AppError, Code};
pub use events::TillEvent;
pub use replay::{RefusedInvoice, ReplayHow, ReplayReport};
pub use set_up::{InitReport, InitWhat};
pub use sync_report::SyncReport;
pub use till::{Till, TillOptions};
pub use uuid::Uuid;
pub use verify::Verified;

use std::path::{Path, PathBuf};

/// Whether there is a till in this folder, set up or not; nothing is made or changed.
pub fn is_till(dir: &Path) -> bool {
    vault::is_here(dir)
}

/// Where a till keeps its data when nobody says otherwise: `HOLDFAST_DATA`, else the user's data
/// folder.
pub fn data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("HOLDFAST_DATA") {
        return PathBuf::from(dir);
    }
    let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::env::var_os("XDG_DATA_HOME")
        .map_or_else(|| home.join(".local/share"), PathBuf::from)
        .join("holdfast")
}
