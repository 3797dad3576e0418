//! What a disk does to what was written on it, and what a start makes of it.

use super::{Disk, Kept, Mark};
use crate::world::names::Goal;

impl Disk {
    /// The newest ops, the last one first.
    fn newest(&mut self) -> impl Iterator<Item = &mut Kept> {
        let segments = self.segments.iter_mut().rev();
        let ops = segments.flat_map(|segment| segment.ops.iter_mut().rev());
        ops.filter(|kept| !kept.is_lost() && !kept.let_go)
    }

    /// The disk had not kept its newest ops, on neither medium.
    pub fn lose_tail(&mut self, most: u64) -> u64 {
        let mut gone = 0;
        for segment in self.segments.iter_mut().rev() {
            while gone < most && segment.ops.last().is_some_and(|kept| !kept.let_go) {
                segment.ops.pop();
                gone += 1;
            }
            if !segment.ops.is_empty() {
                break;
            }
        }
        gone
    }

    /// The power goes in the middle of a write: the journal's last entry is torn, the vault has it.
    pub fn tear(&mut self) {
        if let Some(kept) = self.newest().next() {
            kept.journal = Mark::Rotten;
        }
    }

    /// One medium lost its newest ops.
    pub fn cut_one(&mut self, of_vault: bool, most: usize) -> usize {
        let mut cut = 0;
        for kept in self.newest().take(most) {
            let mark = if of_vault {
                &mut kept.vault
            } else {
                &mut kept.journal
            };
            *mark = Mark::Missing;
            cut += 1;
        }
        cut
    }

    /// Bits flip under one of the newest ops, counted from the last.
    pub fn rot(&mut self, back: usize, both: bool) -> bool {
        let Some(kept) = self.newest().nth(back) else {
            return false;
        };
        kept.vault = Mark::Rotten;
        if both {
            kept.journal = Mark::Rotten;
        }
        true
    }

    /// What a start does first: each medium gets from the other what it lacks. Says what was seen.
    pub fn reconcile(&mut self) -> Vec<Goal> {
        let mut seen = Vec::new();
        let all = self.segments.iter_mut().flat_map(|held| &mut held.ops);
        for kept in all {
            match (kept.journal, kept.vault) {
                (Mark::Whole, Mark::Missing) => seen.push(Goal::JournalAhead),
                (Mark::Missing, Mark::Whole) => seen.push(Goal::VaultAhead),
                (Mark::Whole, Mark::Rotten) | (Mark::Rotten, Mark::Whole) => {
                    seen.push(Goal::Mended);
                }
                (Mark::Whole, Mark::Whole) => continue,
                (Mark::Missing | Mark::Rotten, Mark::Missing | Mark::Rotten) => {
                    (kept.journal, kept.vault) = (Mark::Missing, Mark::Missing);
                    continue;
                }
            }
            (kept.journal, kept.vault) = (Mark::Whole, Mark::Whole);
        }
        // What is lost at the end leaves no place behind.
        for held in &mut self.segments {
            while held.ops.last().is_some_and(Kept::is_lost) {
                held.ops.pop();
            }
        }
        seen
    }
}
