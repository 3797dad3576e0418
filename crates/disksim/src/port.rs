//! The simulated disk as the journal and the vault ask for one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{Disk, Locked, Medium};

use crate::disk::{Inner, SimDisk};
use crate::event::FileId;

struct Handle {
    inner: Arc<Inner>,
    file: FileId,
}

impl Medium for Handle {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(self.file, at, buffer)
    }
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_at(self.file, at, bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.sync(self.file)
    }
    fn len(&mut self) -> io::Result<u64> {
        self.inner.len(self.file)
    }
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.inner.cut(self.file, len)?;
        self.inner.sync(self.file)
    }
}

/// A lock that ends with its holder.
struct HeldLock {
    inner: Arc<Inner>,
    path: PathBuf,
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        self.inner.end_lock(&self.path);
    }
}

impl SimDisk {
    fn handle(&self, path: &Path, create: bool) -> io::Result<(Handle, bool)> {
        let (file, made) = self.0.open(path, create)?;
        let inner = Arc::clone(&self.0);
        Ok((Handle { inner, file }, made))
    }
}

/// Call by call what [`journal::RealDisk`] asks of the operating system.
impl Disk for SimDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        let (mut handle, made) = self.handle(path, true)?;
        if made {
            handle.flush()?;
            self.flush_folder_of(path)?;
        }
        Ok(Box::new(handle))
    }

    fn open_read_only(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        Ok(Box::new(self.handle(path, false)?.0))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.exists(path)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        self.handle(path, false)?.0.len()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (mut handle, _) = self.handle(path, false)?;
        let mut bytes = vec![0; usize::try_from(handle.len()?).map_err(io::Error::other)?];
        let count = handle.read_at(0, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = Path::new(&beside);
        let (mut handle, _) = self.handle(beside, true)?;
        self.0.cut(handle.file, 0)?;
        handle.write_at(0, bytes)?;
        handle.flush()?;
        self.0.rename(beside, path)?;
        self.flush_folder_of(path)
    }

    fn flush(&self, path: &Path) -> io::Result<()> {
        self.handle(path, false)?.0.flush()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = self.read(from)?;
        let (mut handle, _) = self.handle(to, true)?;
        self.0.cut(handle.file, 0)?;
        handle.write_at(0, &bytes)?;
        handle.flush()
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        if self.0.exists(path) {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            self.make_folder(above)?;
        }
        if self.0.make_folder(path)? {
            self.flush_folder_of(path)?;
        }
        Ok(())
    }

    fn flush_folder_of(&self, path: &Path) -> io::Result<()> {
        self.0.flush_folder(path.parent().unwrap_or(Path::new("/")))
    }

    fn make_read_only(&self, path: &Path) -> io::Result<()> {
        self.0.make_read_only(path)
    }

    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let (handle, _) = self.handle(path, true)?;
        let made = self.0.reserve(handle.file, bytes);
        if made.is_err() {
            let _ = self.0.remove(path);
        }
        made
    }

    fn lock(&self, path: &Path) -> io::Result<Locked> {
        self.handle(path, true)?;
        if !self.0.take_lock(path) {
            return Ok(Locked::Taken(None));
        }
        let inner = Arc::clone(&self.0);
        Ok(Locked::Ours(Box::new(HeldLock {
            inner,
            path: path.to_owned(),
        })))
    }

    fn sqlite_name(&self) -> Option<&str> {
        Some(self.0.slot.name())
    }
}
