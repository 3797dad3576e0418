//! What a disk, a file system or a hand may do to a file.

use super::memory::Memory;
use crate::bites::Bites;

/// Does as many damages as the script has, at most eight.
pub(super) fn apply(medium: &Memory, bites: &mut Bites<'_>) {
    for _ in 0..8 {
        if bites.is_empty() {
            return;
        }
        medium.change(|file| one(file, bites));
    }
}

fn one(file: &mut Vec<u8>, bites: &mut Bites<'_>) {
    let kind = bites.byte();
    let at = bites.below(file.len() + 1);
    let end = |count: usize| (at + count).min(file.len());
    match kind % 9 {
        0 => {
            if let Some(byte) = file.get_mut(at) {
                *byte ^= 1 << (bites.byte() % 8);
            }
        }
        1 => {
            let piece = bites.piece();
            let until = end(piece.len());
            file[at..until].copy_from_slice(&piece[..until - at]);
        }
        2 => {
            let until = end(usize::from(bites.byte()) * 4);
            file[at..until].fill(0);
        }
        3 => file.truncate(at),
        4 => file.extend_from_slice(bites.piece()),
        // A write that went to another place: whole records move, and are none there.
        5 => {
            let from = bites.below(file.len() + 1);
            let count = usize::from(bites.byte()) * 2;
            let count = count.min(file.len() - from).min(file.len() - at);
            file.copy_within(from..from + count, at);
        }
        6 => {
            let piece = bites.piece();
            file.splice(at..at, piece.iter().copied());
        }
        7 => {
            let until = end(usize::from(bites.byte()));
            file.drain(at..until);
        }
        // A sector of another file: a pattern of small numbers, each of which might be a length.
        _ => {
            let value = [bites.byte(), bites.byte(), 0, 0];
            let until = end(512);
            for (byte, from) in file[at..until].iter_mut().zip(value.iter().cycle()) {
                *byte = *from;
            }
        }
    }
}
