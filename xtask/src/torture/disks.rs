//! What tills' data lies on: a folder, a file system that forgets, a small one that fills up.
//!
//! Promises that what was mounted is taken away when the disk is dropped. Never fills a disk of anybody else.

use super::plan::Medium;
use crate::kill::running::Running;
use crate::place::Programs;
use crate::shell;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// Smaller than what the vault wants for a reserve, larger than what it wants for a new cart.
const SIZE_MB: u64 = 120;
const MB: u64 = 1024 * 1024;

/// A disk with a till's data folder on it.
pub(crate) struct Disk {
    root: PathBuf,
    kind: Kind,
}

enum Kind {
    Plain,
    Lossy {
        _running: Running,
        into: ChildStdin,
        from: BufReader<ChildStdout>,
    },
    Small,
}

impl Disk {
    /// Mounts one at this folder.
    pub(crate) fn mount(root: &Path, medium: Medium, programs: &Programs) -> Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("{} cannot be made", root.display()))?;
        let root = root.to_owned();
        let kind = match medium {
            Medium::Plain => Kind::Plain,
            Medium::Small => {
                let size = format!("size={SIZE_MB}m,mode=700");
                let mut mount = Command::new("mount");
                mount.args(["-t", "tmpfs", "-o", &size, "holdfast-torture"]);
                shell::read(mount.arg(&root))?;
                Kind::Small
            }
            Medium::Lossy | Medium::Deaf => lossy(&root, programs)?,
        };
        Ok(Self { root, kind })
    }

    /// Where a till's data may lie on it.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The power is cut; whoever used it is dead. What was lost, in the disk's words.
    pub(crate) fn cut(&mut self, seed: u64) -> Result<String> {
        self.tell(&format!("cut {seed}"))
    }

    /// From now on it says that it flushed, and does not.
    pub(crate) fn deafen(&mut self) -> Result<()> {
        self.tell("deaf 1").map(drop)
    }

    fn tell(&mut self, line: &str) -> Result<String> {
        let Kind::Lossy { into, from, .. } = &mut self.kind else {
            return Ok(String::new());
        };
        writeln!(into, "{line}").context("the lossy disk does not listen")?;
        let mut said = String::new();
        from.read_line(&mut said)?;
        ensure!(
            !said.is_empty(),
            "the lossy disk is gone, see after '{line}'"
        );
        Ok(said.trim_end().to_owned())
    }

    /// What can fill it.
    pub(crate) fn ballast(&self) -> Ballast {
        Ballast(self.root.join("ballast"))
    }
}

/// A file that takes a disk's room.
pub(crate) struct Ballast(PathBuf);

impl Ballast {
    /// Fills the disk until only so much is left.
    pub(crate) fn fill(&self, leave_mb: u64) -> Result<()> {
        let root = self.0.parent().unwrap_or(&self.0);
        let mut free = Command::new("df");
        let free = shell::read(free.args(["--output=avail", "-B1"]).arg(root))?;
        let free: u64 = free.split_whitespace().last().unwrap_or("0").parse()?;
        let size = free.saturating_sub(leave_mb * MB).max(4_096).to_string();
        // It may fail on the last page: then the disk is full, which was the point.
        let _ = shell::read(Command::new("fallocate").args(["-l", &size]).arg(&self.0));
        Ok(())
    }

    /// Gives the room back.
    pub(crate) fn empty(&self) -> Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("the disk cannot be emptied")
            }
            _ => Ok(()),
        }
    }
}

fn lossy(root: &Path, programs: &Programs) -> Result<Kind> {
    let mut command = Command::new(programs.path("lossyfs"));
    command.arg(root).arg((SIZE_MB * MB).to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = Running::start(&mut command)?;
    let child = running.child();
    let (into, from) = (child.stdin.take(), child.stdout.take());
    let into = into.context("the lossy disk has no standard input")?;
    let mut from = BufReader::new(from.context("the lossy disk has no standard output")?);
    let mut said = String::new();
    from.read_line(&mut said)?;
    ensure!(
        said.starts_with("mounted"),
        "the lossy disk does not come up"
    );
    Ok(Kind::Lossy {
        _running: running,
        into,
        from,
    })
}

impl Drop for Disk {
    fn drop(&mut self) {
        match &mut self.kind {
            Kind::Plain => {}
            Kind::Small => {
                let _ = shell::read(Command::new("umount").args(["--lazy"]).arg(&self.root));
            }
            Kind::Lossy { into, from, .. } => {
                let _ = writeln!(into, "quit");
                // Its output ends when it has taken the disk away.
                let _ = from.read_line(&mut String::new());
            }
        }
    }
}

/// Copies a folder with everything in it, flushed; what was at the destination goes first.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = || format!("{} cannot be copied to {}", from.display(), to.display());
    if to.exists() {
        fs::remove_dir_all(to).with_context(failed)?;
    }
    fs::create_dir_all(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            copy_file(&path, &target)?;
        }
    }
    flush(to)?;
    to.parent().map_or(Ok(()), flush)
}

/// Copies a file, flushed, its name included.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    flush(to)?;
    to.parent().map_or(Ok(()), flush)
}

fn flush(path: &Path) -> Result<()> {
    let flushed = fs::File::open(path).and_then(|file| file.sync_all());
    flushed.with_context(|| format!("{} cannot be flushed", path.display()))
}
