//! The disk in memory: files, names, a trace of everything a power cut may undo, faults on demand.
//!
//! Promises that reads see every write at once (a page cache does), whatever would survive. What
//! would is [`crate::Replay`]'s word. SQLite finds it under [`journal::Disk::sqlite_name`].

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, FileId};
use crate::fault::{Call, Fault, Faults, Plan};
use crate::image::{Content, Image};
use crate::vfs::{Locks, Slot};

struct File {
    path: PathBuf,
    content: Content,
    /// Only SQLite's own scratch: nothing of it is to survive.
    scratch: bool,
    read_only: bool,
}

#[derive(Default)]
struct State {
    files: BTreeMap<FileId, File>,
    names: BTreeMap<PathBuf, FileId>,
    folders: BTreeSet<PathBuf>,
    next: FileId,
    trace: Vec<Event>,
    faults: Faults,
    locked: BTreeSet<PathBuf>,
}

/// What handles, locks and the VFS hold on to.
pub(crate) struct Inner {
    state: Mutex<State>,
    pub(crate) locks: Mutex<Locks>,
    pub(crate) slot: &'static Slot,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.slot.give_back();
    }
}

/// The disk.
#[derive(Clone)]
pub struct SimDisk(pub(crate) Arc<Inner>);

impl Default for SimDisk {
    fn default() -> Self {
        Self::of(&Image::default())
    }
}

impl SimDisk {
    /// A disk on which `image` lies.
    pub fn of(image: &Image) -> Self {
        let mut state = State {
            folders: image.folders.clone(),
            ..State::default()
        };
        for (path, content) in &image.files {
            state.add(path, content.clone());
        }
        let slot = Slot::take();
        let inner = Arc::new(Inner {
            state: Mutex::new(state),
            locks: Mutex::default(),
            slot,
        });
        slot.serve(&inner);
        Self(inner)
    }

    /// What lies on it now, flushed or not.
    pub fn image(&self) -> Image {
        let state = self.0.state();
        let content = |file: &FileId| state.files.get(file).map(|file| file.content.clone());
        Image {
            files: state
                .names
                .iter()
                .filter_map(|(path, file)| Some((path.clone(), content(file)?)))
                .collect(),
            folders: state.folders.clone(),
        }
    }

    /// Everything asked so far.
    pub fn trace(&self) -> Vec<Event> {
        self.0.state().trace.clone()
    }

    /// How much was asked so far.
    pub fn asked(&self) -> usize {
        self.0.state().trace.len()
    }

    /// Hits calls from now on; `None`: none.
    pub fn plan(&self, plan: Option<Plan>) {
        self.0.state().faults.set(plan);
    }

    /// How often the plan fired; how long the trace was, and which file it was, the first time.
    pub fn fired(&self) -> (u64, Option<(usize, PathBuf)>) {
        self.0.state().faults.fired()
    }
}

impl State {
    fn add(&mut self, path: &Path, content: Content) -> FileId {
        self.next += 1;
        let file = File {
            path: path.to_owned(),
            content,
            scratch: false,
            read_only: false,
        };
        self.files.insert(self.next, file);
        self.names.insert(path.to_owned(), self.next);
        self.next
    }

    fn meets(&mut self, call: Call, path: &Path) -> Option<Fault> {
        let trace = self.trace.len();
        self.faults.meets(call, path, trace)
    }

    fn file(&mut self, file: FileId) -> io::Result<&mut File> {
        self.files.get_mut(&file).ok_or_else(not_found)
    }

    fn log(&mut self, event: Event) {
        let scratch = event.file().and_then(|file| self.files.get(&file));
        if scratch.is_none_or(|file| !file.scratch) {
            self.trace.push(event);
        }
    }

    /// Hits a call on names; a name can only be refused.
    fn names_refused(&mut self, path: &Path) -> io::Result<()> {
        self.meets(Call::Name, path)
            .map_or(Ok(()), |fault| Err(fault.error()))
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of a name, made if it is missing and wanted.
    pub(crate) fn open(&self, path: &Path, create: bool) -> io::Result<(FileId, bool)> {
        let mut state = self.state();
        if let Some(file) = state.names.get(path) {
            return Ok((*file, false));
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        if !create || !(folder == Path::new("/") || state.folders.contains(folder)) {
            return Err(not_found());
        }
        state.names_refused(path)?;
        let file = state.add(path, Content::default());
        state.log(Event::Make {
            file,
            path: path.to_owned(),
        });
        Ok((file, true))
    }

    /// A file without a name that nobody will miss.
    pub(crate) fn scratch(&self) -> FileId {
        let mut state = self.state();
        let file = state.add(Path::new("scratch"), Content::default());
        state.names.remove(Path::new("scratch"));
        if let Ok(opened) = state.file(file) {
            opened.scratch = true;
        }
        file
    }

    pub(crate) fn read_at(&self, file: FileId, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let path = state.file(file)?.path.clone();
        let met = state.meets(Call::Read, &path);
        if let Some(fault) = met.filter(|fault| *fault != Fault::Flip) {
            return Err(fault.error());
        }
        let bytes = &state.file(file)?.content.bytes;
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let count = buffer.len().min(bytes.len() - from);
        buffer[..count].copy_from_slice(&bytes[from..from + count]);
        if met.is_some() && count > 0 {
            buffer[count / 2] ^= 0x10;
        }
        Ok(count)
    }

    pub(crate) fn write_at(&self, file: FileId, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let (path, refused) = {
            let file = state.file(file)?;
            (file.path.clone(), file.read_only)
        };
        if refused {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let met = state.meets(Call::Write, &path);
        let (at, bytes) = match met {
            None | Some(Fault::Flip) => (at, bytes),
            Some(Fault::Short) => (at, &bytes[..bytes.len() / 2]),
            Some(Fault::Misdirected) => (at + 4096, bytes),
            Some(fault @ (Fault::Io | Fault::Full)) => return Err(fault.error()),
        };
        let held = Arc::make_mut(&mut state.file(file)?.content.bytes);
        let from = usize::try_from(at).map_err(io::Error::other)?;
        if held.len() < from + bytes.len() {
            held.resize(from + bytes.len(), 0);
        }
        held[from..from + bytes.len()].copy_from_slice(bytes);
        state.log(Event::Write {
            file,
            at,
            bytes: bytes.into(),
        });
        match met {
            Some(fault @ Fault::Short) => Err(fault.error()),
            _ => Ok(()),
        }
    }

    pub(crate) fn cut(&self, file: FileId, len: u64) -> io::Result<()> {
        let mut state = self.state();
        let path = state.file(file)?.path.clone();
        if let Some(fault) = state.meets(Call::Write, &path) {
            return Err(fault.error());
        }
        let held = Arc::make_mut(&mut state.file(file)?.content.bytes);
        held.resize(usize::try_from(len).map_err(io::Error::other)?, 0);
        state.log(Event::Cut { file, len });
        Ok(())
    }

    pub(crate) fn sync(&self, file: FileId) -> io::Result<()> {
        let mut state = self.state();
        let path = state.file(file)?.path.clone();
        if let Some(fault) = state.meets(Call::Sync, &path) {
            state.log(Event::SyncFailed { file });
            return Err(fault.error());
        }
        state.log(Event::Sync { file });
        Ok(())
    }

    pub(crate) fn len(&self, file: FileId) -> io::Result<u64> {
        let mut state = self.state();
        let content = &state.file(file)?.content;
        Ok((content.bytes.len() as u64).max(content.reserved))
    }

    pub(crate) fn exists(&self, path: &Path) -> bool {
        let state = self.state();
        state.names.contains_key(path) || state.folders.contains(path)
    }

    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(path) {
            return Err(not_found());
        }
        state.names_refused(path)?;
        state.names.remove(path);
        state.log(Event::Remove {
            path: path.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        let file = *state.names.get(from).ok_or_else(not_found)?;
        state.names_refused(to)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), file);
        to.clone_into(&mut state.file(file)?.path);
        state.log(Event::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn make_folder(&self, path: &Path) -> io::Result<bool> {
        let mut state = self.state();
        if path == Path::new("/") || state.folders.contains(path) {
            return Ok(false);
        }
        state.names_refused(path)?;
        state.folders.insert(path.to_owned());
        state.log(Event::MakeFolder {
            path: path.to_owned(),
        });
        Ok(true)
    }

    pub(crate) fn flush_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.names_refused(path)?;
        state.log(Event::FlushFolder {
            path: path.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn reserve(&self, file: FileId, len: u64) -> io::Result<()> {
        let mut state = self.state();
        let path = state.file(file)?.path.clone();
        if let Some(fault) = state.meets(Call::Write, &path) {
            return Err(fault.error());
        }
        state.file(file)?.content.reserved = len;
        state.log(Event::Reserve { file, len });
        Ok(())
    }

    pub(crate) fn make_read_only(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let file = *state.names.get(path).ok_or_else(not_found)?;
        state.file(file)?.read_only = true;
        Ok(())
    }

    /// Takes a lock of the operating system; `false`: somebody has it.
    pub(crate) fn take_lock(&self, path: &Path) -> bool {
        self.state().locked.insert(path.to_owned())
    }

    pub(crate) fn end_lock(&self, path: &Path) {
        self.state().locked.remove(path);
    }
}
