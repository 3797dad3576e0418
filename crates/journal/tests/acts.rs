//! Several ops of one act are flushed one after the other.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};

use journal::{Journal, JournalKey, Medium, OpenJournal};
use protocol::ports::Entropy;
use protocol::{ChainHash, Position, SegmentId, StoredOp};
use uuid::Uuid;

struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

/// A disk in memory that remembers what lay on it at each flush.
#[derive(Clone, Default)]
struct Flushed {
    bytes: Arc<Mutex<Vec<u8>>>,
    flushed: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Medium for Flushed {
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
        let now = self.bytes.lock().unwrap().clone();
        self.flushed.lock().unwrap().push(now);
        Ok(())
    }
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }
    fn cut(&mut self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).unwrap();
        self.bytes.lock().unwrap().truncate(len);
        Ok(())
    }
}

fn ops(count: u64) -> Vec<StoredOp> {
    let mut prev = ChainHash([0; 32]);
    let op = |seq| {
        let position = Position {
            segment: SegmentId([5; 16]),
            seq,
            prev,
        };
        let op = StoredOp::at(&position, Uuid::from_u128(u128::from(seq)), vec![b'x'; 900]);
        prev = op.chain;
        op
    };
    (1..=count).map(op).collect()
}

/// A torn write of two ops could otherwise leave the second without the first: at the next start a
/// number would be missing that nobody ever used.
#[test]
fn no_op_of_an_act_is_on_the_disk_before_the_one_it_follows() {
    let open = OpenJournal {
        path: Path::new("in memory").to_owned(),
        till: Uuid::from_u128(7),
        key: JournalKey::new([9; 32]),
        entropy: Arc::new(Zeros),
        trusted: None,
    };
    let go_on = |_, _| ControlFlow::Continue(());
    let disk = Flushed::default();
    let (mut journal, _) = Journal::open_on(Box::new(disk.clone()), &open, go_on).unwrap();
    journal.append(&ops(3)).unwrap();
    let mut at_each_flush = Vec::new();
    for bytes in disk.flushed.lock().unwrap().iter() {
        let then = Flushed::default();
        bytes.clone_into(&mut then.bytes.lock().unwrap());
        let (_, scan) = Journal::open_on(Box::new(then), &open, go_on).unwrap();
        at_each_flush.push(scan.ops);
    }
    assert_eq!(at_each_flush, [0, 1, 2, 3]);
}
