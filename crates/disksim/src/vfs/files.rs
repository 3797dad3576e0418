//! SQLite's open files.

use std::ffi::{c_char, c_int, c_void};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ffi;

use super::shm;
use super::{disk_of, path_of};
use crate::disk::Inner;
use crate::event::FileId;

/// What SQLite allocates for an open file: its table of methods and our handle.
#[repr(C)]
pub(super) struct SimFile {
    methods: *const ffi::sqlite3_io_methods,
    open: *mut OpenFile,
}

/// One open file of one connection.
pub(super) struct OpenFile {
    pub(super) inner: Arc<Inner>,
    pub(super) file: FileId,
    path: Option<PathBuf>,
    /// A new log's name is flushed after its first flush, as SQLite's own VFS does.
    flush_name: bool,
    remove_on_close: bool,
    pub(super) level: c_int,
    pub(super) shm: shm::Mine,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(shm::lock),
    xUnlock: Some(shm::unlock),
    xCheckReservedLock: Some(shm::check_reserved),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm::map),
    xShmLock: Some(shm::shm_lock),
    xShmBarrier: Some(shm::barrier),
    xShmUnmap: Some(shm::unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The handle behind a file.
///
/// # Safety
/// `file` was filled by [`open`] and is not closed. SQLite uses a file from one thread at a time.
pub(super) unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> &'a mut OpenFile {
    // SAFETY: the caller's promise.
    unsafe { &mut *(*file.cast::<SimFile>()).open }
}

pub(super) unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let sim = file.cast::<SimFile>();
    // SAFETY: SQLite passes `szOsFile` bytes; without methods it does not close what did not open.
    unsafe { (*sim).methods = std::ptr::null() };
    // SAFETY: SQLite passes the table it was given.
    let Some(inner) = (unsafe { disk_of(vfs) }) else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: a name that is not null is a C string that outlives the file.
    let path = (!name.is_null()).then(|| unsafe { path_of(name.cast::<c_char>()) }.to_owned());
    let opened = match &path {
        None => Ok((inner.scratch(), false)),
        Some(path) => inner.open(path, flags & ffi::SQLITE_OPEN_CREATE != 0),
    };
    let Ok((id, made)) = opened else {
        return ffi::SQLITE_CANTOPEN;
    };
    let log = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL;
    let handle = OpenFile {
        inner,
        file: id,
        flush_name: made && flags & log != 0,
        remove_on_close: flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0,
        path,
        level: 0,
        shm: shm::Mine::default(),
    };
    // SAFETY: as above; the handle is freed by `close`.
    unsafe {
        (*sim).open = Box::into_raw(Box::new(handle));
        (*sim).methods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open file once; the handle came out of a box.
    let mut handle = unsafe { Box::from_raw((*file.cast::<SimFile>()).open) };
    shm::forget(&mut handle);
    if handle.remove_on_close
        && let Some(path) = &handle.path
    {
        let _ = handle.inner.remove(path);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    count: c_int,
    at: i64,
) -> c_int {
    let wanted = usize::try_from(count).unwrap_or(0);
    // SAFETY: an open file, and `count` bytes of room.
    let (handle, buffer) = unsafe {
        (
            of(file),
            std::slice::from_raw_parts_mut(out.cast::<u8>(), wanted),
        )
    };
    match handle.inner.read_at(handle.file, at.unsigned_abs(), buffer) {
        Err(_) => ffi::SQLITE_IOERR_READ,
        Ok(got) if got == wanted => ffi::SQLITE_OK,
        Ok(got) => {
            buffer[got..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: i64,
) -> c_int {
    // SAFETY: an open file, and `count` bytes to read.
    let (handle, bytes) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        (
            of(file),
            std::slice::from_raw_parts(bytes.cast::<u8>(), count),
        )
    };
    let written = handle.inner.write_at(handle.file, at.unsigned_abs(), bytes);
    code_of(written, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { of(file) };
    let cut = handle.inner.cut(handle.file, size.unsigned_abs());
    code_of(cut, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { of(file) };
    let mut synced = handle.inner.sync(handle.file);
    if synced.is_ok()
        && std::mem::take(&mut handle.flush_name)
        && let Some(folder) = handle.path.as_deref().and_then(Path::parent)
    {
        synced = handle.inner.flush_folder(folder);
    }
    code_of(synced, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: an open file and a place for the answer.
    let handle = unsafe { of(file) };
    match handle.inner.len(handle.file) {
        Ok(len) => {
            // SAFETY: as above.
            unsafe { *out = i64::try_from(len).unwrap_or(i64::MAX) };
            ffi::SQLITE_OK
        }
        Err(_) => ffi::SQLITE_IOERR_FSTAT,
    }
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _op: c_int,
    _arg: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// A write never harms the bytes beside it: what SQLite assumes of every disk it does not know.
unsafe extern "C" fn characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

fn code_of(done: io::Result<()>, otherwise: c_int) -> c_int {
    match done {
        Ok(()) => ffi::SQLITE_OK,
        Err(error) if error.kind() == io::ErrorKind::StorageFull => ffi::SQLITE_FULL,
        Err(_) => otherwise,
    }
}
