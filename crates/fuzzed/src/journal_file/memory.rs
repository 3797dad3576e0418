//! A file in memory, and randomness that counts.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use journal::Medium;
use protocol::ports::Entropy;

/// The bytes, shared by everyone who opened them.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.change(|file| file.clone())
    }
}

fn place(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

impl Medium for Memory {
    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.change(|file| {
            let from = file.get(place(at)..).unwrap_or_default();
            let count = from.len().min(buffer.len());
            buffer[..count].copy_from_slice(&from[..count]);
            count
        }))
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(|file| {
            let end = place(at) + bytes.len();
            if file.len() < end {
                file.resize(end, 0);
            }
            file[place(at)..end].copy_from_slice(bytes);
        });
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn len(&mut self) -> io::Result<u64> {
        Ok(self.change(|file| file.len() as u64))
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.change(|file| file.truncate(place(len)));
        Ok(())
    }
}

/// Counts up, so that one input is one file.
#[derive(Default)]
pub(super) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}
