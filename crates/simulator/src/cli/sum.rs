//! What all runs came to, and how fast they were.

use std::time::Duration;

use simulator::world::{Fault, Goal, Report, Tally};

use super::{Wanted, say};

/// A fault of a long run was met at least so often.
const OFTEN: u64 = 100;
/// Ticks a second in which Linux tells the time of a processor.
const TICKS: f64 = 100.0;

/// What all runs came to.
pub(crate) struct Sum {
    runs: u64,
    events: u64,
    ops: u64,
    till_ms: u64,
    tally: Tally,
    cpu_before: f64,
}

impl Sum {
    pub(crate) fn begin() -> Self {
        Self {
            runs: 0,
            events: 0,
            ops: 0,
            till_ms: 0,
            tally: Tally::default(),
            cpu_before: cpu_seconds(),
        }
    }

    pub(crate) fn add(&mut self, report: &Report) {
        self.runs += 1;
        self.events += report.events;
        self.ops += report.ops;
        self.till_ms += report.till_ms;
        self.tally.add(&report.tally);
    }

    pub(crate) fn progress(&self, of: u64, since: Duration) {
        if self.runs.is_multiple_of((of / 20).max(1)) {
            let speed = self.speed();
            say(&format!(
                "{} of {of} seeds, {} s, {speed}",
                self.runs,
                since.as_secs()
            ));
        }
    }

    fn speed(&self) -> String {
        let minutes = ((cpu_seconds() - self.cpu_before) / 60.0).max(1e-3);
        let hours = Duration::from_millis(self.till_ms).as_secs_f64() / 3_600.0;
        format!(
            "{:.0} till-hours ({:.0} till-days) a core-minute",
            hours / minutes,
            hours / 24.0 / minutes
        )
    }

    /// Whether every fault was met often enough and every goal reached.
    pub(crate) fn is_complete(&self) -> bool {
        self.tally.rare(OFTEN).next().is_none() && self.tally.missed().next().is_none()
    }

    pub(crate) fn tell(&self, wanted: &Wanted) {
        say(&format!(
            "{} seeds, {} events, {} ops, {} till-hours, {}",
            self.runs,
            self.events,
            self.ops,
            self.till_ms / 3_600_000,
            self.speed()
        ));
        for fault in Fault::ALL {
            say(&format!("  {:>10}  {fault}", self.tally.times(*fault)));
        }
        say("sometimes:");
        for goal in Goal::ALL {
            say(&format!("  {:>10}  {goal}", self.tally.reached(*goal)));
        }
        let rare: Vec<&str> = self.tally.rare(OFTEN).map(Fault::as_str).collect();
        let missed: Vec<&str> = self.tally.missed().map(Goal::as_str).collect();
        let must = if wanted.is_long() {
            ", and so long a run must"
        } else {
            ""
        };
        if !rare.is_empty() {
            say(&format!(
                "met fewer than {OFTEN} times{must}: {}",
                rare.join(", ")
            ));
        }
        if !missed.is_empty() {
            say(&format!("never reached{must}: {}", missed.join(", ")));
        }
    }
}

/// Processor time of this process; where nobody tells it, nothing.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields = fields.split_whitespace();
    let ticks = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
