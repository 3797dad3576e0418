//! What a file or folder says of itself. It has no times: nobody here asks for them.

use std::time::UNIX_EPOCH;

use fuser::{FileAttr, FileType, INodeNo};

use crate::disk::{Node, What};

/// Space is told in these.
pub(crate) const BLOCK: u64 = 4_096;

/// What `stat` says of it.
pub(crate) fn attributes(number: u64, node: &Node) -> FileAttr {
    let (kind, size) = match &node.what {
        What::File(body) => (FileType::RegularFile, body.len() as u64),
        What::Folder { .. } => (FileType::Directory, BLOCK),
    };
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm: node.mode,
        nlink: 1,
        uid: owner().0,
        gid: owner().1,
        rdev: 0,
        flags: 0,
        blksize: 4_096,
    }
}

/// Whose program this is.
fn owner() -> (u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    static OWNER: std::sync::OnceLock<(u32, u32)> = std::sync::OnceLock::new();
    *OWNER.get_or_init(|| {
        std::fs::metadata("/proc/self").map_or((0, 0), |meta| (meta.uid(), meta.gid()))
    })
}

/// Permissions as asked for.
pub(crate) fn mode(mode: u32, umask: u32) -> u16 {
    u16::try_from(mode & !umask & 0o7777).unwrap_or(0o600)
}
