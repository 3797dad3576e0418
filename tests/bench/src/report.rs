//! The figures, as a table for people and as JSON.
//!
//! Promises that a figure stands beside what it is compared with, and that both are of the same run.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::machine::{self, Machine};
use crate::samples::Samples;

/// Everything measured so far.
pub(crate) struct Report {
    machine: Machine,
    begun: Instant,
    figures: Vec<Value>,
    bench: &'static str,
}

/// What a figure is compared with: its name and its samples.
pub(crate) type Yardstick<'a> = (&'a str, &'a Samples);

impl Report {
    /// Looks at the machine and begins.
    pub(crate) fn begin() -> Self {
        Self {
            machine: Machine::look(),
            begun: Instant::now(),
            figures: Vec::new(),
            bench: "",
        }
    }

    /// What follows belongs to this bench.
    pub(crate) fn bench(&mut self, name: &'static str) {
        self.bench = name;
        println!("\n{name} (load average {})", machine::load());
        println!(
            "  {:<54} {:>6} {:>10} {:>10} {:>10}   {:>6} {:>6}",
            "", "n", "p50", "p99", "max", "p50", "p99"
        );
    }

    /// Times of one thing, beside their yardstick.
    pub(crate) fn times(&mut self, name: &str, samples: &Samples, beside: Option<Yardstick<'_>>) {
        let [p50, p99, max] = [500, 990, 1_000].map(|at| samples.at(at));
        let ratios = beside.map(|(_, raw)| (over(p50, raw.at(500)), over(p99, raw.at(990))));
        let compared = ratios
            .zip(beside)
            .map_or_else(String::new, |((at50, at99), (of, _))| {
                format!("{at50:>5.2}x {at99:>5.2}x  of {of}")
            });
        println!(
            "  {name:<54} {:>6} {:>10} {:>10} {:>10}   {compared}",
            samples.count(),
            words(p50),
            words(p99),
            words(max)
        );
        self.figures.push(json!({
            "bench": self.bench,
            "what": name,
            "samples": samples.count(),
            "p50_us": micros(p50),
            "p99_us": micros(p99),
            "max_us": micros(max),
            "beside": beside.map(|(of, raw)| json!({
                "what": of,
                "p50_us": micros(raw.at(500)),
                "p99_us": micros(raw.at(990)),
            })),
            "ratio_p50": ratios.map(|(ratio, _)| ratio),
            "ratio_p99": ratios.map(|(_, ratio)| ratio),
            "load": machine::load(),
        }));
    }

    /// One number that has no percentiles, with what it is beside something else.
    pub(crate) fn number(
        &mut self,
        name: &str,
        value: f64,
        unit: &str,
        beside: Option<(&str, f64)>,
    ) {
        let ratio = beside.map(|(_, other)| value / other);
        let compared = ratio
            .zip(beside)
            .map_or_else(String::new, |(ratio, (of, _))| {
                format!("{ratio:>5.2}x of {of}")
            });
        println!("  {name:<54} {value:>17.2} {unit:<12} {compared}");
        self.figures.push(json!({
            "bench": self.bench,
            "what": name,
            "value": value,
            "unit": unit,
            "beside": beside.map(|(of, other)| json!({ "what": of, "value": other })),
            "ratio": ratio,
            "load": machine::load(),
        }));
    }

    /// Says what the machine was and writes the JSON, if it is wanted.
    pub(crate) fn finish(self, json: Option<&Path>) -> Result<()> {
        println!("\n{}", self.machine.words());
        println!("measured in {:.0} s", self.begun.elapsed().as_secs_f64());
        let Some(path) = json else { return Ok(()) };
        let all = json!({ "machine": self.machine.json(), "figures": self.figures });
        std::fs::write(path, serde_json::to_vec_pretty(&all)?)
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// How many times as long.
pub(crate) fn over(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

fn micros(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 10.0
}

fn words(time: Duration) -> String {
    let micros = micros(time);
    if micros < 10_000.0 {
        format!("{micros:.0} us")
    } else {
        format!("{:.1} ms", micros / 1e3)
    }
}
