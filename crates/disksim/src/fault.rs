//! Faults of a disk that goes on running: which call they hit, and what it does then.

use std::io;
use std::path::{Path, PathBuf};

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// Reading bytes.
    Read,
    /// Writing bytes, changing a length, taking room.
    Write,
    /// Flushing a file.
    Sync,
    /// Making, renaming, removing a name, flushing a folder.
    Name,
}

/// What happens to the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The device says no; nothing was done. A flush that fails loses what it should have flushed.
    Io,
    /// No room.
    Full,
    /// Half of the bytes are written, then the device says no.
    Short,
    /// One bit is read wrong.
    Flip,
    /// The bytes land one page further on, and the device says yes.
    Misdirected,
}

/// Which calls are hit.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The kind of call.
    pub call: Call,
    /// Only of a file whose name contains this.
    pub of: &'static str,
    /// The how many-th of them, from 1 on.
    pub nth: u64,
    /// Whether all later ones are hit too.
    pub for_ever: bool,
    /// What happens.
    pub fault: Fault,
}

/// A plan at work.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Option<Plan>,
    seen: u64,
    fired: u64,
    fired_at: Option<(usize, PathBuf)>,
}

impl Faults {
    pub(crate) fn set(&mut self, plan: Option<Plan>) {
        *self = Self {
            plan,
            ..Self::default()
        };
    }

    /// How often it fired, and how long the trace was and which file it was the first time.
    pub(crate) fn fired(&self) -> (u64, Option<(usize, PathBuf)>) {
        (self.fired, self.fired_at.clone())
    }

    pub(crate) fn meets(&mut self, call: Call, path: &Path, trace: usize) -> Option<Fault> {
        let plan = self
            .plan
            .as_ref()
            .filter(|plan| plan.call == call && path.to_string_lossy().contains(plan.of))?;
        self.seen += 1;
        if self.seen != plan.nth && !(plan.for_ever && self.seen > plan.nth) {
            return None;
        }
        self.fired += 1;
        self.fired_at.get_or_insert((trace, path.to_owned()));
        Some(plan.fault)
    }
}

impl Fault {
    pub(crate) fn error(self) -> io::Error {
        match self {
            Self::Full => io::Error::new(io::ErrorKind::StorageFull, "no room (simulated)"),
            Self::Io | Self::Short | Self::Flip | Self::Misdirected => {
                io::Error::other("input/output error (simulated)")
            }
        }
    }
}
