//! A journal's file after damage: what lies whole is read, what does not was never written, and all damage is named.
//!
//! An input is a script: entries are written by the shipped code, then the file is damaged, then it is opened. What
//! must come back follows from comparing bytes with the undamaged file, not from reading the format a second time.

mod damage;
mod memory;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use journal::{Entry, Journal, JournalError, JournalKey, JournalScan, OpenJournal};
use protocol::{ChainHash, Position, SegmentId, StoredOp};
use uuid::Uuid;

use crate::bites::Bites;
use memory::{Counting, Memory};

/// Bytes of the header; records begin behind it.
const HEADER: u64 = 64;

/// A record as it was written.
struct Written {
    entry: Entry,
    from: u64,
    until: u64,
}

/// Entries, damage, then the look.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    match bites.byte() {
        255 => foreign(bites.rest(), true),
        254 => foreign(bites.rest(), false),
        how => damaged(how, bites),
    }
}

/// Bytes of a stranger, behind a header of ours or without one: nothing in them is a record.
fn foreign(bytes: &[u8], with_header: bool) {
    let medium = Memory::default();
    if with_header {
        opened(&medium, None).expect("an empty file becomes a journal");
    }
    medium.change(|file| file.extend_from_slice(bytes));
    let before = medium.bytes();
    match opened(&medium, None) {
        Ok(seen) => {
            assert!(seen.entries.is_empty(), "nobody forges a record");
            every_byte_is_accounted_for(&before, &seen);
        }
        Err(refused) => {
            assert!(!with_header, "the header is ours: {refused}");
            assert_eq!(medium.bytes(), before, "a refused file is left alone");
        }
    }
}

fn damaged(how: u8, mut bites: Bites<'_>) {
    let medium = Memory::default();
    let written = write(&medium, how, &mut bites);
    let whole = medium.bytes();
    damage::apply(&medium, &mut bites);
    let file = medium.bytes();
    let at = |from: u64, until: u64| {
        let place = usize::try_from(from).ok()?..usize::try_from(until).ok()?;
        Some((whole.get(place.clone())?, file.get(place)?))
    };
    let intact = |from, until| at(from, until).is_some_and(|(before, after)| before == after);
    let left: Vec<&Written> = written
        .iter()
        .filter(|record| intact(record.from, record.until))
        .collect();
    if !file.is_empty() && !intact(0, HEADER) {
        assert!(
            opened(&medium, None).is_err(),
            "a header that is not the one written opens nothing"
        );
        assert_eq!(medium.bytes(), file, "and the file is left alone");
        return;
    }
    let seen = opened(&medium, None).expect("the header is whole");
    if !file.is_empty() {
        holds(&seen, &left);
        every_byte_is_accounted_for(&file, &seen);
        trusted(&medium, &written, &left);
    }
    goes_on(&medium, &seen);
}

/// Exactly the records that lie whole where they were written.
fn holds(seen: &Seen, left: &[&Written]) {
    let expected: Vec<(&Entry, u64)> = left.iter().map(|one| (&one.entry, one.until)).collect();
    let found: Vec<(&Entry, u64)> = seen.entries.iter().map(|(e, until)| (e, *until)).collect();
    assert_eq!(
        found.len(),
        expected.len(),
        "as many records as lie whole: ends {:?} of {:?}",
        found.iter().map(|one| one.1).collect::<Vec<_>>(),
        expected.iter().map(|one| one.1).collect::<Vec<_>>()
    );
    assert!(found == expected, "each as it was written, in its order");
}

/// Reading from a remembered place on misses nothing behind it; a place that holds no record is not believed.
fn trusted(medium: &Memory, written: &[Written], left: &[&Written]) {
    let Some(place) = written.get(written.len() / 2) else {
        return;
    };
    let seen = opened(medium, Some(place.from)).expect("the header is whole");
    let believed = left.iter().any(|record| record.from == place.from);
    let from = if believed { place.from } else { HEADER };
    let behind: Vec<&Written> = left
        .iter()
        .copied()
        .filter(|record| record.from >= from)
        .collect();
    assert_eq!(seen.scan.from, from, "where reading began");
    holds(&seen, &behind);
}

/// Whatever is no record is named as damage, or is the room of zeros at the end.
fn every_byte_is_accounted_for(file: &[u8], seen: &Seen) {
    let JournalScan {
        end, torn, broken, ..
    } = &seen.scan;
    let mut at = HEADER;
    let mut gaps = broken.iter();
    for (entry, until) in &seen.entries {
        let length = seen.length_of(entry);
        let from = until - length;
        if from > at {
            let gap = gaps.next().expect("a stretch between records is named");
            assert_eq!((gap.from, gap.until), (at, from), "by its bounds");
        }
        at = *until;
    }
    assert!(gaps.next().is_none(), "nothing whole is called broken");
    assert_eq!(*end, at, "the next record goes behind the last one");
    let rest = file
        .get(usize::try_from(at).unwrap_or(usize::MAX)..)
        .unwrap_or_default();
    let last = rest.iter().rposition(|byte| *byte != 0);
    match (last, torn) {
        (None, None) => {}
        (Some(last), Some(torn)) => assert_eq!(
            (torn.from, torn.until),
            (at, at + last as u64 + 1),
            "the torn tail is told to its last byte"
        ),
        (last, torn) => panic!("{torn:?} of a rest whose last byte is at {last:?}"),
    }
}

/// After any damage the journal takes the next record, and it is read back beside the others.
fn goes_on(medium: &Memory, before: &Seen) {
    let next = Entry::Note {
        name: "next".to_owned(),
        json: "{}".to_owned(),
    };
    let (mut journal, _) =
        Journal::open_on(Box::new(medium.clone()), &opening(None), |_, _| KEEP).expect("it opens");
    journal
        .append_entries(std::slice::from_ref(&next))
        .expect("memory takes it");
    let end = journal.end();
    drop(journal);
    let after = opened(medium, None).expect("it opens again");
    let mut expected = before.entries.clone();
    expected.push((next, end));
    assert!(
        after.entries == expected,
        "all that was there and the new one"
    );
}

/// What an opening read.
struct Seen {
    entries: Vec<(Entry, u64)>,
    scan: JournalScan,
}

impl Seen {
    /// Bytes of the record of an entry: head, nonce, tag, kind, and what it says.
    #[allow(
        clippy::unused_self,
        reason = "read where the records of one opening are read"
    )]
    fn length_of(&self, entry: &Entry) -> u64 {
        let plain = match entry {
            Entry::Op(op) => 1 + 16 + 16 + 8 + 32 + 32 + op.bytes.len(),
            Entry::Note { name, json } => 1 + 2 + name.len() + json.len(),
        };
        (8 + 24 + 16 + plain) as u64
    }
}

const KEEP: ControlFlow<()> = ControlFlow::Continue(());

fn opening(trusted: Option<u64>) -> OpenJournal {
    OpenJournal {
        path: PathBuf::from("critical.journal"),
        till: Uuid::from_u128(7),
        key: JournalKey::new([9; 32]),
        entropy: Arc::new(Counting::default()),
        trusted,
    }
}

fn opened(medium: &Memory, trusted: Option<u64>) -> Result<Seen, JournalError> {
    let mut entries = Vec::new();
    let (_, scan) = Journal::open_on(Box::new(medium.clone()), &opening(trusted), |entry, end| {
        entries.push((entry, end));
        KEEP
    })?;
    Ok(Seen { entries, scan })
}

/// Writes up to twelve entries, several in one write or each in its own.
fn write(medium: &Memory, how: u8, bites: &mut Bites<'_>) -> Vec<Written> {
    let entries = entries(bites);
    let (mut journal, _) = Journal::open_on(Box::new(medium.clone()), &opening(None), |_, _| KEEP)
        .expect("an empty file becomes a journal");
    for group in entries.chunks(usize::from(how % 3) + 1) {
        journal.append_entries(group).expect("memory takes it");
    }
    if how & 0b1_1100 == 0b100 {
        journal.make_room().expect("memory has room");
    }
    let seen = opened(medium, None).expect("what was written opens");
    assert_eq!(seen.scan.broken, [], "nothing is broken yet");
    let mut from = HEADER;
    let written: Vec<Written> = seen
        .entries
        .into_iter()
        .map(|(entry, until)| {
            let record = Written { entry, from, until };
            from = until;
            record
        })
        .collect();
    assert!(
        written.iter().map(|one| &one.entry).eq(&entries),
        "everything reads back"
    );
    written
}

fn entries(bites: &mut Bites<'_>) -> Vec<Entry> {
    let mut prev = ChainHash([0; 32]);
    let count = u64::from(bites.byte() % 12);
    let one = |seq: u64| {
        let kind = bites.byte();
        if kind % 4 == 3 {
            return Entry::Note {
                name: bites.text(),
                json: bites.text(),
            };
        }
        let bytes = match kind % 4 {
            0 => bites.piece().to_vec(),
            1 => vec![kind; usize::from(kind) * 16],
            _ => vec![0; usize::from(kind)],
        };
        let segment = SegmentId([5; 16]);
        let position = Position { segment, seq, prev };
        let op = StoredOp::at(&position, Uuid::from_u128(u128::from(seq)), bytes);
        prev = op.chain;
        Entry::Op(op)
    };
    (1..=count).map(one).collect()
}
