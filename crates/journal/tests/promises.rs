//! What the journal promises, each in a sentence.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use journal::{
    Entry, Journal, JournalError, JournalKey, JournalScan, Medium, OpenJournal, Rewrite,
};
use proptest::prelude::*;
use protocol::ports::Entropy;
use protocol::{ChainHash, Position, SegmentId, StoredOp};
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

const TILL: Uuid = Uuid::from_u128(7);

fn open_at(path: &Path) -> OpenJournal {
    OpenJournal {
        path: path.to_owned(),
        till: TILL,
        key: JournalKey::new([9; 32]),
        entropy: Arc::new(Counting(AtomicU64::new(1))),
        trusted: None,
    }
}

fn ops(count: u64) -> Vec<StoredOp> {
    let mut prev = ChainHash([0; 32]);
    (1..=count)
        .map(|seq| {
            let position = Position {
                segment: SegmentId([5; 16]),
                seq,
                prev,
            };
            let size = usize::try_from(seq * 37 % 900).unwrap() + 2;
            let op = StoredOp::at(
                &position,
                Uuid::from_u128(u128::from(seq)),
                vec![b'x'; size],
            );
            prev = op.chain;
            op
        })
        .collect()
}

fn read_all(open: &OpenJournal) -> (Journal, JournalScan, Vec<StoredOp>) {
    let mut seen = Vec::new();
    let (journal, scan) = Journal::open(open, |entry, _| {
        if let Entry::Op(op) = entry {
            seen.push(op);
        }
        ControlFlow::Continue(())
    })
    .expect("an existing journal opens");
    (journal, scan, seen)
}

fn filled(count: u64) -> (tempfile::TempDir, PathBuf, Vec<StoredOp>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("critical.journal");
    let all = ops(count);
    let (mut journal, _, _) = read_all(&open_at(&path));
    for op in &all {
        journal.append(std::slice::from_ref(op)).unwrap();
    }
    (dir, path, all)
}

#[test]
fn what_was_appended_is_read_back_byte_for_byte() {
    let (_dir, path, all) = filled(50);
    let (_, scan, seen) = read_all(&open_at(&path));
    assert_eq!(seen, all, "every op, in order, unchanged");
    assert_eq!(
        (scan.torn, scan.broken.len()),
        (None, 0),
        "nothing is damaged"
    );
}

#[test]
fn a_journal_can_be_read_alone() {
    let (_dir, path, all) = filled(3);
    let mut seen = 0;
    let (till, _) = journal::read(&path, &JournalKey::new([9; 32]), |_, _| {
        seen += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((till, seen), (TILL, all.len()), "the header names the till");
}

#[test]
fn nothing_of_an_op_can_be_read_without_the_key() {
    let (_dir, path, _) = filled(3);
    let bytes = std::fs::read(&path).unwrap();
    assert!(
        !bytes.windows(20).any(|w| w == [b'x'; 20]),
        "the body of an op must not lie on the disk in the clear"
    );
    let wrong = OpenJournal {
        key: JournalKey::new([8; 32]),
        ..open_at(&path)
    };
    let refused = Journal::open(&wrong, |_, _| ControlFlow::Continue(())).err();
    assert!(
        matches!(refused, Some(JournalError::WrongKey { .. })),
        "a wrong key is told from damage, got {refused:?}"
    );
}

#[test]
fn another_tills_journal_is_refused_by_name() {
    let (_dir, path, _) = filled(1);
    let other = OpenJournal {
        till: Uuid::from_u128(8),
        ..open_at(&path)
    };
    let refused = Journal::open(&other, |_, _| ControlFlow::Continue(())).err();
    assert!(matches!(refused, Some(JournalError::OtherTill { found, .. }) if found == TILL));
}

#[test]
fn a_torn_tail_is_set_aside_and_cut_and_appending_goes_on() {
    let (dir, path, all) = filled(10);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    let (mut journal, scan, seen) = read_all(&open_at(&path));
    assert_eq!(seen, all[..9], "all but the torn one");
    let torn = scan.torn.expect("the unfinished record is reported");
    let aside = dir.path().join("tail.bin");
    journal.cut_torn(torn, &aside).unwrap();
    assert!(aside.metadata().unwrap().len() > 0, "cut bytes are kept");
    journal.append(&all[9..]).unwrap();
    drop(journal);
    let (_, scan, seen) = read_all(&open_at(&path));
    assert_eq!(seen, all, "the op was appended again");
    assert_eq!(scan.torn, None);
}

#[test]
fn damage_in_the_middle_is_named_and_what_follows_is_still_read() {
    let (_dir, path, all) = filled(10);
    let mut bytes = std::fs::read(&path).unwrap();
    let (_, scan, _) = read_all(&open_at(&path));
    let middle = usize::try_from(scan.end / 2).unwrap();
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let (_, scan, seen) = read_all(&open_at(&path));
    assert_eq!(scan.broken.len(), 1, "one stretch is broken");
    assert_eq!(seen.len(), 9, "one op is lost, nine are read");
    assert!(seen.iter().all(|op| all.contains(op)));
    assert_eq!(
        scan.torn, None,
        "damage before good records is no torn tail"
    );
}

#[test]
fn a_record_moved_to_another_place_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("j");
    let same = ops(1);
    let (mut journal, _, _) = read_all(&open_at(&path));
    let start = usize::try_from(journal.end()).unwrap();
    journal.append(&same).unwrap();
    let end = usize::try_from(journal.end()).unwrap();
    drop(journal);
    let mut bytes = std::fs::read(&path).unwrap();
    let record = bytes[start..end].to_vec();
    bytes.truncate(end);
    bytes.extend_from_slice(&record);
    std::fs::write(&path, &bytes).unwrap();
    let (_, scan, seen) = read_all(&open_at(&path));
    assert_eq!(seen.len(), 1, "a copied record is not a second op");
    assert!(scan.torn.is_some());
}

#[test]
fn room_made_ahead_is_no_damage() {
    let (_dir, path, all) = filled(4);
    let (mut journal, _, _) = read_all(&open_at(&path));
    journal.make_room().unwrap();
    drop(journal);
    let (mut journal, scan, seen) = read_all(&open_at(&path));
    assert_eq!((seen.len(), scan.torn), (4, None), "zeros ahead are room");
    let more = ops(5);
    journal.append(&more[4..]).unwrap();
    drop(journal);
    let (_, _, seen) = read_all(&open_at(&path));
    assert_eq!(seen, more, "the next op lies right behind the last");
    assert_eq!(all, more[..4]);
}

#[test]
fn a_trusted_place_spares_the_reading_and_a_wrong_one_is_noticed() {
    let (_dir, path, all) = filled(20);
    let (journal, scan, _) = read_all(&open_at(&path));
    assert_eq!(journal.mark(), scan.mark);
    let trusting = |place| OpenJournal {
        trusted: Some(place),
        ..open_at(&path)
    };
    let (_, _, seen) = read_all(&trusting(scan.mark));
    assert_eq!(seen, all[19..], "only the last record is read");
    let (_, _, seen) = read_all(&trusting(scan.mark - 1));
    assert_eq!(seen, all, "no record begins there, so everything is read");
    let (_, _, seen) = read_all(&trusting(1 << 40));
    assert_eq!(seen, all, "beyond the end, so everything is read");
}

/// A disk that fails its nth flush.
#[derive(Clone, Default)]
struct Failing {
    bytes: Arc<Mutex<Vec<u8>>>,
    flushes_left: Arc<AtomicU64>,
    flushes_asked: Arc<AtomicU64>,
}

impl Medium for Failing {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.bytes.lock().unwrap();
        let at = usize::try_from(at).unwrap().min(bytes.len());
        let count = buffer.len().min(bytes.len() - at);
        buffer[..count].copy_from_slice(&bytes[at..at + count]);
        Ok(count)
    }
    fn write_at(&mut self, at: u64, new: &[u8]) -> io::Result<()> {
        let mut bytes = self.bytes.lock().unwrap();
        let at = usize::try_from(at).unwrap();
        let end = (at + new.len()).max(bytes.len());
        bytes.resize(end, 0);
        bytes[at..at + new.len()].copy_from_slice(new);
        Ok(())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.flushes_asked.fetch_add(1, Ordering::Relaxed);
        if self.flushes_left.load(Ordering::Relaxed) == 0 {
            return Err(io::Error::other("the disk refused"));
        }
        self.flushes_left.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }
    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.bytes
            .lock()
            .unwrap()
            .truncate(usize::try_from(len).unwrap());
        Ok(())
    }
}

#[test]
fn after_a_failed_flush_nothing_is_flushed_again() {
    let disk = Failing::default();
    disk.flushes_left.store(2, Ordering::Relaxed); // the header's and the first op's
    let open = open_at(Path::new("in memory"));
    let (mut journal, _) = Journal::open_on(Box::new(disk.clone()), &open, |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap();
    let all = ops(3);
    journal.append(&all[..1]).unwrap();
    assert!(matches!(
        journal.append(&all[1..2]),
        Err(JournalError::Io { .. })
    ));
    disk.flushes_left.store(100, Ordering::Relaxed);
    let asked = disk.flushes_asked.load(Ordering::Relaxed);
    assert!(
        matches!(
            journal.append(&all[1..2]),
            Err(JournalError::Poisoned { .. })
        ),
        "a retry after a failed flush would lie"
    );
    assert_eq!(
        disk.flushes_asked.load(Ordering::Relaxed),
        asked,
        "no flush was tried"
    );
}

#[test]
fn a_rewritten_journal_takes_the_place_and_the_old_one_is_kept() {
    let (dir, path, all) = filled(5);
    let old = std::fs::read(&path).unwrap();
    let mut fresh = Rewrite::begin(&open_at(&path)).unwrap();
    fresh
        .push(Entry::Note {
            name: "who".into(),
            json: "{}".into(),
        })
        .unwrap();
    for op in &all[..2] {
        fresh.push(Entry::Op(op.clone())).unwrap();
    }
    let aside = dir.path().join("old.journal");
    drop(fresh.finish(Some(&aside)).unwrap());
    assert_eq!(
        std::fs::read(&aside).unwrap(),
        old,
        "the old file is set aside whole"
    );
    let (_, scan, seen) = read_all(&open_at(&path));
    assert_eq!(
        (seen, scan.entries),
        (all[..2].to_vec(), 3),
        "note and ops are there"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is cut off or flipped: every op that is read is one that was written, in order,
    /// and nothing before the damage is lost.
    #[test]
    fn damage_never_invents_or_reorders(cut in 0_usize..6000, flip in 0_usize..6000, bit in 0_u8..8) {
        let (_dir, path, all) = filled(8);
        let mut bytes = std::fs::read(&path).unwrap();
        let keep = bytes.len().saturating_sub(cut).max(64);
        bytes.truncate(keep);
        let at = 64 + flip;
        if at < bytes.len() {
            bytes[at] ^= 1 << bit;
        }
        std::fs::write(&path, &bytes).unwrap();
        let (_, _, seen) = read_all(&open_at(&path));
        let mut rest = all.iter();
        for op in &seen {
            prop_assert!(rest.any(|known| known == op), "only written ops, in their order");
        }
        let intact = at.min(keep);
        let mut end = 64;
        for (nth, op) in all.iter().enumerate() {
            end += 8 + 24 + 16 + 1 + 104 + op.bytes.len();
            if end <= intact {
                prop_assert_eq!(seen.get(nth), Some(op), "what lies before the damage is read");
            }
        }
    }
}
