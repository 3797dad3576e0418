//! The power is cut at every write, flush and name of a reel.
//!
//! Where vault and journal work side by side, either may be ahead of the other: every pair of a place
//! in the one's order and a place in the other's is a crash point, whatever order the recording
//! happened to see.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use sha2::{Digest, Sha256};

use crate::chance::Chance;
use crate::day::{Reel, Step};
use crate::event::{Event, FileId};
use crate::judge::{Broken, Expected, judge, known_before};
use crate::replay::{Keep, Replay};
use crate::view::View;

/// What is tried at which crash points.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Seed of the torn and reordered images.
    pub seed: u64,
    /// How many seeds at each point, for torn and for reordered.
    pub seeds: u64,
    /// Every how many-th point gets all images; the others get the two main ones.
    pub every: usize,
}

/// What was tried and found.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Writes, cuts and reservations of the trace.
    pub writes: u64,
    /// Flushes of files and folders.
    pub syncs: u64,
    /// Names made, moved, removed.
    pub names: u64,
    /// Crash points.
    pub points: u64,
    /// Machines started.
    pub started: u64,
    /// Images equal to one that was started on with the same expectation.
    pub equal: u64,
    /// Starts that found what was under way.
    pub found_under_way: u64,
    /// Starts that took something from the journal into the vault.
    pub from_journal: u64,
    /// Starts that took something from the vault into the journal.
    pub from_vault: u64,
    /// Promises broken: where, and what.
    pub broken: Vec<(String, Broken)>,
}

impl Tally {
    fn count(&self, kind: impl Fn(&Broken) -> bool) -> u64 {
        self.broken
            .iter()
            .filter(|(_, broken)| kind(broken))
            .count() as u64
    }

    /// Starts that lost something acknowledged.
    pub fn lost(&self) -> u64 {
        self.count(|broken| matches!(broken, Broken::Lost(_)))
    }

    /// Starts that had something twice.
    pub fn twice(&self) -> u64 {
        self.count(|broken| matches!(broken, Broken::Twice(_)))
    }

    /// Starts that did not open.
    pub fn not_opened(&self) -> u64 {
        self.count(|broken| matches!(broken, Broken::DoesNotOpen(_)))
    }

    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.writes += other.writes;
        self.syncs += other.syncs;
        self.names += other.names;
        self.points += other.points;
        self.started += other.started;
        self.equal += other.equal;
        self.found_under_way += other.found_under_way;
        self.from_journal += other.from_journal;
        self.from_vault += other.from_vault;
        self.broken.extend(other.broken);
    }
}

/// One crash point: what is on the disk, and what was acknowledged.
struct Point<'a> {
    /// Its number in the reel.
    nth: usize,
    replay: Replay,
    known: Arc<View>,
    under_way: Option<&'a Step>,
}

/// Cuts the power at every point of a reel.
pub fn crash_everywhere(reel: &Reel, effort: &Effort, threads: usize) -> Tally {
    let mut tally = Tally::default();
    for event in &reel.trace {
        match event {
            Event::Write { .. } | Event::Cut { .. } | Event::Reserve { .. } => tally.writes += 1,
            Event::Sync { .. } | Event::FlushFolder { .. } => tally.syncs += 1,
            Event::SyncFailed { .. } => {}
            Event::Make { .. }
            | Event::Rename { .. }
            | Event::Remove { .. }
            | Event::MakeFolder { .. } => tally.names += 1,
        }
    }
    let tried = Mutex::new((tally, BTreeSet::new()));
    let (send, take) = std::sync::mpsc::sync_channel::<Point<'_>>(8);
    let take = Mutex::new(take);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(point) = next else { return };
                    try_point(reel, &point, effort, &tried);
                }
            });
        }
        each_point(reel, &mut |point| {
            // A worker that panicked ends the run with the scope.
            let _ = send.send(point);
        });
        drop(send);
    });
    tried.into_inner().unwrap_or_else(PoisonError::into_inner).0
}

/// Hands every crash point to `each`.
fn each_point<'a>(reel: &'a Reel, each: &mut dyn FnMut(Point<'a>)) {
    let mut base = Replay::of(&reel.start);
    let journal = journal_files(reel);
    let mut nth = 0;
    for (index, step) in reel.steps.iter().enumerate() {
        let known = known_before(&reel.before, &reel.steps, index);
        let events = &reel.trace[step.begin..step.end];
        let (side, rest): (Vec<&Event>, Vec<&Event>) = events.iter().partition(|event| {
            step.side_by_side && event.file().is_some_and(|file| journal.contains(&file))
        });
        for ahead in 0..=side.len() {
            let mut replay = base.clone();
            for event in &side[..ahead] {
                replay.apply(event);
            }
            for done in 0..=rest.len() {
                let whole = ahead == side.len() && done == rest.len();
                each(Point {
                    nth,
                    replay: replay.clone(),
                    known: if whole {
                        Arc::clone(&step.after)
                    } else {
                        Arc::clone(&known)
                    },
                    under_way: (!whole).then_some(step),
                });
                nth += 1;
                if let Some(event) = rest.get(done) {
                    replay.apply(event);
                }
            }
        }
        for event in events {
            base.apply(event);
        }
    }
}

/// What a day asked of the disk, without the bytes (these are sealed under fresh nonces) and without
/// the order between vault and journal, which work side by side.
pub fn trace_hash(reels: &[Reel]) -> String {
    let mut hash = Sha256::new();
    for reel in reels {
        let journal = journal_files(reel);
        let of_journal = |event: &&Event| event.file().is_some_and(|file| journal.contains(&file));
        let (side, rest): (Vec<&Event>, Vec<&Event>) = reel.trace.iter().partition(of_journal);
        for event in side.into_iter().chain(rest) {
            hash.update(event.shape());
        }
    }
    hex::encode(&hash.finalize()[..8])
}

/// The files that were ever called the journal.
pub(crate) fn journal_files(reel: &Reel) -> BTreeSet<FileId> {
    let lies_there = (1..).zip(reel.start.files.keys());
    let was_there = lies_there.filter(|(_, path)| path.ends_with("critical.journal"));
    let made = reel.trace.iter().filter_map(|event| {
        let Event::Make { file, path } = event else {
            return None;
        };
        let named = path.to_string_lossy().contains("critical.journal");
        named.then_some(*file)
    });
    was_there.map(|(file, _)| file).chain(made).collect()
}

type Tried = Mutex<(Tally, BTreeSet<(Keep, u64, usize, bool)>)>;

fn try_point(reel: &Reel, point: &Point<'_>, effort: &Effort, tried: &Tried) {
    let keeps = keeps(point, effort);
    let mut seen = BTreeSet::new();
    for keep in keeps {
        let image_key = (
            keep,
            point.replay.version,
            point.known.facts.len(),
            point.under_way.is_some(),
        );
        let repeats = matches!(keep, Keep::Nothing)
            && !tried
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .1
                .insert(image_key);
        if repeats {
            seen.insert(keep);
            continue;
        }
        let expected = Expected {
            known: &point.known,
            under_way: point.under_way,
            damaged: reel.damaged,
        };
        let found = judge(&point.replay.image(keep), &expected, 100);
        let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = &mut tried.0;
        tally.started += 1;
        match found {
            Ok(found) => {
                tally.found_under_way +=
                    u64::from(point.under_way.is_some() && found.under_way_is_there);
                tally.from_journal += u64::from(found.from_journal > 0);
                tally.from_vault += u64::from(found.from_vault > 0);
            }
            Err(broken) => {
                let step = point.under_way.map_or("between two acts", |step| step.name);
                let place = format!("{}: point {} in \"{step}\", {keep:?}", reel.name, point.nth);
                tally.broken.push((place, broken));
            }
        }
    }
    let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
    tried.0.points += 1;
    tried.0.equal += seen.len() as u64;
}

fn keeps(point: &Point<'_>, effort: &Effort) -> Vec<Keep> {
    let mut keeps = vec![Keep::Nothing, Keep::All];
    if !point.nth.is_multiple_of(effort.every) {
        return keeps;
    }
    if point.replay.names_pending() {
        keeps.extend([Keep::Names, Keep::Bytes]);
    }
    let mut chance = Chance::new(effort.seed ^ ((point.nth as u64) << 20));
    for _ in 0..effort.seeds {
        keeps.push(Keep::Torn(chance.next()));
        keeps.push(Keep::Reordered(chance.next()));
    }
    keeps
}
