//! Several tills of one branch on one cloud: what `cargo xtask demo --tills 2` opens.
//!
//! Owns the cloud's process and the tills' set-up. Everything it starts ends with it: the cloud when its
//! standard input closes, the windows when they are closed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{self, Counted};
use crate::{place, shell::program};

/// The business and the shop of the demonstration.
const NAMES: [&str; 4] = ["--tenant", "Demo", "--branch", "High Street"];

/// Opens a cloud and so many windows on it; ends when the last window is closed.
pub(super) fn open(folder: &Path, tills: u32) -> Result<Counted> {
    let database = format!("sqlite:{}", folder.join("cloud.db").display());
    let (mut cloud, url) = start_cloud(&database)?;
    let opened = windows(folder, &database, &url, tills);
    let mut windows = match opened {
        Ok(windows) => windows,
        Err(error) => {
            end(&mut cloud);
            return Err(error);
        }
    };
    println!("   the cloud listens on {url}; close the windows to end");
    for window in &mut windows {
        window.wait().context("a window cannot be waited for")?;
    }
    end(&mut cloud);
    Ok(Counted::default())
}

fn start_cloud(database: &str) -> Result<(Child, String)> {
    let mut cloud = program(place::program("holdfast-cloud", "dev"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
        .arg("--exit-with-parent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("holdfast-cloud cannot be started")?;
    let out = cloud.stdout.take().context("it has a standard output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let address = line.trim().strip_prefix("listening on ");
    match address {
        Some(address) if address.starts_with("http") => Ok((cloud, address.to_owned())),
        Some(address) => Ok((cloud, format!("http://{address}"))),
        None => {
            end(&mut cloud);
            bail!("holdfast-cloud said {line:?} where an address was expected")
        }
    }
}

fn windows(folder: &Path, database: &str, url: &str, tills: u32) -> Result<Vec<Child>> {
    let mut windows = Vec::new();
    for number in 1..=tills {
        let till = join(folder, database, url, number)?;
        let mut window = program(place::program("holdfast", "dev"));
        window.env("HOLDFAST_DATA", &till);
        windows.push(window.spawn().context("the window cannot be opened")?);
    }
    Ok(windows)
}

/// A demo till that has joined the branch.
fn join(folder: &Path, database: &str, url: &str, number: u32) -> Result<PathBuf> {
    let till = folder.join(format!("till-{number}"));
    let name = number.to_string();
    ctl(&till, &["init", "--demo", "--till-name", &name])?;
    let mut code = program(place::program("holdfast-cloud", "dev"));
    let code = shell::read(
        code.args(["enrol-code", "--database", database])
            .args(NAMES),
    )?;
    ctl(&till, &["enrol", "--cloud", url, "--code", code.trim()])?;
    Ok(till)
}

fn ctl(till: &Path, arguments: &[&str]) -> Result<()> {
    let mut ctl: Command = program(place::program("holdfastctl", "dev"));
    let output = ctl.arg("--data").arg(till).args(arguments).output()?;
    ensure!(
        output.status.success(),
        "holdfastctl {}: {}",
        arguments.first().copied().unwrap_or_default(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn end(cloud: &mut Child) {
    drop(cloud.stdin.take());
    // It ends by itself when its input closes; if it is gone already, so much the better.
    let _ = cloud.wait();
}
