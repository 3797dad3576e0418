//! The power switch: lines of standard input.

use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use fuser::BackgroundSession;

use crate::disk::Disk;
use crate::mounted::{locked, mount};

/// Mounts a disk and follows the lines of standard input until they end.
pub(crate) fn serve(folder: &Path, disk: Disk) -> io::Result<()> {
    let disk = Arc::new(Mutex::new(disk));
    let mut session = Some(mount(folder, &disk)?);
    say(&format!("mounted {}", folder.display()))?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (word, number) = line.split_once(' ').unwrap_or((&line, "0"));
        let number: u64 = number.trim().parse().map_err(io::Error::other)?;
        match word {
            "cut" => {
                take_away(session.take())?;
                let lost = locked(&disk).cut(number);
                session = Some(mount(folder, &disk)?);
                say(&format!("cut {} bytes {} names", lost.bytes, lost.names))?;
            }
            "room" => {
                locked(&disk).capacity = number;
                say(&format!("room {number}"))?;
            }
            "deaf" => {
                locked(&disk).deaf = true;
                say("deaf")?;
            }
            _ => break,
        }
    }
    take_away(session.take())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Waits until nobody uses it any more: a program that was killed a moment ago may still be going.
fn take_away(session: Option<BackgroundSession>) -> io::Result<()> {
    session.map_or(Ok(()), BackgroundSession::umount_and_join)
}
