//! SQLite's door to the simulated disk: a VFS of our own, with locks and shared memory for WAL.
//!
//! The only place with `unsafe` code: SQLite calls it through C function pointers. Promises what
//! SQLite's own VFS for Unix promises it: positioned reads and writes, a flush, five lock levels, the
//! eight locks of a write-ahead log and memory shared by all connections of one process. Like that
//! one it flushes the folder after the first flush of a new log, and after a removal if asked.
//!
//! Never does: memory mapping, more than one process.

#![expect(unsafe_code, reason = "a VFS is a table of C functions")]

mod files;
mod shm;

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::ffi;

pub(crate) use shm::Locks;

use crate::disk::Inner;
use files::SimFile;

/// A registered VFS. There are as many as there ever were disks at once; none is ever freed, so that
/// SQLite's list of them never holds a dead one.
pub(crate) struct Slot {
    name: CString,
    disk: Mutex<Weak<Inner>>,
}

static FREE: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new());
static MADE: Mutex<u32> = Mutex::new(0);

impl Slot {
    /// A free VFS, or a new one.
    pub(crate) fn take() -> &'static Self {
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(Self::register)
    }

    /// Its files are those of `inner` from now on.
    pub(crate) fn serve(&self, inner: &Arc<Inner>) {
        *self.disk.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(inner);
    }

    pub(crate) fn give_back(&'static self) {
        FREE.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self);
    }

    pub(crate) fn name(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }

    fn register() -> &'static Self {
        let nth = {
            let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
            *made += 1;
            *made
        };
        let slot: &'static Self = Box::leak(Box::new(Self {
            name: CString::new(format!("holdfast-disksim-{nth}")).unwrap_or_default(),
            disk: Mutex::new(Weak::new()),
        }));
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: c_int::try_from(size_of::<SimFile>()).unwrap_or(c_int::MAX),
            mxPathname: 1024,
            pNext: std::ptr::null_mut(),
            zName: slot.name.as_ptr(),
            pAppData: std::ptr::from_ref(slot).cast_mut().cast::<c_void>(),
            xOpen: Some(files::open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the table and everything it points at live for ever.
        let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes a VFS");
        slot
    }
}

/// The disk behind a VFS.
///
/// # Safety
/// `vfs` is one of [`Slot::register`]'s tables.
unsafe fn disk_of(vfs: *mut ffi::sqlite3_vfs) -> Option<Arc<Inner>> {
    // SAFETY: `pAppData` was set to a slot that lives for ever.
    let slot = unsafe { &*(*vfs).pAppData.cast::<Slot>() };
    slot.disk
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .upgrade()
}

/// # Safety
/// `name` is a C string that outlives the answer.
unsafe fn path_of<'a>(name: *const c_char) -> &'a Path {
    // SAFETY: the caller's promise.
    Path::new(std::ffi::OsStr::from_bytes(
        unsafe { CStr::from_ptr(name) }.to_bytes(),
    ))
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_dir: c_int,
) -> c_int {
    // SAFETY: SQLite passes the table it was given and a C string.
    let (disk, path) = unsafe { (disk_of(vfs), path_of(name)) };
    let Some(disk) = disk else {
        return ffi::SQLITE_IOERR_DELETE;
    };
    match disk.remove(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ffi::SQLITE_IOERR_DELETE_NOENT
        }
        Err(_) => ffi::SQLITE_IOERR_DELETE,
        Ok(()) if sync_dir != 0 => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            disk.flush_folder(folder)
                .map_or(ffi::SQLITE_IOERR_DIR_FSYNC, |()| ffi::SQLITE_OK)
        }
        Ok(()) => ffi::SQLITE_OK,
    }
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes the table it was given and a C string.
    let (disk, path) = unsafe { (disk_of(vfs), path_of(name)) };
    let there = disk.is_some_and(|disk| {
        disk.exists(path)
            // An empty file does not exist for SQLite: so says its own VFS for Unix.
            && (flags != ffi::SQLITE_ACCESS_EXISTS
                || disk
                    .open(path, false)
                    .and_then(|(file, _)| disk.len(file))
                    .is_ok_and(|len| len > 0))
    });
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *answer = c_int::from(there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a C string and `room` bytes for a copy of it.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(room).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    _vfs: *mut ffi::sqlite3_vfs,
    count: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes `count` bytes of room.
    unsafe { std::ptr::write_bytes(out, 0x5A, usize::try_from(count).unwrap_or(0)) };
    count
}

unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    std::thread::yield_now();
    micros
}

/// 2026-11-20 in milliseconds of Julian days: this disk's clock stands still.
const JULIAN_MS: i64 = 212_666_601_600_000;

unsafe extern "C" fn current_time(_vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *out = 2_461_419.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_vfs: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *out = JULIAN_MS };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(
    _vfs: *mut ffi::sqlite3_vfs,
    _room: c_int,
    _out: *mut c_char,
) -> c_int {
    0
}
