//! The real till as a process, as a script outside the project would run it.
//!
//! Promises that what it starts it also ends, whatever happens in between. Never waits for time to pass
//! where it can wait for an answer; the random moment of a kill is the one exception, and the point.

use super::http;
use super::running::{Lines, Run, Running};
use crate::invoices::{self, Invoice};
use crate::place::Programs;
use crate::shell;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A till with its data folder, and the folder in which its lists and logs lie.
pub(crate) struct Till {
    folder: PathBuf,
    data: PathBuf,
    program: PathBuf,
    /// Its environment beside ours: a clock that lies.
    pub(crate) environment: Vec<(String, String)>,
}

/// How invoices are rung.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ringing {
    /// Whether it sends meanwhile.
    pub(crate) sending: bool,
    /// A pause before each invoice, milliseconds.
    pub(crate) every_ms: u64,
    /// Whether it may end in any way: the disk fills up under it.
    pub(crate) may_fail: bool,
}

impl Till {
    /// A till whose lists and logs lie in one folder and whose data lies in another.
    pub(crate) fn new(folder: &Path, data: &Path, programs: &Programs) -> Self {
        Self {
            folder: folder.to_owned(),
            data: data.to_owned(),
            program: programs.path("holdfastctl"),
            environment: Vec::new(),
        }
    }

    /// A fresh till that joins this cloud.
    pub(crate) fn join(&self, url: &str, code: &str) -> Result<()> {
        shell::read(
            self.ctl("init")
                .args(["--empty", "--currency", "GBP", "--pin", "2580"]),
        )?;
        shell::read(self.ctl("enrol").args(["--cloud", url, "--code", code]))?;
        Ok(())
    }

    /// Where its data lies.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    fn ctl(&self, command: &str) -> Command {
        let mut ctl = Command::new(&self.program);
        ctl.arg(command)
            .arg("--data")
            .arg(&self.data)
            .stdin(Stdio::null());
        // The key lies beside the data, as on a till without a key store: the proof asks nobody's desktop.
        ctl.env_remove("DBUS_SESSION_BUS_ADDRESS");
        ctl.envs(self.environment.iter().map(|(name, value)| (name, value)));
        ctl
    }

    /// Starts ringing these invoices.
    pub(crate) fn replay(&self, part: &[Invoice], how: Ringing) -> Result<Run> {
        let csv = self.folder.join("part.csv");
        invoices::write(&csv, part)?;
        let list = self.list();
        whole_lines_only(&list)?;
        let lines = Lines::of(&list);
        let mut replay = self.ctl("replay");
        replay.arg(&csv).arg("--acks").arg(&list).arg("--json");
        replay.args(how.sending.then_some("--sending"));
        replay.args(["--every", &how.every_ms.to_string()]);
        replay.stdout(Stdio::null());
        replay.stderr(log(&self.folder, "replay.log")?);
        Ok(Run {
            running: Running::start(&mut replay)?,
            lines,
            may_fail: how.may_fail,
        })
    }

    /// Starts sending what waits; it may end in any way, for the cloud may die under it.
    pub(crate) fn push(&self) -> Result<Run> {
        let mut push = self.ctl("sync");
        push.args(["--until-drained", "--timeout", "10"])
            .stdout(Stdio::null());
        push.stderr(log(&self.folder, "sync.log")?);
        Ok(Run {
            running: Running::start(&mut push)?,
            lines: Lines::of(&self.list()),
            may_fail: true,
        })
    }

    fn list(&self) -> PathBuf {
        self.folder.join("acknowledged")
    }

    /// The list of all runs so far.
    pub(crate) fn acknowledgements(&self) -> Result<String> {
        match std::fs::read_to_string(self.list()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            other => other.context("the acknowledgements cannot be read"),
        }
    }

    /// What `verify` says, as JSON without spaces.
    pub(crate) fn verify(&self, against_cloud: bool) -> Result<String> {
        let mut verify = self.ctl("verify");
        verify
            .arg("--json")
            .args(against_cloud.then_some("--against-cloud"));
        let output = verify
            .output()
            .context("holdfastctl verify cannot be started")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let said: String = said.split_whitespace().collect();
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "verify: {said} {complaint}");
        Ok(said)
    }

    /// How many ops the cloud told this till that it has, by the till's own queue, and how many it has, by its own
    /// count. Nothing is sent for it.
    pub(crate) fn told_and_held(&self) -> Result<(u64, u64)> {
        let queue = shell::read(self.ctl("queue").args(["list", "--limit", "1", "--json"]))?;
        let waiting = http::numbers(&queue, "ops_waiting");
        let mut verify = self.ctl("verify");
        // Not equal is an answer here, with exit status 1.
        let said = verify.args(["--against-cloud", "--json"]).output();
        let said = said.context("holdfastctl verify cannot be started")?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        match (waiting.as_slice(), http::numbers(&said, "ops").as_slice()) {
            ([waiting], [here, there]) => Ok((here.saturating_sub(*waiting), *there)),
            _ => bail!("neither queue nor counts: {queue} {said}"),
        }
    }

    /// Sends everything that is left.
    pub(crate) fn drain(&self, seconds: u32) -> Result<()> {
        let seconds = seconds.to_string();
        shell::read(
            self.ctl("sync")
                .args(["--until-drained", "--timeout", &seconds]),
        )
        .map(|_| ())
    }
}

/// A line that a kill cut in two must not become one with the next.
fn whole_lines_only(list: &Path) -> Result<()> {
    let bytes = std::fs::read(list).unwrap_or_default();
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |last| last + 1);
    if end == bytes.len() {
        return Ok(());
    }
    std::fs::write(list, bytes.get(..end).unwrap_or_default()).context("the list cannot be mended")
}

/// Where a program's complaints go.
pub(crate) fn log(folder: &Path, name: &str) -> Result<Stdio> {
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(name));
    Ok(Stdio::from(
        file.with_context(|| format!("{name} cannot be opened"))?,
    ))
}
