//! How often everything happened, told every minute and at the end.

use crate::steps::clock;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Counters by name; those that begin with `kill` are kills.
pub(crate) struct Counts {
    began: Instant,
    counted: Mutex<BTreeMap<String, u64>>,
}

impl Counts {
    /// Nothing happened yet.
    pub(crate) fn begin() -> Self {
        Self {
            began: Instant::now(),
            counted: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It happened once more.
    pub(crate) fn count(&self, what: &str) {
        self.add(what, 1);
    }

    /// It happened so often.
    pub(crate) fn add(&self, what: &str, often: u64) {
        *self.lock().entry(what.to_owned()).or_default() += often;
    }

    /// How often it happened.
    pub(crate) fn of(&self, what: &str) -> u64 {
        self.lock().get(what).copied().unwrap_or(0)
    }

    /// Every kill, of whatever program.
    pub(crate) fn kills(&self) -> u64 {
        self.begun_with("kill")
    }

    fn begun_with(&self, word: &str) -> u64 {
        let counted = self.lock();
        let named = counted.iter().filter(|(name, _)| name.starts_with(word));
        named.map(|(_, often)| often).sum()
    }

    /// One line.
    pub(crate) fn progress(&self) -> String {
        format!(
            "   {:>12}  {} rounds, {} kills, {} stops, {} cuts, {} acknowledged, {} lost, {} twice, {} rounds failed",
            clock(self.began.elapsed()),
            self.of("round"),
            self.kills(),
            self.begun_with("stop"),
            self.of("kill: till by a power cut"),
            self.of("acknowledged"),
            self.of("LOST"),
            self.of("TWICE"),
            self.of("round failed"),
        )
    }

    /// Everything, a line each.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        for (name, often) in self.lock().iter() {
            let _ = writeln!(text, "   {often:>8}  {name}");
        }
        text
    }
}
