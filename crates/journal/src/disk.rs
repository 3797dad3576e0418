//! The one way to touch a file: what the journal and the vault ask of a disk, and the real one.
//!
//! A port like the clock: the proof puts a disk in its place that loses what was not flushed, tears
//! writes and refuses. Promises of every disk: bytes are safe only after [`Medium::flush`] or
//! [`Disk::flush`], a name that was made, moved or removed only after [`Disk::flush_folder_of`].
//! Never retries anything (after a failed flush a second one lies).

use std::any::Any;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::medium::{DiskFile, Medium};

/// What keeps others out of a vault, for as long as it lives.
pub type Held = Box<dyn Any + Send + Sync>;

/// Whether a lock was free.
pub enum Locked {
    /// It is ours until it is dropped.
    Ours(Held),
    /// Somebody has it: the process, if it could be read.
    Taken(Option<u32>),
}

/// Where files lie.
pub trait Disk: Send + Sync {
    /// Opens for reading and writing; makes the file (and flushes its folder) if it is missing.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>>;
    /// Opens for reading alone.
    fn open_read_only(&self, path: &Path) -> io::Result<Box<dyn Medium>>;
    /// Whether there is something of this name.
    fn exists(&self, path: &Path) -> bool;
    /// A file's length in bytes.
    fn len(&self, path: &Path) -> io::Result<u64>;
    /// All of a small file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Makes or replaces a small file, flushed with its name: whole, or as it was.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Flushes a file's bytes and length.
    fn flush(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name; what had it is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Copies a file's bytes; the copy is flushed, its name is not.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a folder and those above it, for this user alone and durably, if they are missing.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a created, renamed or removed name durable by flushing the folder that holds it.
    fn flush_folder_of(&self, path: &Path) -> io::Result<()>;
    /// Nobody shall write to it any more.
    fn make_read_only(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that only takes up room.
    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()>;
    /// Takes the lock that a file stands for; it ends with this process at the latest.
    fn lock(&self, path: &Path) -> io::Result<Locked>;
    /// The name under which SQLite finds this disk; `None`: the operating system's own.
    fn sqlite_name(&self) -> Option<&str> {
        None
    }
}

/// The operating system's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        Ok(Box::new(DiskFile::open_or_create(path)?))
    }

    fn open_read_only(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        Ok(Box::new(DiskFile::open_read_only(path)?))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        Ok(std::fs::metadata(path)?.len())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = Path::new(&beside);
        let mut file = File::create(beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(beside, path)?;
        flush_folder_of(path)
    }

    fn flush(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::copy(from, to)?;
        self.flush(to)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
            self.make_folder(above)?;
        }
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(path) {
            // Somebody else may have made the folder meanwhile; a file of that name is none.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => {
                Err(error)
            }
            _ => flush_folder_of(path),
        }
    }

    fn flush_folder_of(&self, path: &Path) -> io::Result<()> {
        flush_folder_of(path)
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        let mut rights = std::fs::metadata(path)?.permissions();
        rights.set_readonly(true);
        std::fs::set_permissions(path, rights)
    }

    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let file = File::create(path)?;
        let made = take_room(&file, bytes);
        if made.is_err() {
            let _ = std::fs::remove_file(path);
        }
        made
    }

    fn lock(&self, path: &Path) -> io::Result<Locked> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {
                // Who holds it is for the message alone; failing to write it is no reason not to
                // sell.
                let _ = write_pid(&mut file);
                Ok(Locked::Ours(Box::new(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(Locked::Taken(read_pid(&mut file))),
            Err(TryLockError::Error(source)) => Err(source),
        }
    }
}

#[cfg(unix)]
fn take_room(file: &File, bytes: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    // Blocks, not bytes written: they are given back whole and cost no time to make.
    fallocate(file, FallocateFlags::empty(), 0, bytes)?;
    Ok(())
}

#[cfg(not(unix))]
fn take_room(file: &File, bytes: u64) -> io::Result<()> {
    file.set_len(bytes)
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Makes a created, renamed or removed name durable by flushing the folder that holds it.
pub(crate) fn flush_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path; // NTFS journals names itself; a folder handle cannot be flushed there.
    Ok(())
}
