//! A program of ours under way: its end, a pause of it, and how far its list of acknowledgements has grown.
//!
//! Promises that what was started is ended when it is dropped, stopped or not.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A run that acknowledges nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running program; dropping it ends it.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn();
        child
            .map(Self)
            .with_context(|| format!("cannot start {name}"))
    }

    /// Starts one that says a line when it is up; the line, and the program.
    pub(crate) fn up(command: &mut Command) -> Result<(String, Self)> {
        let mut running = Self::start(command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        if let Some(out) = running.0.stdout.take() {
            let mut out = BufReader::new(out);
            out.read_line(&mut line)?;
            // Whatever else it says must not fill the pipe.
            std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        }
        Ok((line, running))
    }

    /// Its pipes, for one that is talked to.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// SIGKILL; it is gone when this returns.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.0.kill().context("it cannot be killed")?;
        self.0.wait().map(drop).context("it cannot be waited for")
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.0.try_wait().context("it cannot be looked at")
    }

    /// SIGSTOP, or SIGCONT after one.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let words = [format!("-{name}"), self.0.id().to_string()];
        let status = Command::new("kill")
            .args(words)
            .stderr(Stdio::null())
            .status();
        // One that has ended meanwhile needs no signal.
        status.map(drop).context("kill cannot be started")
    }
}

/// The lines of a list that others append to, counted as they come.
pub(crate) struct Lines {
    path: PathBuf,
    read_to: u64,
    pub(crate) count: u64,
}

impl Lines {
    /// Counts those that come from now on.
    pub(crate) fn of(path: &Path) -> Self {
        let read_to = std::fs::metadata(path).map_or(0, |meta| meta.len());
        let path = path.to_owned();
        Self {
            path,
            read_to,
            count: 0,
        }
    }

    fn look(&mut self) -> u64 {
        let mut new = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.read_to))?;
            file.read_to_end(&mut new)
        });
        self.read_to += read.map_or(0, |read| read as u64);
        self.count += new
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.count
    }
}

/// A command of the till under way.
pub(crate) struct Run {
    pub(crate) running: Running,
    pub(crate) lines: Lines,
    pub(crate) may_fail: bool,
}

impl Run {
    /// Waits for its n-th acknowledgement; false if it came to its end before.
    pub(crate) fn reaches(&mut self, acknowledgements: u64) -> Result<bool> {
        let began = Instant::now();
        while self.lines.look() < acknowledgements {
            if self.done()? {
                return Ok(false);
            }
            if began.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                bail!("replay acknowledged nothing for {seconds} s, see replay.log");
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        Ok(true)
    }

    /// Kills it so much later than its n-th acknowledgement (0: than its start). False if it was done before.
    pub(crate) fn kill_after(mut self, acknowledgements: u64, then: Duration) -> Result<bool> {
        if !self.reaches(acknowledgements)? {
            return Ok(false);
        }
        std::thread::sleep(then);
        if self.done()? {
            return Ok(false);
        }
        self.running.kill()?;
        Ok(true)
    }

    /// Waits until it ends by itself, and kills it after that long. Whether it ended by itself.
    pub(crate) fn ends_within(mut self, patience: Duration) -> Result<bool> {
        let began = Instant::now();
        while began.elapsed() < patience {
            if self.done()? {
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.running.kill()?;
        Ok(false)
    }

    /// Whether it came to its end by itself, and well if it must.
    pub(crate) fn done(&mut self) -> Result<bool> {
        match self.running.ended()? {
            None => Ok(false),
            Some(status) if status.success() || self.may_fail => Ok(true),
            Some(status) => bail!("replay ended by itself with {status}, see replay.log"),
        }
    }
}
