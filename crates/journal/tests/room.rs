//! Room ahead of the records: there in time, no more than needed, and no part of what is set aside.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use journal::{Entry, Journal, JournalKey, JournalScan, OpenJournal};
use protocol::ports::Entropy;
use uuid::Uuid;

/// Counts up: reproducible, never the same bytes twice.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

const MIB: u64 = 1024 * 1024;

fn open(path: &Path) -> (Journal, JournalScan) {
    let open = OpenJournal {
        path: path.to_owned(),
        till: Uuid::from_u128(7),
        key: JournalKey::new([9; 32]),
        entropy: Arc::new(Counting(AtomicU64::new(1))),
        trusted: None,
    };
    Journal::open(&open, |_, _| ControlFlow::Continue(())).expect("a journal")
}

fn journal() -> (tempfile::TempDir, PathBuf, Journal) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("critical.journal");
    let (mut journal, _) = open(&path);
    journal.append_entries(&[note(100)]).unwrap();
    (dir, path, journal)
}

fn note(bytes: usize) -> Entry {
    Entry::Note {
        name: "size".to_owned(),
        json: format!("\"{}\"", "x".repeat(bytes)),
    }
}

fn len(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[test]
fn room_is_made_when_little_is_left_and_only_then() {
    let (_dir, path, mut journal) = journal();
    let before = len(&path);
    journal.make_room().unwrap();
    assert_eq!(len(&path), before + MIB, "a mebibyte ahead");
    for round in 1..=3 {
        journal.make_room().unwrap();
        assert_eq!(len(&path), before + round * MIB, "there is enough");
        while len(&path) - journal.end() >= MIB / 8 {
            journal.append_entries(&[note(50_000)]).unwrap();
        }
        assert_eq!(len(&path), before + round * MIB, "appends used it up");
        journal.make_room().unwrap();
        assert_eq!(len(&path), before + (round + 1) * MIB, "little was left");
    }
}

#[test]
fn of_a_torn_tail_exactly_its_bytes_are_set_aside_and_no_room() {
    let (dir, path, mut journal) = journal();
    journal.make_room().unwrap();
    let end = usize::try_from(journal.end()).unwrap();
    drop(journal);
    let mut bytes = std::fs::read(&path).unwrap();
    let torn = b"half a record";
    bytes[end..end + torn.len()].copy_from_slice(torn);
    std::fs::write(&path, &bytes).unwrap();
    let (mut journal, scan) = open(&path);
    let stretch = scan.torn.expect("an unfinished write");
    let aside = dir.path().join("tail.bin");
    journal.cut_torn(stretch, &aside).unwrap();
    assert_eq!(
        std::fs::read(&aside).unwrap(),
        torn,
        "kept, and nothing else"
    );
    assert_eq!(len(&path), end as u64, "cut where the records end");
    journal.make_room().unwrap();
    assert_eq!(len(&path), end as u64 + MIB, "and there is room again");
}
