//! Locks and shared memory of all connections to one file, in one process.

use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::sync::{MutexGuard, PoisonError};

use rusqlite::ffi;

use super::files::{OpenFile, of};
use crate::event::FileId;

/// Locks of one file.
#[derive(Default)]
struct FileLock {
    readers: u32,
    reserved: bool,
    pending: bool,
    exclusive: bool,
}

/// Shared memory of one file. Words, so that it is aligned as the operating system's would be.
#[derive(Default)]
struct Shared {
    holders: u32,
    regions: Vec<Box<[u64]>>,
    readers: [u32; SLOTS],
    writer: [bool; SLOTS],
}

const SLOTS: usize = 8;

/// All locks of a disk.
#[derive(Default)]
pub(crate) struct Locks {
    files: BTreeMap<FileId, FileLock>,
    shared: BTreeMap<FileId, Shared>,
}

/// What one open file holds of the shared memory.
#[derive(Default)]
pub(super) struct Mine {
    uses: bool,
    reads: [bool; SLOTS],
    writes: [bool; SLOTS],
}

fn locks(handle: &OpenFile) -> MutexGuard<'_, Locks> {
    handle
        .inner
        .locks
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

pub(super) unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { of(file) };
    if handle.level >= level {
        return ffi::SQLITE_OK;
    }
    let mine = handle.level;
    let reached = {
        let mut locks = locks(handle);
        raise(locks.files.entry(handle.file).or_default(), mine, level)
    };
    handle.level = reached;
    if reached >= level {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_BUSY
    }
}

/// The level reached.
fn raise(lock: &mut FileLock, mine: c_int, wanted: c_int) -> c_int {
    if wanted == ffi::SQLITE_LOCK_SHARED {
        if lock.pending || lock.exclusive {
            return mine;
        }
        lock.readers += 1;
        return wanted;
    }
    let others_reserved = lock.reserved && mine < ffi::SQLITE_LOCK_RESERVED;
    let others_pending = (lock.pending || lock.exclusive) && mine < ffi::SQLITE_LOCK_PENDING;
    if others_reserved || others_pending {
        return mine;
    }
    if wanted == ffi::SQLITE_LOCK_RESERVED {
        lock.reserved = true;
        return wanted;
    }
    lock.pending = true;
    if lock.readers > 1 {
        return ffi::SQLITE_LOCK_PENDING;
    }
    lock.exclusive = true;
    ffi::SQLITE_LOCK_EXCLUSIVE
}

pub(super) unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    lower(unsafe { of(file) }, level);
    ffi::SQLITE_OK
}

fn lower(handle: &mut OpenFile, level: c_int) {
    if handle.level <= level {
        return;
    }
    let held = handle.level;
    {
        let mut locks = locks(handle);
        let lock = locks.files.entry(handle.file).or_default();
        if held >= ffi::SQLITE_LOCK_RESERVED {
            lock.reserved = false;
        }
        if held >= ffi::SQLITE_LOCK_PENDING {
            lock.pending = false;
            lock.exclusive = false;
        }
        if level == ffi::SQLITE_LOCK_NONE {
            lock.readers = lock.readers.saturating_sub(1);
        }
    }
    handle.level = level;
}

pub(super) unsafe extern "C" fn check_reserved(
    file: *mut ffi::sqlite3_file,
    out: *mut c_int,
) -> c_int {
    // SAFETY: an open file and a place for the answer.
    let handle = unsafe { of(file) };
    let reserved = {
        let mut locks = locks(handle);
        let lock = locks.files.entry(handle.file).or_default();
        lock.reserved || lock.pending || lock.exclusive
    };
    // SAFETY: as above.
    unsafe { *out = c_int::from(reserved) };
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { of(file) };
    let newly = !std::mem::replace(&mut handle.shm.uses, true);
    let words = usize::try_from(size).unwrap_or(0).div_ceil(8);
    let region = usize::try_from(region).unwrap_or(0);
    let at = {
        let mut locks = locks(handle);
        let shared = locks.shared.entry(handle.file).or_default();
        shared.holders += u32::from(newly);
        while extend != 0 && shared.regions.len() <= region {
            shared.regions.push(vec![0; words].into_boxed_slice());
        }
        shared
            .regions
            .get_mut(region)
            .map_or(std::ptr::null_mut(), |words| words.as_mut_ptr().cast())
    };
    // SAFETY: a place for the answer. The region stays where it is until its last user is gone.
    unsafe { *out = at };
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { of(file) };
    let first = usize::try_from(first).unwrap_or(0);
    let slots = first..(first + usize::try_from(count).unwrap_or(0)).min(SLOTS);
    let inner = std::sync::Arc::clone(&handle.inner);
    let mut locks = inner.locks.lock().unwrap_or_else(PoisonError::into_inner);
    let shared = locks.shared.entry(handle.file).or_default();
    let mine = &mut handle.shm;
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        slots.for_each(|slot| release(shared, mine, slot));
        return ffi::SQLITE_OK;
    }
    let to_write = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    let free = slots.clone().all(|slot| {
        let others_write = shared.writer[slot] && !mine.writes[slot];
        let others_read = shared.readers[slot] > u32::from(mine.reads[slot]);
        !(others_write || to_write && others_read)
    });
    if !free {
        return ffi::SQLITE_BUSY;
    }
    for slot in slots {
        if to_write {
            shared.writer[slot] = true;
            mine.writes[slot] = true;
        } else if !std::mem::replace(&mut mine.reads[slot], true) {
            shared.readers[slot] += 1;
        }
    }
    ffi::SQLITE_OK
}

fn release(shared: &mut Shared, mine: &mut Mine, slot: usize) {
    if std::mem::take(&mut mine.reads[slot]) {
        shared.readers[slot] -= 1;
    }
    if std::mem::take(&mut mine.writes[slot]) {
        shared.writer[slot] = false;
    }
}

pub(super) unsafe extern "C" fn barrier(_file: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

pub(super) unsafe extern "C" fn unmap(file: *mut ffi::sqlite3_file, _remove: c_int) -> c_int {
    // SAFETY: an open file.
    leave(unsafe { of(file) });
    ffi::SQLITE_OK
}

fn leave(handle: &mut OpenFile) {
    let inner = std::sync::Arc::clone(&handle.inner);
    let mut locks = inner.locks.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(shared) = locks.shared.get_mut(&handle.file) {
        (0..SLOTS).for_each(|slot| release(shared, &mut handle.shm, slot));
        if std::mem::take(&mut handle.shm.uses) {
            shared.holders -= 1;
        }
        if shared.holders == 0 {
            locks.shared.remove(&handle.file);
        }
    }
}

/// The file is being closed: nothing of it stays locked or shared.
pub(super) fn forget(handle: &mut OpenFile) {
    lower(handle, ffi::SQLITE_LOCK_NONE);
    leave(handle);
}
