//! Reading a journal from end to end, or from a known place on, one entry at a time.
//!
//! Promises constant memory (a window of the file and one entry) and that damage is named, not
//! skipped over in silence: a stretch of bad bytes with good records after it is `broken`, one with
//! nothing but zeros or the end after it is a `torn` tail (a write that never finished and was
//! never acknowledged). Never changes the file.

use std::io;
use std::ops::ControlFlow;

use crate::entry::Entry;
use crate::format::{HEADER_LEN, MAX_SEALED, MIN_SEALED, RECORD_HEAD, Sealer, record_head};
use crate::medium::Medium;

/// Bytes read at once; several hundred ops.
const WINDOW: usize = 1024 * 1024;

/// A stretch of bytes that holds no readable record. Offsets in bytes from the start of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where the first unreadable byte lies.
    pub from: u64,
    /// One past the last one.
    pub until: u64,
}

/// What a scan met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalScan {
    /// Readable entries, ops and notes.
    pub entries: u64,
    /// Readable ops.
    pub ops: u64,
    /// Where reading started: the header's end, or the trusted place.
    pub from: u64,
    /// Where the last readable record begins (0 if there is none).
    pub mark: u64,
    /// One past the last readable record: where the next one goes.
    pub end: u64,
    /// An unfinished write at the end.
    pub torn: Option<Stretch>,
    /// Damage with readable records after it, oldest first; at most [`MAX_BROKEN`] are listed.
    pub broken: Vec<Stretch>,
}

/// Stretches listed in one scan; a file with more is rebuilt whole anyway.
pub const MAX_BROKEN: usize = 1_000;

/// A sliding window over the medium.
struct Window<'a> {
    medium: &'a mut dyn Medium,
    at: u64,
    bytes: Vec<u8>,
    len: u64,
}

impl<'a> Window<'a> {
    fn new(medium: &'a mut dyn Medium) -> io::Result<Self> {
        let len = medium.len()?;
        Ok(Self {
            medium,
            at: 0,
            bytes: Vec::new(),
            len,
        })
    }

    /// `count` bytes at `from`, or fewer at the end of the file.
    fn get(&mut self, from: u64, count: usize) -> io::Result<&[u8]> {
        let end = from.saturating_add(count as u64).min(self.len);
        let held = self.at..=self.at + self.bytes.len() as u64;
        if from >= self.len {
            return Ok(&[]);
        }
        if !(held.contains(&from) && held.contains(&end)) {
            let want = count.max(WINDOW);
            self.bytes.resize(want, 0);
            let got = self.medium.read_at(from, &mut self.bytes)?;
            self.bytes.truncate(got);
            self.at = from;
        }
        let start = usize::try_from(from - self.at).unwrap_or(usize::MAX);
        let stop = (start + count).min(self.bytes.len());
        Ok(self.bytes.get(start..stop).unwrap_or(&[]))
    }
}

/// Calls `visit` with every readable entry and the offset one past its record, beginning at
/// `trusted` if a readable record begins there and at the header's end otherwise.
///
/// `visit` may stop the scan early with `Break`; the answer then covers what was read.
pub(crate) fn scan(
    medium: &mut dyn Medium,
    sealer: &Sealer,
    trusted: Option<u64>,
    visit: &mut dyn FnMut(Entry, u64) -> ControlFlow<()>,
) -> io::Result<JournalScan> {
    let mut window = Window::new(medium)?;
    let mut from = HEADER_LEN;
    if let Some(place) = trusted.filter(|place| *place > HEADER_LEN)
        && record_at(&mut window, sealer, place)?.is_some()
    {
        from = place;
    }
    let mut seen = JournalScan {
        from,
        end: from,
        ..JournalScan::default()
    };
    let mut at = from;
    while at < window.len {
        if let Some((entry, next)) = record_at(&mut window, sealer, at)? {
            seen.entries += 1;
            seen.ops += u64::from(matches!(entry, Entry::Op(_)));
            seen.mark = at;
            seen.end = next;
            at = next;
            if visit(entry, next).is_break() {
                return Ok(seen);
            }
            continue;
        }
        match next_record(&mut window, sealer, at + 1)? {
            Resync::Found(next) => {
                if seen.broken.len() < MAX_BROKEN {
                    seen.broken.push(Stretch {
                        from: at,
                        until: next,
                    });
                }
                at = next;
            }
            Resync::LastByte(last) => {
                seen.torn = Some(Stretch {
                    from: at,
                    until: last + 1,
                });
                break;
            }
            Resync::OnlyZeros => {
                if !first_byte_is_zero(&mut window, at)? {
                    seen.torn = Some(Stretch {
                        from: at,
                        until: at + 1,
                    });
                }
                break;
            }
        }
    }
    Ok(seen)
}

fn first_byte_is_zero(window: &mut Window<'_>, at: u64) -> io::Result<bool> {
    Ok(window.get(at, 1)?.first().is_none_or(|byte| *byte == 0))
}

/// The record that begins at `at`, if a whole one does.
fn record_at(
    window: &mut Window<'_>,
    sealer: &Sealer,
    at: u64,
) -> io::Result<Option<(Entry, u64)>> {
    let Some(head) = window.get(at, RECORD_HEAD)?.first_chunk::<RECORD_HEAD>() else {
        return Ok(None);
    };
    let (len, crc) = record_head(*head);
    if !(MIN_SEALED..=MAX_SEALED).contains(&len) {
        return Ok(None);
    }
    let whole = window.get(at, RECORD_HEAD + len)?;
    if whole.len() < RECORD_HEAD + len {
        return Ok(None);
    }
    let entry = sealer.open(&whole[RECORD_HEAD..], crc, at);
    Ok(entry.map(|entry| (entry, at + (RECORD_HEAD + len) as u64)))
}

enum Resync {
    /// A good record begins here.
    Found(u64),
    /// No good record, and this is the last byte that is not zero.
    LastByte(u64),
    /// Nothing but zeros.
    OnlyZeros,
}

/// Looks for the next good record at any byte: after damage the record lengths cannot be trusted.
fn next_record(window: &mut Window<'_>, sealer: &Sealer, from: u64) -> io::Result<Resync> {
    let mut last = None;
    let mut at = from;
    while at < window.len {
        let zeros = window
            .get(at, 4096)?
            .iter()
            .take_while(|b| **b == 0)
            .count() as u64;
        // A record's length is little-endian: it may begin up to three bytes before a zero run
        // ends only if its low byte is zero too, so the run's last three bytes are tried as well.
        if zeros > 8 {
            at += zeros - 3;
            continue;
        }
        if record_at(window, sealer, at)?.is_some() {
            return Ok(Resync::Found(at));
        }
        if zeros == 0 {
            last = Some(at);
        }
        at += 1;
    }
    Ok(last.map_or(Resync::OnlyZeros, Resync::LastByte))
}
