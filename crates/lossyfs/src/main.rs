//! `lossyfs FOLDER BYTES`: a file system in memory that loses what was not flushed when the power is cut.
//!
//! Owns one disk of so many bytes, mounted at the folder, and the power switch: a line `cut SEED` on
//! standard input takes the disk away, drops what nobody flushed (file contents by `fsync`, names by an
//! `fsync` of their folder), and mounts it again; the answer is one line. `room BYTES` changes its size,
//! `quit` or the end of standard input takes it away for good.
//!
//! After a line `deaf` it says that it flushed and does not: a bench that finds nothing on it sees nothing.
//!
//! Promises: what was flushed is there after a cut, whole; of the rest nothing, a part, or all is there,
//! in any order of pages, torn at a sector. Whoever used the disk must be dead when the power is cut.

#![allow(clippy::print_stdout, reason = "whoever starts it waits for its lines")]

#[cfg(target_os = "linux")]
mod attributes;
#[cfg(target_os = "linux")]
mod body;
#[cfg(target_os = "linux")]
mod dice;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod mounted;
#[cfg(target_os = "linux")]
mod switch;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.as_slice() {
        [folder, bytes] => match bytes.parse() {
            Ok(bytes) => switch::serve(folder.as_ref(), disk::Disk::new(bytes)),
            Err(error) => Err(std::io::Error::other(error)),
        },
        _ => Err(std::io::Error::other("lossyfs FOLDER BYTES")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lossyfs: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("lossyfs: only where there is /dev/fuse");
    ExitCode::FAILURE
}
