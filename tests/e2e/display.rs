//! A display of our own for each window: a test never shares one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

/// A child process that ends with its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left behind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An X server without a screen.
pub struct Display {
    /// Such as `:3`.
    pub name: String,
    _server: Running,
}

impl Display {
    /// Starts one; the server itself picks a free number.
    pub fn start(size: &str) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", size])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb cannot be started: cargo xtask test installs it")?;
        let out = server.stdout.take().context("Xvfb has a standard output")?;
        let server = Running(server);
        let mut number = String::new();
        BufReader::new(out).read_line(&mut number)?;
        Ok(Self {
            name: format!(":{}", number.trim()),
            _server: server,
        })
    }
}
