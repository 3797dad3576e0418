//! The real cloud as a process, killed and started again on its database and port.

use super::books::Listed;
use super::http;
use super::running::Running;
use super::till::log;
use crate::place::Programs;
use crate::shell;
use anyhow::{Context, Result, ensure};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Rows of one page of the cloud's list.
const PAGE: usize = 1_000;

/// A cloud on its own database.
pub(crate) struct Cloud {
    folder: PathBuf,
    program: PathBuf,
    /// `--database`.
    pub(crate) database: String,
    /// Where it listens, always.
    pub(crate) port: u16,
    /// Its environment beside ours: a clock that lies.
    pub(crate) environment: Vec<(String, String)>,
    running: Option<Running>,
}

impl Cloud {
    /// Starts one in this folder, on a free port that it keeps.
    pub(crate) fn start(folder: &Path, programs: &Programs) -> Result<Self> {
        let database = format!("sqlite:{}", folder.join("cloud.db").display());
        Self::start_on(folder, programs, database)
    }

    /// The same, on this database.
    pub(crate) fn start_on(folder: &Path, programs: &Programs, database: String) -> Result<Self> {
        let mut cloud = Self {
            folder: folder.to_owned(),
            program: programs.path("holdfast-cloud"),
            database,
            port: free_port()?,
            environment: Vec::new(),
            running: None,
        };
        cloud.up()?;
        Ok(cloud)
    }

    /// Starts it unless it runs.
    pub(crate) fn up(&mut self) -> Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let mut serve = Command::new(&self.program);
        let address = format!("127.0.0.1:{}", self.port);
        serve.args(["serve", "--listen", &address, "--database", &self.database]);
        serve.envs(self.environment.iter().map(|(name, value)| (name, value)));
        serve
            .stdin(Stdio::null())
            .stderr(log(&self.folder, "cloud.log")?);
        let (line, running) = Running::up(&mut serve)?;
        ensure!(
            line.contains("listening"),
            "the cloud did not come up: '{line}', see cloud.log"
        );
        self.running = Some(running);
        Ok(())
    }

    /// SIGKILL, if it runs.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::kill)
    }

    /// SIGKILL, and a new one on the same database and port.
    pub(crate) fn kill_and_start(&mut self) -> Result<()> {
        self.kill()?;
        self.up()
    }

    /// SIGSTOP or SIGCONT.
    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        self.running
            .as_ref()
            .map_or(Ok(()), |running| running.signal(name))
    }

    /// Where tills reach it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What a command beside the database answers: its last word.
    pub(crate) fn ask(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(words).args(["--database", &self.database]);
        let answer = shell::read(&mut command)?;
        let word = answer.split_whitespace().last();
        Ok(word
            .with_context(|| format!("{words:?} answered nothing"))?
            .to_owned())
    }

    /// A code with which one till may join.
    pub(crate) fn code(&self) -> Result<String> {
        self.ask(&["enrol-code", "--tenant", "Kill", "--branch", "One"])
    }

    /// Every sale and refund that the cloud lists, in the order in which it recorded them.
    pub(crate) fn sales(&self) -> Result<Vec<Listed>> {
        let token = self.ask(&["read-token", "--tenant", "Kill"])?;
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/v1/sales?limit={PAGE}{after}");
            let page = http::get(self.port, &path, &token)?;
            all.extend(Listed::of_page(&page)?);
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

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> Result<u16> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(free.context("no free port on 127.0.0.1")?.port())
}
