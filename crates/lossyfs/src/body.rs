//! A file's content: as it reads now, as the disk holds it, and what lies between.

use crate::dice::Dice;
use crate::disk::Mercy;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// One change that was not flushed yet.
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// A file's content.
#[derive(Default)]
pub(crate) struct Body {
    live: Vec<u8>,
    held: Vec<u8>,
    pending: Vec<Change>,
}

impl Body {
    /// What a read answers.
    pub(crate) fn read(&self, at: usize, size: usize) -> &[u8] {
        let end = self.live.len().min(at.saturating_add(size));
        self.live.get(at..end).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }

    /// Bytes that were not flushed.
    pub(crate) fn unflushed(&self) -> usize {
        let size = |change: &Change| match change {
            Change::Write { bytes, .. } => bytes.len(),
            Change::Length(_) => 1,
        };
        self.pending.iter().map(size).sum()
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.live, at, bytes);
        let bytes = bytes.to_vec();
        self.pending.push(Change::Write { at, bytes });
    }

    pub(crate) fn set_length(&mut self, length: usize) {
        self.live.resize(length, 0);
        self.pending.push(Change::Length(length));
    }

    /// From here on the disk holds what reads now.
    pub(crate) fn flush(&mut self) {
        for change in self.pending.drain(..) {
            apply(&mut self.held, &change);
        }
    }

    /// The power is cut: what reads from now on is what the disk held, and what it had begun to write.
    pub(crate) fn cut(&mut self, mercy: Mercy, dice: &mut Dice) {
        let pending = std::mem::take(&mut self.pending);
        let begun = match mercy {
            Mercy::Nothing => 0,
            Mercy::Beginning => dice.below(pending.len() as u64 + 1),
            Mercy::Anything => pending.len() as u64,
        };
        let begun = usize::try_from(begun).unwrap_or(usize::MAX);
        for change in pending.iter().take(begun) {
            match (mercy, change) {
                (Mercy::Anything, Change::Write { at, bytes }) => {
                    some_sectors(&mut self.held, *at, bytes, dice);
                }
                (Mercy::Anything, Change::Length(_)) if dice.below(2) == 0 => {}
                _ => apply(&mut self.held, change),
            }
        }
        if let (Mercy::Beginning, Some(Change::Write { at, bytes })) = (mercy, pending.get(begun)) {
            // The one under way is torn at a sector of the file.
            let whole = usize::try_from(dice.below(bytes.len() as u64 + 1)).unwrap_or(0);
            let end = (at + whole) / SECTOR * SECTOR;
            let torn = bytes.get(..end.saturating_sub(*at)).unwrap_or_default();
            put(&mut self.held, *at, torn);
        }
        self.live.clone_from(&self.held);
    }
}

fn apply(to: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => put(to, *at, bytes),
        Change::Length(length) => to.resize(*length, 0),
    }
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let end = at + bytes.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    if let Some(place) = to.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

/// Each sector by a coin: pages go to a disk in any order.
fn some_sectors(to: &mut Vec<u8>, at: usize, bytes: &[u8], dice: &mut Dice) {
    let mut from = 0;
    while from < bytes.len() {
        let end = bytes.len().min((at + from) / SECTOR * SECTOR + SECTOR - at);
        if dice.below(2) == 0 {
            put(to, at + from, bytes.get(from..end).unwrap_or_default());
        }
        from = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERCIES: [Mercy; 3] = [Mercy::Nothing, Mercy::Beginning, Mercy::Anything];

    #[test]
    fn what_was_flushed_is_there_after_a_cut_whole() {
        for mercy in MERCIES {
            for seed in 0..50 {
                let mut body = Body::default();
                body.write(0, &[7; 3_000]);
                body.flush();
                body.write(3_000, &[8; 5_000]);
                assert_eq!(body.len(), 8_000, "before the cut all of it reads");
                body.cut(mercy, &mut Dice::new(seed));
                assert_eq!(body.read(0, 3_000), [7; 3_000], "{seed}: what was flushed");
                let rest = body.read(3_000, 5_000);
                assert!(
                    rest.iter().all(|byte| *byte == 8 || *byte == 0),
                    "{seed}: of the rest only what was written, or holes"
                );
            }
        }
    }

    #[test]
    fn without_mercy_nothing_unflushed_is_left() {
        let mut body = Body::default();
        body.write(0, b"flushed");
        body.flush();
        body.set_length(2);
        body.write(0, b"never");
        body.cut(Mercy::Nothing, &mut Dice::new(1));
        assert_eq!(body.read(0, 99), b"flushed");
    }

    #[test]
    fn a_write_can_be_torn_in_the_middle() {
        let torn = (0..200).any(|seed| {
            let mut body = Body::default();
            body.write(0, &[9; 4_096]);
            body.cut(Mercy::Beginning, &mut Dice::new(seed));
            body.len() > 0 && body.len() < 4_096
        });
        assert!(torn, "some seed tears it");
    }
}
