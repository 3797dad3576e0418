//! What lies on the platter after a part of a trace: flushed against pending.
//!
//! The strict reading of what a disk promises: bytes and length of a file are safe after its flush, a
//! name after its folder's flush, and of everything else any part may survive, in any order, a write
//! in whole sectors of 512 bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chance::Chance;
use crate::event::{Event, FileId};
use crate::image::{Content, Image};

const SECTOR: u64 = 512;

/// What of the pending survives the power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// Everything: the process was killed, the machine was not.
    All,
    /// The names, no bytes.
    Names,
    /// The bytes, no names.
    Bytes,
    /// Single sectors of each write, and a first part of the names.
    Torn(u64),
    /// Some of the writes, whichever came first, and a first part of the names.
    Reordered(u64),
}

#[derive(Debug, Clone, Default)]
struct File {
    durable: Content,
    pending: Vec<Event>,
}

/// Names of files, and folders.
#[derive(Debug, Clone, Default)]
struct Names {
    files: BTreeMap<PathBuf, FileId>,
    folders: BTreeSet<PathBuf>,
}

/// A change of one folder: names that are given and taken away at once.
#[derive(Debug, Clone)]
struct Naming {
    folder: PathBuf,
    given: Option<(PathBuf, Named)>,
    /// Taken away only from the file that had it then.
    taken: Option<(PathBuf, FileId)>,
}

#[derive(Debug, Clone, Copy)]
enum Named {
    File(FileId),
    Folder,
}

/// The state of a disk, with what is flushed and what is not kept apart.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    files: BTreeMap<FileId, File>,
    names: Names,
    /// As a running program sees them.
    live: BTreeMap<PathBuf, FileId>,
    pending_names: Vec<Naming>,
    /// How often something became durable: images that lose everything differ only where it does.
    pub version: u64,
}

impl Replay {
    /// A disk on which `image` lies, flushed.
    pub fn of(image: &Image) -> Self {
        let mut replay = Self::default();
        replay.names.folders.clone_from(&image.folders);
        for (file, (path, content)) in (1..).zip(&image.files) {
            let durable = content.clone();
            let pending = Vec::new();
            replay.files.insert(file, File { durable, pending });
            replay.names.files.insert(path.clone(), file);
        }
        replay.live.clone_from(&replay.names.files);
        replay
    }

    /// One event further.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Write { file, .. } | Event::Cut { file, .. } | Event::Reserve { file, .. } => {
                let file = self.files.entry(*file).or_default();
                file.pending.push(event.clone());
            }
            Event::Sync { file } => {
                let file = self.files.entry(*file).or_default();
                self.version += u64::from(!file.pending.is_empty());
                for event in std::mem::take(&mut file.pending) {
                    put(&mut file.durable, &event, None);
                }
            }
            Event::SyncFailed { file } => {
                self.files.entry(*file).or_default().pending.clear();
            }
            Event::FlushFolder { path } => {
                let all = std::mem::take(&mut self.pending_names);
                let (now, later): (Vec<_>, Vec<_>) =
                    all.into_iter().partition(|naming| naming.folder == *path);
                self.pending_names = later;
                self.version += u64::from(!now.is_empty());
                for naming in &now {
                    self.names.take(naming);
                }
            }
            Event::Make { file, path } => {
                self.files.entry(*file).or_default();
                self.live.insert(path.clone(), *file);
                self.name(Some((path, Named::File(*file))), None);
            }
            Event::MakeFolder { path } => self.name(Some((path, Named::Folder)), None),
            Event::Remove { path } => {
                if let Some(file) = self.live.remove(path) {
                    self.name(None, Some((path, file)));
                }
            }
            Event::Rename { from, to } => {
                if let Some(file) = self.live.remove(from) {
                    self.live.insert(to.clone(), file);
                    self.renamed(from, to, file);
                }
            }
        }
    }

    /// Within a folder a file has one name or the other; between two folders each must be flushed.
    fn renamed(&mut self, from: &Path, to: &Path, file: FileId) {
        let given = Some((to, Named::File(file)));
        if folder_of(from) == folder_of(to) {
            self.name(given, Some((from, file)));
        } else {
            self.name(given, None);
            self.name(None, Some((from, file)));
        }
    }

    fn name(&mut self, given: Option<(&Path, Named)>, taken: Option<(&Path, FileId)>) {
        let path = given.map(|(path, _)| path).or(taken.map(|(path, _)| path));
        self.pending_names.push(Naming {
            folder: folder_of(path.unwrap_or(Path::new("/"))).to_owned(),
            given: given.map(|(path, named)| (path.to_owned(), named)),
            taken: taken.map(|(path, file)| (path.to_owned(), file)),
        });
    }

    /// Whether any name is pending.
    pub fn names_pending(&self) -> bool {
        !self.pending_names.is_empty()
    }

    /// What a machine finds that starts after the power was cut now.
    pub fn image(&self, keep: Keep) -> Image {
        let mut chance = match keep {
            Keep::Torn(seed) | Keep::Reordered(seed) => Chance::new(seed),
            Keep::Nothing | Keep::All | Keep::Names | Keep::Bytes => Chance::new(0),
        };
        let mut names = self.names.clone();
        let pending = self.pending_names.len() as u64;
        let kept = match keep {
            Keep::Nothing | Keep::Bytes => 0,
            Keep::All | Keep::Names => pending,
            Keep::Torn(_) | Keep::Reordered(_) => chance.below(pending + 1),
        };
        for (naming, _) in self.pending_names.iter().zip(0..kept) {
            names.take(naming);
        }
        let there = |path: &Path| {
            let folder = folder_of(path);
            folder == Path::new("/") || names.folders.contains(folder)
        };
        let found = names.files.iter().filter(|(path, _)| there(path));
        let files = found.filter_map(|(path, file)| {
            let content = self.files.get(file)?.after(keep, &mut chance);
            Some((path.clone(), content))
        });
        Image {
            files: files.collect(),
            folders: names.folders.clone(),
        }
    }
}

impl File {
    fn after(&self, keep: Keep, chance: &mut Chance) -> Content {
        let mut content = self.durable.clone();
        match keep {
            Keep::Nothing | Keep::Names => {}
            Keep::All | Keep::Bytes => {
                for event in &self.pending {
                    put(&mut content, event, None);
                }
            }
            Keep::Torn(_) => {
                for event in &self.pending {
                    put(&mut content, event, Some(chance));
                }
            }
            Keep::Reordered(_) => {
                let density = 1 + chance.below(7);
                for event in &self.pending {
                    if chance.eighths(density) {
                        put(&mut content, event, None);
                    }
                }
            }
        }
        content
    }
}

/// Writes an event down; with chance, sector by sector or not at all.
fn put(content: &mut Content, event: &Event, mut torn: Option<&mut Chance>) {
    match event {
        Event::Write { at, bytes, .. } => {
            let held = Arc::make_mut(&mut content.bytes);
            let mut from = 0;
            while from < bytes.len() {
                let place = at + from as u64;
                let room = usize::try_from(SECTOR - place % SECTOR).unwrap_or(1);
                let until = (from + room).min(bytes.len());
                if torn.as_mut().is_none_or(|chance| chance.eighths(4)) {
                    write(held, place, &bytes[from..until]);
                }
                from = until;
            }
        }
        Event::Cut { len, .. } => {
            if torn.is_none_or(|chance| chance.eighths(4)) {
                let len = usize::try_from(*len).unwrap_or(usize::MAX);
                Arc::make_mut(&mut content.bytes).resize(len, 0);
            }
        }
        Event::Reserve { len, .. } => content.reserved = *len,
        Event::Make { .. }
        | Event::Sync { .. }
        | Event::SyncFailed { .. }
        | Event::Rename { .. }
        | Event::Remove { .. }
        | Event::MakeFolder { .. }
        | Event::FlushFolder { .. } => {}
    }
}

fn write(held: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let from = usize::try_from(at).unwrap_or(usize::MAX);
    if held.len() < from + bytes.len() {
        held.resize(from + bytes.len(), 0);
    }
    held[from..from + bytes.len()].copy_from_slice(bytes);
}

impl Names {
    fn take(&mut self, naming: &Naming) {
        if let Some((path, file)) = &naming.taken
            && self.files.get(path) == Some(file)
        {
            self.files.remove(path);
        }
        match &naming.given {
            Some((path, Named::File(file))) => {
                self.files.insert(path.clone(), *file);
            }
            Some((path, Named::Folder)) => {
                self.folders.insert(path.clone());
            }
            None => {}
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}
