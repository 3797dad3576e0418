//! The disk as the journal sees it: positioned reads, positioned writes, one flush, one cut.
//!
//! A trait, so that a test can tear a write, refuse a flush or count them. Promises nothing about
//! durability before [`Medium::flush`] answered; never retries anything (after a failed flush a
//! second one lies).

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::disk::flush_folder_of;

/// A file that can be read and written at places and flushed.
pub trait Medium: Send {
    /// Reads up to `buffer.len()` bytes from `at`; fewer only at the end of the file.
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all of `bytes` at `at`.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Returns when all written bytes are on the disk.
    fn flush(&mut self) -> io::Result<()>;
    /// The file's length in bytes.
    fn len(&mut self) -> io::Result<u64>;
    /// True if the file has no bytes at all.
    fn is_empty(&mut self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Cuts the file at `len`.
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

/// A real file.
#[derive(Debug)]
pub(crate) struct DiskFile(File);

impl DiskFile {
    /// Opens for reading and writing; makes the file (and flushes its folder) if it is missing.
    pub(crate) fn open_or_create(path: &Path) -> io::Result<Self> {
        let existed = path.exists();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        if !existed {
            file.sync_all()?;
            flush_folder_of(path)?;
        }
        Ok(Self(file))
    }

    /// Opens for reading alone.
    pub(crate) fn open_read_only(path: &Path) -> io::Result<Self> {
        Ok(Self(File::open(path)?))
    }
}

impl Medium for DiskFile {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(at))?;
        let mut done = 0;
        while done < buffer.len() {
            match self.0.read(&mut buffer[done..]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(at))?;
        self.0.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)?;
        self.0.sync_all()
    }
}
