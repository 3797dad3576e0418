//! A real `holdfast-cloud` on a free port, on a database that outlives it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::display::Running;

/// The cloud's database and how to start a server on it.
pub struct Cloud {
    database: PathBuf,
    /// `127.0.0.1:PORT`, kept across restarts.
    pub listen: String,
}

impl Cloud {
    /// A cloud in this folder, not started yet.
    pub fn new(dir: &Path) -> Result<Self> {
        // The port is chosen by the system and given back at once; the server takes it again.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        Ok(Self {
            database: dir.join("cloud.db"),
            listen: format!("127.0.0.1:{port}"),
        })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Starts it and waits until it listens.
    pub fn start(&self) -> Result<Running> {
        let mut child = Command::new(program("holdfast-cloud")?)
            .args([
                "serve",
                "--listen",
                &self.listen,
                "--database",
                &self.database_url(),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .context("holdfast-cloud cannot be started")?;
        let out = child.stdout.take().context("it has a standard output")?;
        let running = Running(child);
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        ensure!(line.starts_with("listening on "), "the cloud said {line:?}");
        Ok(running)
    }

    /// Makes a one-time code.
    pub fn code(&self) -> Result<String> {
        let output = Command::new(program("holdfast-cloud")?)
            .args([
                "enrol-code",
                "--tenant",
                "Pier",
                "--branch",
                "Harbour",
                "--database",
            ])
            .arg(self.database_url())
            .output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn database_url(&self) -> String {
        format!("sqlite:{}", self.database.display())
    }
}

/// One of our programs, beside the window's.
pub fn program(name: &str) -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_holdfast")).with_file_name(name);
    ensure!(
        path.exists(),
        "{name} is not built: cargo build --workspace --bins"
    );
    Ok(path)
}

/// Runs `holdfastctl` on a till's folder and reads its JSON answer.
pub fn ctl(data: &Path, args: &[&str]) -> Result<serde_json::Value> {
    let output = Command::new(program("holdfastctl")?)
        .args(args)
        .args(["--json", "--data"])
        .arg(data)
        .output()?;
    ensure!(
        output.status.success(),
        "holdfastctl {args:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
