//! The disk: files, folders, the names in them, and what of all that a power cut leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};

use crate::body::Body;
use crate::dice::Dice;

/// The folder that everything hangs on.
pub(crate) const ROOT: u64 = 1;

/// How much of what was not flushed a cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mercy {
    /// Nothing.
    Nothing,
    /// What was written first, the last of it torn.
    Beginning,
    /// Any sectors, whatever their order was.
    Anything,
}

type Names = BTreeMap<OsString, u64>;

/// What a number stands for.
pub(crate) enum What {
    File(Body),
    Folder { live: Names, held: Names },
}

/// A file or folder.
pub(crate) struct Node {
    pub(crate) mode: u16,
    pub(crate) what: What,
}

/// One name of one folder; none: taken away.
struct Named {
    folder: u64,
    name: OsString,
    to: Option<u64>,
}

/// Everything.
pub(crate) struct Disk {
    nodes: BTreeMap<u64, Node>,
    next: u64,
    /// Changes of names that no folder's flush has reached; those of one call are one.
    pending: Vec<Vec<Named>>,
    pub(crate) capacity: u64,
    /// It says that it flushed, and did not.
    pub(crate) deaf: bool,
}

/// What a cut took.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) bytes: usize,
    pub(crate) names: usize,
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    NotThere,
    There,
    NotEmpty,
    Full,
    NoFolder,
}

impl Disk {
    pub(crate) fn new(capacity: u64) -> Self {
        let root = Node {
            mode: 0o700,
            what: empty_folder(),
        };
        Self {
            nodes: BTreeMap::from([(ROOT, root)]),
            next: ROOT + 1,
            pending: Vec::new(),
            capacity,
            deaf: false,
        }
    }

    pub(crate) fn node(&self, number: u64) -> Result<&Node, Refused> {
        self.nodes.get(&number).ok_or(Refused::NotThere)
    }

    pub(crate) fn node_mut(&mut self, number: u64) -> Result<&mut Node, Refused> {
        self.nodes.get_mut(&number).ok_or(Refused::NotThere)
    }

    pub(crate) fn file_mut(&mut self, number: u64) -> Result<&mut Body, Refused> {
        match &mut self.node_mut(number)?.what {
            What::File(body) => Ok(body),
            What::Folder { .. } => Err(Refused::NotThere),
        }
    }

    pub(crate) fn names(&self, folder: u64) -> Result<&Names, Refused> {
        match &self.node(folder)?.what {
            What::Folder { live, .. } => Ok(live),
            What::File(_) => Err(Refused::NoFolder),
        }
    }

    pub(crate) fn find(&self, folder: u64, name: &OsStr) -> Result<u64, Refused> {
        let found = self.names(folder)?.get(name);
        found.copied().ok_or(Refused::NotThere)
    }

    /// Bytes that files take.
    pub(crate) fn used(&self) -> u64 {
        let size = |node: &Node| match &node.what {
            What::File(body) => body.len() as u64,
            What::Folder { .. } => 4_096,
        };
        self.nodes.values().map(size).sum()
    }

    /// Whether so many bytes more have room.
    pub(crate) fn room_for(&self, more: u64) -> Result<(), Refused> {
        if self.used().saturating_add(more) > self.capacity {
            return Err(Refused::Full);
        }
        Ok(())
    }

    pub(crate) fn make(
        &mut self,
        folder: u64,
        name: &OsStr,
        mode: u16,
        is_folder: bool,
    ) -> Result<u64, Refused> {
        if self.find(folder, name).is_ok() {
            return Err(Refused::There);
        }
        self.room_for(4_096)?;
        let number = self.next;
        self.next += 1;
        let what = if is_folder {
            empty_folder()
        } else {
            What::File(Body::default())
        };
        self.nodes.insert(number, Node { mode, what });
        self.rename_all(vec![named(folder, name, Some(number))]);
        Ok(number)
    }

    pub(crate) fn take_away(&mut self, folder: u64, name: &OsStr) -> Result<(), Refused> {
        let number = self.find(folder, name)?;
        if self.names(number).is_ok_and(|names| !names.is_empty()) {
            return Err(Refused::NotEmpty);
        }
        self.rename_all(vec![named(folder, name, None)]);
        Ok(())
    }

    pub(crate) fn rename(
        &mut self,
        (folder, name): (u64, &OsStr),
        (to_folder, to_name): (u64, &OsStr),
    ) -> Result<(), Refused> {
        let number = self.find(folder, name)?;
        self.names(to_folder)?;
        self.rename_all(vec![
            named(folder, name, None),
            named(to_folder, to_name, Some(number)),
        ]);
        Ok(())
    }

    fn rename_all(&mut self, changes: Vec<Named>) {
        for change in &changes {
            self.apply(change, false);
        }
        self.pending.push(changes);
    }

    fn apply(&mut self, change: &Named, on_disk: bool) {
        let Some(Node {
            what: What::Folder { live, held },
            ..
        }) = self.nodes.get_mut(&change.folder)
        else {
            return;
        };
        let names = if on_disk { held } else { live };
        match change.to {
            Some(number) => names.insert(change.name.clone(), number),
            None => names.remove(&change.name),
        };
    }

    /// The file's content is on the disk from here on.
    pub(crate) fn flush_file(&mut self, number: u64) -> Result<(), Refused> {
        let deaf = self.deaf;
        let body = self.file_mut(number)?;
        if !deaf {
            body.flush();
        }
        Ok(())
    }

    /// The folder's names are on the disk from here on.
    pub(crate) fn flush_folder(&mut self, folder: u64) {
        if self.deaf {
            return;
        }
        let touches = |changes: &Vec<Named>| changes.iter().any(|change| change.folder == folder);
        let (now, later) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(touches);
        self.pending = later;
        for change in Vec::into_iter(now).flatten() {
            self.apply(&change, true);
        }
    }

    /// The power is cut.
    pub(crate) fn cut(&mut self, seed: u64) -> Lost {
        let mut dice = Dice::new(seed);
        let mercy = match dice.below(3) {
            0 => Mercy::Nothing,
            1 => Mercy::Beginning,
            _ => Mercy::Anything,
        };
        let pending = std::mem::take(&mut self.pending);
        let kept = match mercy {
            Mercy::Nothing => 0,
            Mercy::Beginning | Mercy::Anything => dice.below(pending.len() as u64 + 1),
        };
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        let mut lost = Lost {
            bytes: 0,
            names: pending.len().saturating_sub(kept),
        };
        for change in pending.into_iter().take(kept).flatten() {
            self.apply(&change, true);
        }
        for node in self.nodes.values_mut() {
            match &mut node.what {
                What::File(body) => {
                    lost.bytes += body.unflushed();
                    body.cut(mercy, &mut dice);
                }
                What::Folder { live, held } => live.clone_from(held),
            }
        }
        self.forget_nameless();
        lost
    }

    /// What has no name any more is not there.
    fn forget_nameless(&mut self) {
        let mut named = BTreeSet::new();
        let mut ahead = vec![ROOT];
        while let Some(number) = ahead.pop() {
            named.insert(number);
            if let Ok(names) = self.names(number) {
                ahead.extend(names.values().copied());
            }
        }
        self.nodes.retain(|number, _| named.contains(number));
    }
}

fn empty_folder() -> What {
    let (live, held) = (Names::new(), Names::new());
    What::Folder { live, held }
}

fn named(folder: u64, name: &OsStr, to: Option<u64>) -> Named {
    let name = name.to_owned();
    Named { folder, name, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> (Disk, u64) {
        let mut disk = Disk::new(1 << 20);
        let file = disk.make(ROOT, "a".as_ref(), 0o600, false).unwrap();
        disk.file_mut(file).unwrap().write(0, b"content");
        disk.flush_file(file).unwrap();
        (disk, file)
    }

    #[test]
    fn a_name_that_was_not_flushed_can_be_lost_and_a_flushed_one_never() {
        let there = |seed, flushed: bool| {
            let (mut disk, _) = disk();
            if flushed {
                disk.flush_folder(ROOT);
            }
            disk.cut(seed);
            disk.find(ROOT, "a".as_ref()).is_ok()
        };
        assert!((0..99).all(|seed| there(seed, true)), "flushed");
        assert!((0..99).any(|seed| !there(seed, false)), "lost");
        assert!((0..99).any(|seed| there(seed, false)), "or not");
    }

    #[test]
    fn a_rename_is_whole_or_did_not_happen() {
        for seed in 0..99 {
            let (mut disk, file) = disk();
            disk.flush_folder(ROOT);
            disk.rename((ROOT, "a".as_ref()), (ROOT, "b".as_ref()))
                .unwrap();
            disk.cut(seed);
            let (old, new) = (disk.find(ROOT, "a".as_ref()), disk.find(ROOT, "b".as_ref()));
            assert!(
                matches!((old, new), (Ok(one), Err(_)) | (Err(_), Ok(one)) if one == file),
                "{seed}: one of both names"
            );
        }
    }

    #[test]
    fn a_full_disk_refuses() {
        let (mut disk, _) = disk();
        disk.capacity = disk.used();
        let refused = disk.make(ROOT, "b".as_ref(), 0o600, false);
        assert_eq!(refused, Err(Refused::Full));
    }
}
