//! A receipt printer made of a TCP socket: for tests that must see what a printer would have got.
//!
//! Owns one listener on a port of its own and the bytes that arrived, job by job. Promises: it answers
//! `DLE EOT n` and `GS r n` as an ESC/POS printer does, also in the middle of a job (they are real-time
//! commands), and it can misbehave in every way seen in shops. Std threads only; it ends with its value.
//! Never judges the bytes: that is for the test.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How the printer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Takes everything, says that all is well.
    Healthy,
    /// Takes everything, says that the paper has run out.
    OutOfPaper,
    /// Takes everything, says that the cover is open.
    CoverOpen,
    /// Accepts the connection and never reads a byte: a printer whose buffer is full.
    NeverReads,
    /// Nobody listens: the connection is refused.
    Refuses,
    /// Resets the connection after so many bytes of a job.
    DiesAfter(usize),
    /// Reads at most so many bytes a millisecond, and answers only then.
    Slow(usize),
    /// Prints, and answers no status request, as many cheap printers do.
    Mute,
    /// Answers until so many bytes of a job have come; takes the rest and says nothing more.
    SilentAfter(usize),
}

#[derive(Debug, Default)]
struct Received {
    jobs: Vec<Vec<u8>>,
    finished: usize,
}

struct Shared {
    mode: Mutex<Mode>,
    received: Mutex<Received>,
    changed: Condvar,
    stop: AtomicBool,
}

/// The printer. Dropping it closes the port.
pub struct VirtualPrinter {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl VirtualPrinter {
    /// Starts a healthy printer on a free port of the loopback address.
    pub fn start() -> io::Result<Self> {
        Self::start_in(Mode::Healthy)
    }

    /// Starts a printer that behaves so.
    pub fn start_in(mode: Mode) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let shared = Arc::new(Shared {
            mode: Mutex::new(mode),
            received: Mutex::default(),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let address = listener.local_addr()?;
        let printer = Self {
            address,
            shared,
            thread: Mutex::new(None),
        };
        // A port that was bound and closed again refuses, and nobody else is given it soon.
        if mode != Mode::Refuses {
            printer.run(listener);
        }
        Ok(printer)
    }

    /// Switches it off: its port refuses until [`Self::accept`]. Connections that stand go on.
    pub fn refuse(&self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the listener; what comes of the connection does not matter.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(thread) = lock(&self.thread).take() {
            let _ = thread.join();
        }
    }

    /// Switches it on again, at the same port.
    ///
    /// # Panics
    /// If another program has taken the port meanwhile.
    pub fn accept(&self) {
        if lock(&self.thread).is_none() {
            self.run(TcpListener::bind(self.address).expect("nobody else has taken the port"));
        }
    }

    fn run(&self, listener: TcpListener) {
        self.shared.stop.store(false, Ordering::SeqCst);
        let shared = Arc::clone(&self.shared);
        *lock(&self.thread) = Some(thread::spawn(move || listen(&listener, &shared)));
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Behaves so from the next connection on (paper is put in, the cover is opened).
    /// For off and on there are [`Self::refuse`] and [`Self::accept`].
    pub fn set_mode(&self, mode: Mode) {
        *lock(&self.shared.mode) = mode;
    }

    /// All bytes received, every job after the other, without status requests.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.shared.received).jobs.concat()
    }

    /// The bytes of each connection, in the order in which they began; empty ones are left out.
    pub fn jobs(&self) -> Vec<Vec<u8>> {
        lock(&self.shared.received)
            .jobs
            .iter()
            .filter(|job| !job.is_empty())
            .cloned()
            .collect()
    }

    /// Waits until so many connections that brought bytes have ended; false when the time is over.
    pub fn wait_for_jobs(&self, jobs: usize, at_most: Duration) -> bool {
        let received = lock(&self.shared.received);
        let enough = |received: &mut Received| received.finished < jobs;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(received, at_most, enough);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for VirtualPrinter {
    fn drop(&mut self) {
        self.refuse();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut unread = Vec::new();
    for stream in listener.incoming().flatten() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let mode = *lock(&shared.mode);
        if mode == Mode::NeverReads {
            // Held open, so that the sender sees a full buffer and not an end.
            unread.push(stream);
            continue;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || serve(stream, mode, &shared));
    }
}

/// One connection, until the other side ends it.
fn serve(mut stream: TcpStream, mode: Mode, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let job = {
        let mut received = lock(&shared.received);
        received.jobs.push(Vec::new());
        received.jobs.len() - 1
    };
    let mut buffer = vec![0; 4_096];
    let mut scanner = StatusScanner::default();
    loop {
        let piece = if let Mode::Slow(bytes) = mode {
            bytes.clamp(1, buffer.len())
        } else {
            buffer.len()
        };
        let Ok(count) = stream.read(&mut buffer[..piece]) else {
            break;
        };
        if count == 0 {
            break;
        }
        let answers = scanner.take(&buffer[..count], mode);
        if keep(shared, job, &scanner.drain(), mode) {
            let _ = stream.shutdown(Shutdown::Both);
            break;
        }
        if matches!(mode, Mode::Slow(_)) {
            thread::sleep(Duration::from_millis(1));
        }
        let silent = mode == Mode::Mute
            || matches!(mode, Mode::SilentAfter(limit) if lock(&shared.received).jobs[job].len() >= limit);
        if !silent && stream.write_all(&answers).is_err() {
            break;
        }
    }
    let mut received = lock(&shared.received);
    if !received.jobs[job].is_empty() {
        received.finished += 1;
    }
    shared.changed.notify_all();
}

/// Keeps what was printed; true when the printer dies of it.
fn keep(shared: &Shared, job: usize, bytes: &[u8], mode: Mode) -> bool {
    let mut received = lock(&shared.received);
    let kept = &mut received.jobs[job];
    kept.extend_from_slice(bytes);
    let Mode::DiesAfter(limit) = mode else {
        return false;
    };
    let dies = kept.len() >= limit;
    kept.truncate(limit);
    dies
}

/// Takes the status requests out of the stream, also when one is split over two reads, and never one
/// that stands inside a picture's or a code's bytes.
#[derive(Debug, Default)]
struct StatusScanner {
    pending: Vec<u8>,
    printed: Vec<u8>,
}

impl StatusScanner {
    fn take(&mut self, bytes: &[u8], mode: Mode) -> Vec<u8> {
        self.pending.extend_from_slice(bytes);
        let mut answers = Vec::new();
        loop {
            match self.pending.as_slice() {
                [0x10, 0x04, kind, ..] => {
                    answers.push(realtime(*kind, mode));
                    self.pending.drain(..3);
                }
                [0x1D, b'r', _, ..] => {
                    answers.push(if mode == Mode::OutOfPaper { 0x0C } else { 0 });
                    self.pending.drain(..3);
                }
                [] | [0x10 | 0x1D] | [0x10, 0x04] | [0x1D, _] | [0x1D, b'v' | b'(', ..]
                    if self.whole().is_none() =>
                {
                    break;
                }
                _ => {
                    let length = self.whole().unwrap_or(1);
                    self.printed.extend(self.pending.drain(..length));
                }
            }
        }
        answers
    }

    /// Length of the command at the front, if it carries bytes that must not be read as commands and
    /// all of it is here; None if more must come.
    fn whole(&self) -> Option<usize> {
        let p = self.pending.as_slice();
        let word = |at: usize| Some(usize::from(*p.get(at)?) + 256 * usize::from(*p.get(at + 1)?));
        let length = match p {
            [] | [0x10 | 0x1D] | [0x10, 0x04] | [0x1D, b'r'] => return None,
            [0x1D, b'v', ..] => 8 + word(4)? * word(6)?,
            [0x1D, b'(', ..] => 5 + word(3)?,
            _ => 1,
        };
        (p.len() >= length).then_some(length)
    }

    fn drain(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.printed)
    }
}

/// The byte that answers `DLE EOT n`: bits 1 and 4 are always set.
fn realtime(kind: u8, mode: Mode) -> u8 {
    0x12 | match (kind, mode) {
        (1, Mode::OutOfPaper | Mode::CoverOpen) => 0x08,
        (2, Mode::OutOfPaper) => 0x20,
        (2, Mode::CoverOpen) => 0x04,
        (4, Mode::OutOfPaper) => 0x60,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_request_is_answered_and_not_kept_as_print() {
        let mut scanner = StatusScanner::default();
        assert_eq!(scanner.take(b"Tea\n\x10", Mode::OutOfPaper), b"");
        assert_eq!(
            scanner.take(b"\x04\x04more", Mode::OutOfPaper),
            [0x72],
            "paper end, also across two reads"
        );
        assert_eq!(scanner.drain(), b"Tea\nmore");
    }

    #[test]
    fn a_request_inside_a_picture_is_ink() {
        let mut scanner = StatusScanner::default();
        let picture = b"\x1dv0\0\x03\0\x01\0\x10\x04\x01";
        assert_eq!(scanner.take(&picture[..7], Mode::Healthy), b"");
        assert_eq!(
            scanner.take(&picture[7..], Mode::Healthy),
            b"",
            "three bytes of dots are not a question"
        );
        assert_eq!(scanner.drain(), picture);
    }

    #[test]
    fn a_printer_that_is_off_refuses_and_is_found_again_where_it_was() {
        let printer = VirtualPrinter::start().expect("a free port");
        printer.refuse();
        let refused = TcpStream::connect(printer.address());
        assert!(refused.is_err(), "nobody may listen");
        printer.accept();
        let found = TcpStream::connect(printer.address());
        assert!(found.is_ok(), "the same address must answer again");
    }
}
