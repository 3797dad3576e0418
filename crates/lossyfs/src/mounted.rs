//! The disk as the kernel sees it.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};

use crate::attributes::{BLOCK, attributes, mode};
use crate::disk::{Disk, ROOT, Refused, What};

const TTL: Duration = Duration::from_mins(1);

/// The disk, for one who asks or changes.
pub(crate) fn locked(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Mounts the disk at a folder.
pub(crate) fn mount(folder: &Path, disk: &Arc<Mutex<Disk>>) -> io::Result<BackgroundSession> {
    let mut config = Config::default();
    config.mount_options = vec![MountOption::FSName("lossyfs".to_owned())];
    let mounted = Mounted {
        disk: Arc::clone(disk),
    };
    fuser::spawn_mount(mounted, folder, &config)
}

struct Mounted {
    disk: Arc<Mutex<Disk>>,
}

impl Mounted {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        locked(&self.disk)
    }

    fn entry(&self, done: Result<u64, Refused>, reply: ReplyEntry) {
        let disk = self.disk();
        match done.and_then(|number| Ok((number, disk.node(number)?))) {
            Ok((number, node)) => reply.entry(&TTL, &attributes(number, node), Generation(0)),
            Err(refused) => reply.error(errno(refused)),
        }
    }
}

fn empty(done: Result<(), Refused>, reply: ReplyEmpty) {
    match done {
        Ok(()) => reply.ok(),
        Err(refused) => reply.error(errno(refused)),
    }
}

fn errno(refused: Refused) -> Errno {
    match refused {
        Refused::NotThere => Errno::ENOENT,
        Refused::There => Errno::EEXIST,
        Refused::NotEmpty => Errno::ENOTEMPTY,
        Refused::Full => Errno::ENOSPC,
        Refused::NoFolder => Errno::ENOTDIR,
    }
}

fn at(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl Filesystem for Mounted {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.disk().find(parent.0, name);
        self.entry(found, reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.disk().node(ino.0) {
            Ok(node) => reply.attr(&TTL, &attributes(ino.0, node)),
            Err(refused) => reply.error(errno(refused)),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        wanted: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut disk = self.disk();
        let mut change = || {
            if let Some(size) = size {
                let now = disk.file_mut(ino.0)?.len() as u64;
                disk.room_for(size.saturating_sub(now))?;
                disk.file_mut(ino.0)?.set_length(at(size));
            }
            let node = disk.node_mut(ino.0)?;
            node.mode = wanted.map_or(node.mode, |wanted| mode(wanted, 0));
            Ok(attributes(ino.0, node))
        };
        match change() {
            Ok(attributes) => reply.attr(&TTL, &attributes),
            Err(refused) => reply.error(errno(refused)),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        wanted: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let made = self.disk().make(parent.0, name, mode(wanted, umask), true);
        self.entry(made, reply);
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        wanted: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let mut disk = self.disk();
        let made = disk.make(parent.0, name, mode(wanted, umask), false);
        match made.and_then(|number| Ok(attributes(number, disk.node(number)?))) {
            Ok(attributes) => reply.created(
                &TTL,
                &attributes,
                Generation(0),
                FileHandle(0),
                FopenFlags::FOPEN_KEEP_CACHE,
            ),
            Err(refused) => reply.error(errno(refused)),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        empty(self.disk().take_away(parent.0, name), reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        empty(self.disk().take_away(parent.0, name), reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if flags.contains(RenameFlags::RENAME_EXCHANGE) {
            return reply.error(Errno::EINVAL);
        }
        let mut disk = self.disk();
        if flags.contains(RenameFlags::RENAME_NOREPLACE) && disk.find(newparent.0, newname).is_ok()
        {
            return reply.error(Errno::EEXIST);
        }
        empty(disk.rename((parent.0, name), (newparent.0, newname)), reply);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: fuser::ReplyOpen) {
        // What the kernel holds of a file is never older than the disk: maps of it stay as they are.
        reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.disk().file_mut(ino.0) {
            Ok(body) => reply.data(body.read(at(offset), at(u64::from(size)))),
            Err(refused) => reply.error(errno(refused)),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut disk = self.disk();
        let mut write = || {
            let now = disk.file_mut(ino.0)?.len() as u64;
            let end = offset + data.len() as u64;
            disk.room_for(end.saturating_sub(now))?;
            disk.file_mut(ino.0)?.write(at(offset), data);
            Ok(())
        };
        match write() {
            Ok(()) => reply.written(u32::try_from(data.len()).unwrap_or(0)),
            Err(refused) => reply.error(errno(refused)),
        }
    }

    /// Closing a file flushes nothing.
    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        empty(self.disk().flush_file(ino.0), reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.disk().flush_folder(ino.0);
        reply.ok();
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let disk = self.disk();
        let names = match disk.names(ino.0) {
            Ok(names) => names,
            Err(refused) => return reply.error(errno(refused)),
        };
        let itself = [(".".as_ref(), ino.0), ("..".as_ref(), ROOT)];
        let listed = names
            .iter()
            .map(|(name, number)| (name.as_os_str(), *number));
        for (place, (name, number)) in (1_u64..).zip(itself.into_iter().chain(listed)) {
            let is_file =
                matches!(disk.node(number), Ok(node) if matches!(node.what, What::File(_)));
            let kind = if is_file {
                FileType::RegularFile
            } else {
                FileType::Directory
            };
            if place > offset && reply.add(INodeNo(number), place, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let disk = self.disk();
        let blocks = disk.capacity / BLOCK;
        let free = disk.capacity.saturating_sub(disk.used()) / BLOCK;
        reply.statfs(blocks, free, free, 1 << 20, 1 << 19, 4_096, 255, 4_096);
    }

    fn fallocate(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        length: u64,
        _: i32,
        reply: ReplyEmpty,
    ) {
        let mut disk = self.disk();
        let mut longer = || {
            let now = disk.file_mut(ino.0)?.len() as u64;
            let end = offset + length;
            disk.room_for(end.saturating_sub(now))?;
            if end > now {
                disk.file_mut(ino.0)?.set_length(at(end));
            }
            Ok(())
        };
        empty(longer(), reply);
    }
}
