//! The demo branch's own cloud: the real `holdfast-cloud`, as a child of this program.
//!
//! Owns finding the program beside this one, starting it on a free loopback port, and its end: it
//! stops by itself when the till's end of its standard input closes, so that a killed till leaves
//! nothing behind. Promises that a till whose cloud cannot be started still sells, and that a cloud
//! that hangs holds the till up for seconds, not for ever.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::error::{AppError, Code};

const PROGRAM: &str = "holdfast-cloud";

/// How long it may take to say where it listens.
const COMES_UP_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to finish when it is asked to.
const ENDS_WITHIN: Duration = Duration::from_secs(3);
/// How often its end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running cloud of our own.
#[derive(Debug)]
pub(crate) struct OwnCloud {
    child: Child,
    url: String,
}

impl OwnCloud {
    /// Starts it on its database in the till's folder.
    pub fn start(dir: &Path) -> Result<Self, AppError> {
        let mut child = Command::new(program()?)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--exit-with-parent",
                "--database",
            ])
            .arg(database(dir))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error))?;
        let line = child.stdout.take().and_then(first_line).unwrap_or_default();
        if let Some(url) = line.trim().strip_prefix("listening on ") {
            let url = url.to_owned();
            return Ok(Self { child, url });
        }
        // It said nothing useful, or nothing in time: end what we started, and say so.
        let _ = child.kill();
        let _ = child.wait();
        Err(failed(&format!("it did not come up ({line:?})")))
    }

    /// Makes a one-time code for the demo branch.
    pub fn enrol_code(dir: &Path, tenant: &str, branch: &str) -> Result<String, AppError> {
        let output = Command::new(program()?)
            .args([
                "enrol-code",
                "--tenant",
                tenant,
                "--branch",
                branch,
                "--database",
            ])
            .arg(database(dir))
            .output()
            .map_err(|error| failed(&error))?;
        if !output.status.success() {
            return Err(failed(&String::from_utf8_lossy(&output.stderr)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Whether it runs no more. One that cannot be asked counts as running.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for OwnCloud {
    fn drop(&mut self) {
        // Closing its input asks it to finish; waiting keeps no zombie.
        drop(self.child.stdin.take());
        let asked_at = Instant::now();
        while !self.has_ended() {
            if asked_at.elapsed() >= ENDS_WITHIN {
                // It hangs: its database is as safe as after a power cut.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// The first line of what it says, if one comes in time. The reading thread ends with the line or
/// with the program.
fn first_line(out: ChildStdout) -> Option<String> {
    let (said, heard) = channel();
    let reading = std::thread::Builder::new().name("own-cloud".to_owned());
    let begun = reading.spawn(move || {
        let mut line = String::new();
        if BufReader::new(out).read_line(&mut line).is_ok() {
            // Who waited too long hears nothing more.
            let _ = said.send(line);
        }
    });
    begun.ok()?;
    heard.recv_timeout(COMES_UP_WITHIN).ok()
}

/// Whether the program is there at all.
pub(crate) fn available() -> bool {
    program().is_ok()
}

fn database(dir: &Path) -> String {
    format!("sqlite:{}", dir.join("own-cloud.db").display())
}

fn program() -> Result<PathBuf, AppError> {
    let here = std::env::current_exe().map_err(|error| failed(&error))?;
    // Cargo puts test programs one folder below the others.
    let folders = here
        .parent()
        .into_iter()
        .flat_map(|folder| [Some(folder), folder.parent()]);
    folders
        .flatten()
        .map(|folder| folder.join(PROGRAM))
        .find(|program| program.exists())
        .ok_or_else(|| failed(&format!("{PROGRAM} is not beside {}", here.display())))
}

fn failed(why: &dyn std::fmt::Display) -> AppError {
    AppError::new(
        Code::CloudUnreachable,
        format!("the demo branch's own cloud: {why}"),
    )
}
