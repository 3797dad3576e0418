//! What happens to the cloud and to the line while the tills live.

use super::clock;
use super::counts::Counts;
use super::disks::Disk;
use super::ledger::Ledger;
use super::plan::Elsewhere;
use crate::kill::cloud::{Cloud, free_port};
use crate::kill::running::Running;
use crate::kill::till::log;
use crate::place::Programs;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The hostile line as a process on a port that it keeps.
pub(crate) struct Line {
    folder: PathBuf,
    program: PathBuf,
    port: u16,
    cloud: u16,
    running: Option<Running>,
}

impl Line {
    /// A calm line to the cloud at this port.
    pub(crate) fn calm(folder: &Path, cloud: u16, programs: &Programs) -> Result<Self> {
        let mut line = Self {
            folder: folder.to_owned(),
            program: programs.path("chaos"),
            port: free_port()?,
            cloud,
            running: None,
        };
        line.weather(0, 0)?;
        Ok(line)
    }

    /// SIGKILL, and a new one in this weather.
    pub(crate) fn weather(&mut self, seed: u64, per_mille: u64) -> Result<()> {
        self.kill()?;
        let mut carry = Command::new(&self.program);
        for port in [self.port, self.cloud] {
            carry.arg(format!("127.0.0.1:{port}"));
        }
        carry.args([seed.to_string(), per_mille.to_string()]);
        carry.arg(self.told()).stdin(Stdio::null());
        carry.stderr(log(&self.folder, "line.log")?);
        let (said, running) = Running::up(&mut carry)?;
        ensure!(
            said.contains("carrying"),
            "the line does not come up: '{said}'"
        );
        self.running = Some(running);
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::kill)
    }

    fn told(&self) -> PathBuf {
        self.folder.join("faults-of-the-line")
    }

    /// Where tills reach it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Adds up what befell it.
    pub(crate) fn tell(&self, counts: &Counts) {
        let told = std::fs::read_to_string(self.told()).unwrap_or_default();
        for fault in told.lines() {
            counts.count(&format!("line: {fault}"));
        }
    }
}

/// The cloud, its tables and the line to it.
pub(crate) struct Far {
    pub(crate) cloud: Cloud,
    pub(crate) ledger: Ledger,
    pub(crate) line: Line,
    clock: PathBuf,
    /// What its file lies on; taken away after everybody who uses it.
    disk: Option<Disk>,
}

impl Far {
    /// Everything up and calm.
    pub(crate) fn begin(
        folder: &Path,
        (ledger, disk): (Ledger, Option<Disk>),
        programs: &Programs,
    ) -> Result<Self> {
        let cloud = Cloud::start_on(folder, programs, ledger.url())?;
        let line = Line::calm(folder, cloud.port, programs)?;
        let clock = folder.join("clock");
        Ok(Self {
            cloud,
            ledger,
            line,
            clock,
            disk,
        })
    }

    /// Does what the plan says until the tills are done.
    pub(crate) fn suffer(
        &mut self,
        plan: &[(u64, Elsewhere)],
        done: &AtomicBool,
        counts: &Counts,
    ) -> Result<()> {
        for (wait_ms, what) in plan {
            if !wait(*wait_ms, done) {
                return Ok(());
            }
            self.befall(*what, counts)?;
        }
        Ok(())
    }

    fn befall(&mut self, what: Elsewhere, counts: &Counts) -> Result<()> {
        match what {
            Elsewhere::KillCloud { down_ms } => {
                self.cloud.kill()?;
                pause(down_ms);
                self.cloud.up()?;
                counts.count("kill: cloud");
            }
            Elsewhere::CutCloud { seed } => {
                self.cloud.kill()?;
                if let Some(disk) = &mut self.disk {
                    disk.cut(seed)?;
                }
                self.cloud.up()?;
                counts.count("kill: cloud by a power cut");
            }
            Elsewhere::StopCloud { ms } => {
                self.cloud.signal("STOP")?;
                pause(ms);
                self.cloud.signal("CONT")?;
                counts.count("stop: cloud");
            }
            Elsewhere::KillLine {
                down_ms,
                seed,
                per_mille,
            } => {
                self.line.kill()?;
                pause(down_ms);
                self.line.weather(seed, per_mille)?;
                counts.count("kill: line");
            }
            Elsewhere::StopLine { ms } => {
                if let Some(line) = &self.line.running {
                    line.signal("STOP")?;
                    pause(ms);
                    line.signal("CONT")?;
                }
                counts.count("stop: line");
            }
            Elsewhere::CloudClock { offset_s } => {
                clock::set(&self.clock, offset_s)?;
                // The first one is a cloud that starts with it, later ones jump under the same.
                if self.cloud.environment.is_empty() {
                    self.cloud.environment = clock::environment(&self.clock);
                    self.cloud.kill_and_start()?;
                    counts.count("kill: cloud");
                }
                counts.count("clock of the cloud jumped");
            }
            Elsewhere::CopyCloud => {
                self.cloud.kill()?;
                self.ledger.copy()?;
                self.cloud.up()?;
                counts.count("kill: cloud");
            }
            Elsewhere::RollBack { said } => {
                self.cloud.kill()?;
                self.ledger.put_back()?;
                if said {
                    self.cloud.ask(&["restored"])?;
                }
                self.cloud.up()?;
                counts.count("kill: cloud");
                counts.count(if said {
                    "cloud rolled back, and said"
                } else {
                    "cloud rolled back in silence"
                });
            }
        }
        Ok(())
    }

    /// From here on nothing happens to either.
    pub(crate) fn heal(&mut self) -> Result<()> {
        self.cloud.environment.clear();
        self.cloud.kill_and_start()?;
        self.line.weather(0, 0)
    }
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Whether the tills still live after so long.
fn wait(ms: u64, done: &AtomicBool) -> bool {
    let until = Instant::now() + Duration::from_millis(ms);
    while Instant::now() < until {
        if done.load(Ordering::SeqCst) {
            return false;
        }
        pause(10);
    }
    !done.load(Ordering::SeqCst)
}
