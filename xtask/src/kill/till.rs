//! The two programs under test, as a script outside the project would run them.
//!
//! Promises that what it starts it also ends, whatever happens in between. Never waits for time to pass
//! where it can wait for an answer; the random moment of a kill is the one exception, and the point.

use super::books::Listed;
use super::http;
use crate::invoices::{self, Invoice};
use crate::{place, shell};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A run that acknowledges nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// Rows of one page of the cloud's list.
const PAGE: usize = 1_000;

/// A program of ours that is running; dropping it ends it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A cloud on its own database.
pub(crate) struct Cloud {
    folder: PathBuf,
    program: PathBuf,
    port: u16,
    _running: Running,
}

impl Cloud {
    /// Starts one in this folder, on a free port that it keeps.
    pub(crate) fn start(folder: &Path, profile: &str) -> Result<Self> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.context("no free port on 127.0.0.1")?.port();
        Self::start_on(folder, place::program("holdfast-cloud", profile), port)
    }

    fn start_on(folder: &Path, program: PathBuf, port: u16) -> Result<Self> {
        let mut serve = Command::new(&program);
        serve.args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--database",
        ]);
        serve
            .arg(database(folder))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        serve.stderr(log(folder, "cloud.log")?);
        let child = serve
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut running = Running(child);
        let mut line = String::new();
        if let Some(out) = running.0.stdout.take() {
            let mut out = BufReader::new(out);
            out.read_line(&mut line)?;
            // Whatever else it says must not fill the pipe.
            std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        }
        ensure!(
            line.contains("listening"),
            "the cloud did not come up: '{line}', see cloud.log"
        );
        Ok(Self {
            folder: folder.to_owned(),
            program,
            port,
            _running: running,
        })
    }

    /// SIGKILL, and a new one on the same database and port.
    pub(crate) fn killed_and_started_again(self) -> Result<Self> {
        let (folder, program, port) = (self.folder.clone(), self.program.clone(), self.port);
        drop(self);
        Self::start_on(&folder, program, port)
    }

    fn ask(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command
            .args(words)
            .arg("--database")
            .arg(database(&self.folder));
        let answer = shell::read(&mut command)?;
        let word = answer.split_whitespace().last();
        Ok(word
            .with_context(|| format!("{words:?} answered nothing"))?
            .to_owned())
    }

    /// Every sale and refund that the cloud lists.
    pub(crate) fn sales(&self) -> Result<Vec<Listed>> {
        let token = self.ask(&["read-token", "--tenant", "Kill"])?;
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/v1/sales?limit={PAGE}{after}");
            let page = http::get(self.port, &path, &token)?;
            let (ids, references) = (
                http::texts(&page, "sale_id"),
                http::texts(&page, "reference"),
            );
            ensure!(
                ids.len() == references.len(),
                "each sale has an id and a reference: {page}"
            );
            let rows = ids.into_iter().zip(references);
            all.extend(rows.map(|(sale_id, reference)| Listed { sale_id, reference }));
            if !page.contains("\"more\":true") {
                return Ok(all);
            }
            let next = http::texts(&page, "next").pop();
            after = format!(
                "&after={}",
                next.context("a page with more says where it goes on")?
            );
        }
    }
}

/// A till with its data folder.
pub(crate) struct Till {
    folder: PathBuf,
    program: PathBuf,
}

impl Till {
    /// A fresh till, enrolled with this cloud.
    pub(crate) fn enrolled(folder: &Path, profile: &str, cloud: &Cloud) -> Result<Self> {
        let till = Self {
            folder: folder.to_owned(),
            program: place::program("holdfastctl", profile),
        };
        let code = cloud.ask(&["enrol-code", "--tenant", "Kill", "--branch", "One"])?;
        let url = format!("http://127.0.0.1:{}", cloud.port);
        shell::read(till.ctl("init").args(["--empty", "--currency", "GBP"]))?;
        shell::read(till.ctl("enrol").args(["--cloud", &url, "--code", &code]))?;
        Ok(till)
    }

    fn ctl(&self, command: &str) -> Command {
        let mut ctl = Command::new(&self.program);
        ctl.arg(command)
            .arg("--data")
            .arg(self.folder.join("till"))
            .stdin(Stdio::null());
        // The key lies beside the data, as on a till without a key store: the proof asks nobody's desktop.
        ctl.env_remove("DBUS_SESSION_BUS_ADDRESS");
        ctl
    }

    /// Starts ringing these invoices.
    pub(crate) fn replay(&self, part: &[Invoice]) -> Result<Run> {
        let csv = self.folder.join("part.csv");
        invoices::write(&csv, part)?;
        let list = self.list();
        whole_lines_only(&list)?;
        let before = lines(&list);
        let mut replay = self.ctl("replay");
        replay
            .arg(&csv)
            .arg("--acks")
            .arg(&list)
            .arg("--json")
            .stdout(Stdio::null());
        replay.stderr(log(&self.folder, "replay.log")?);
        let child = replay
            .spawn()
            .context("holdfastctl replay cannot be started")?;
        Ok(Run {
            running: Running(child),
            list,
            before,
            may_fail: false,
        })
    }

    /// Starts sending what waits; it may end in any way, for the cloud may die under it.
    pub(crate) fn push(&self) -> Result<Run> {
        let mut push = self.ctl("sync");
        push.args(["--until-drained", "--timeout", "10"])
            .stdout(Stdio::null());
        push.stderr(log(&self.folder, "sync.log")?);
        let child = push.spawn().context("holdfastctl sync cannot be started")?;
        let list = self.list();
        let before = lines(&list);
        Ok(Run {
            running: Running(child),
            list,
            before,
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
        Ok(shell::read(&mut verify)?.split_whitespace().collect())
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

/// A command of the till under way.
pub(crate) struct Run {
    running: Running,
    list: PathBuf,
    before: u64,
    may_fail: bool,
}

impl Run {
    /// Kills it so much later than its n-th acknowledgement (0: than its start). False if it was done before.
    pub(crate) fn kill_after(mut self, acknowledgements: u64, then: Duration) -> Result<bool> {
        let began = Instant::now();
        while lines(&self.list) < self.before + acknowledgements {
            if let Some(done) = self.done()? {
                return Ok(done);
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "replay acknowledged nothing for {} s, see replay.log",
                    PATIENCE.as_secs()
                );
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        std::thread::sleep(then);
        if let Some(done) = self.done()? {
            return Ok(done);
        }
        self.running.0.kill().context("replay cannot be killed")?;
        self.running.0.wait()?;
        Ok(true)
    }

    /// Some(false): it came to its end by itself, well.
    fn done(&mut self) -> Result<Option<bool>> {
        match self.running.0.try_wait()? {
            None => Ok(None),
            Some(status) if status.success() || self.may_fail => Ok(Some(false)),
            Some(status) => bail!("replay ended by itself with {status}, see replay.log"),
        }
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

fn lines(list: &Path) -> u64 {
    let bytes = std::fs::read(list).unwrap_or_default();
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("cloud.db").display())
}

fn log(folder: &Path, name: &str) -> Result<Stdio> {
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(name));
    Ok(Stdio::from(
        file.with_context(|| format!("{name} cannot be opened"))?,
    ))
}
