//! The state of the machine: without it no figure means anything.

use std::path::Path;

use serde_json::{Value, json};

/// What a reader must know beside the figures.
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    memory_mib: u64,
    kernel: String,
    optimised: bool,
    load_at_begin: String,
}

impl Machine {
    /// As it is now.
    pub(crate) fn look() -> Self {
        let memory_kib = after("/proc/meminfo", "MemTotal").and_then(|text| {
            let number = text.split_whitespace().next()?;
            number.parse::<u64>().ok()
        });
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: after("/proc/cpuinfo", "model name").unwrap_or_default(),
            memory_mib: memory_kib.unwrap_or_default() / 1_024,
            kernel: read("/proc/sys/kernel/osrelease"),
            optimised: !cfg!(debug_assertions),
            load_at_begin: load(),
        }
    }

    /// For people.
    pub(crate) fn words(&self) -> String {
        let built = if self.optimised {
            "optimised"
        } else {
            "NOT OPTIMISED"
        };
        format!(
            "{} cores ({}), {} MiB, Linux {}; {built}; load average {} at the beginning, {} at the end",
            self.cores,
            self.processor,
            self.memory_mib,
            self.kernel,
            self.load_at_begin,
            load()
        )
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "cores": self.cores,
            "processor": self.processor,
            "memory_mib": self.memory_mib,
            "kernel": self.kernel,
            "optimised": self.optimised,
            "load_at_begin": self.load_at_begin,
            "load_at_end": load(),
        })
    }
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = read("/proc/loadavg");
    let averages: Vec<&str> = text.split_whitespace().take(3).collect();
    averages.join(" ")
}

fn read(path: &str) -> String {
    let text = std::fs::read_to_string(Path::new(path)).unwrap_or_default();
    text.trim().to_owned()
}

fn after(path: &str, name: &str) -> Option<String> {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, rest)| rest.trim().to_owned())
}
