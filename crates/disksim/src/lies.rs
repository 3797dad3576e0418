//! A disk that lied, and what people and machines do to files behind a till's back.
//!
//! Flushes that were answered and never done (of the vault, of the journal, of both), a log deleted, a
//! file cut, overwritten or gone. While one medium is sound, nothing is lost. When both lost the same
//! tail there is nothing to notice it by at the till; then no place is used twice: the next op
//! stands in a segment of its own, and the cloud sees the rewind.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::chance::Chance;
use crate::crash::journal_files;
use crate::day::{Reel, in_folder};
use crate::event::Event;
use crate::image::Image;
use crate::judge::{Broken, judge_facts, look, proves, sells_on};
use crate::replay::{Keep, Replay};
use crate::till::Till;
use crate::{SimDisk, View};

/// What was tried and found.
#[derive(Debug, Clone, Default)]
pub struct Lied {
    /// Machines started.
    pub started: u64,
    /// Starts that mended something.
    pub mended: u64,
    /// Starts on a disk that had lost the tail of both media: facts that were gone.
    pub gone_from_both: u64,
    /// Promises broken: where, and what.
    pub broken: Vec<(String, Broken)>,
}

/// Which medium lied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Liar {
    Vault,
    Journal,
    Both,
}

/// After each act of a reel: the last acts' flushes were lies.
pub fn synced_tail_lost(reel: &Reel) -> Lied {
    let mut lied = Lied::default();
    for (nth, step) in reel.steps.iter().enumerate() {
        for acts in [1, 3, 9] {
            let earlier = (nth + 1)
                .checked_sub(acts)
                .and_then(|first| reel.steps.get(first));
            let Some(since) = earlier.map(|first| first.begin) else {
                continue;
            };
            for liar in [Liar::Vault, Liar::Journal, Liar::Both] {
                let image = lied_to(reel, since, step.end, liar);
                let place = format!(
                    "{}: {liar:?} lied for {acts} acts to {}",
                    reel.name, step.name
                );
                lied.judge(place, &image, &step.after, liar == Liar::Both);
            }
        }
    }
    lied
}

/// What lies there after `until` if no flush since `since` was one.
fn lied_to(reel: &Reel, since: usize, until: usize, liar: Liar) -> Image {
    let journal = journal_files(reel);
    let mut replay = Replay::of(&reel.start);
    for (nth, event) in reel.trace[..until].iter().enumerate() {
        let of_journal = event.file().is_some_and(|file| journal.contains(&file));
        let lies = match liar {
            Liar::Vault => !of_journal,
            Liar::Journal => of_journal,
            Liar::Both => true,
        };
        let never_done = nth >= since && lies && matches!(event, Event::Sync { .. });
        if !never_done {
            replay.apply(event);
        }
    }
    replay.image(Keep::Nothing)
}

/// After each act of a reel: files damaged one by one.
pub fn files_damaged(reel: &Reel, seed: u64) -> Lied {
    let mut lied = Lied::default();
    let mut replay = Replay::of(&reel.start);
    let mut at = 0;
    for step in &reel.steps {
        for event in &reel.trace[at..step.end] {
            replay.apply(event);
        }
        at = step.end;
        let whole = replay.image(Keep::All);
        for damage in DAMAGES {
            let mut image = whole.clone();
            (damage.does)(&mut image, &mut Chance::new(seed));
            let place = format!("{}: {} after {}", reel.name, damage.name, step.name);
            lied.judge(place, &image, &step.after, false);
        }
    }
    lied
}

struct Damage {
    name: &'static str,
    does: fn(&mut Image, &mut Chance),
}

const DAMAGES: &[Damage] = &[
    Damage {
        name: "the log is deleted",
        does: |image, _| gone(image, "vault.db-wal"),
    },
    Damage {
        name: "the vault is gone, its log is not",
        does: |image, _| gone(image, "vault.db"),
    },
    Damage {
        name: "the vault is cut in half",
        does: |image, _| bytes_of(image, "vault.db", |bytes| bytes.truncate(bytes.len() / 2)),
    },
    Damage {
        name: "the vault is empty",
        does: |image, _| bytes_of(image, "vault.db", Vec::clear),
    },
    Damage {
        name: "garbage in the vault",
        does: |image, chance| bytes_of(image, "vault.db", |bytes| garbage(bytes, chance)),
    },
    Damage {
        name: "garbage in the log",
        does: |image, chance| bytes_of(image, "vault.db-wal", |bytes| garbage(bytes, chance)),
    },
    Damage {
        name: "the journal is gone",
        does: |image, _| gone(image, "critical.journal"),
    },
    Damage {
        name: "the journal is cut",
        does: |image, chance| {
            bytes_of(image, "critical.journal", |bytes| {
                let len = chance.below(bytes.len().min(20_000) as u64);
                bytes.truncate(usize::try_from(len).unwrap_or(0));
            });
        },
    },
    Damage {
        name: "the journal's header is cut",
        does: |image, _| bytes_of(image, "critical.journal", |bytes| bytes.truncate(40)),
    },
    Damage {
        name: "garbage in the journal",
        does: |image, chance| bytes_of(image, "critical.journal", |bytes| garbage(bytes, chance)),
    },
    Damage {
        name: "the small files are gone",
        does: |image, _| {
            for name in ["key.check", "reserve.bin", "lock"] {
                gone(image, name);
            }
        },
    },
];

fn gone(image: &mut Image, name: &str) {
    image.files.remove(&in_folder(name));
}

fn bytes_of(image: &mut Image, name: &str, does: impl FnOnce(&mut Vec<u8>)) {
    if let Some(content) = image.files.get_mut(&in_folder(name)) {
        does(Arc::make_mut(&mut content.bytes));
    }
}

/// A few stretches of 600 bytes each.
fn garbage(bytes: &mut [u8], chance: &mut Chance) {
    for _ in 0..3 {
        let end = bytes.len().min(300_000) as u64;
        let from = usize::try_from(chance.below(end)).unwrap_or(0);
        for byte in bytes.iter_mut().skip(from).take(600) {
            *byte = chance.next().to_le_bytes()[0];
        }
    }
}

impl Lied {
    fn judge(&mut self, place: String, image: &Image, known: &View, both: bool) {
        self.started += 1;
        let found = if both {
            no_place_twice(image, known).map(|gone| {
                self.gone_from_both += gone;
                false
            })
        } else {
            judge_facts(image, known, 100).map(|report| {
                report.vault.is_some()
                    || report.journal.is_some()
                    || report.recovered_ops + report.journaled_ops > 0
            })
        };
        match found {
            Ok(mended) => self.mended += u64::from(mended),
            Err(broken) => self.broken.push((place, broken)),
        }
    }
}

/// Facts may be gone; none is changed, and the next one stands where none ever stood. How many are
/// gone.
fn no_place_twice(image: &Image, known: &View) -> Result<u64, Broken> {
    let disk = SimDisk::of(image);
    let till = Till::new(100);
    let opened = till.open(&disk);
    let (vault, _) = opened.map_err(|error| Broken::DoesNotOpen(error.to_string()))?;
    let view = look(&vault)?;
    if let Some(strange) = view.facts.iter().find(|fact| !known.facts.contains(fact)) {
        return Err(Broken::Twice(format!("{strange:?} was never recorded")));
    }
    sells_on(&vault, &till, &view)?;
    proves(&vault, view.sold.len() as u64 + 1)?;
    let used: BTreeSet<_> = known.facts.iter().map(|fact| fact.segment).collect();
    let now = look(&vault)?;
    let fresh = now
        .facts
        .last()
        .is_some_and(|fact| !used.contains(&fact.segment));
    if fresh {
        return Ok((known.facts.len() - view.facts.len()) as u64);
    }
    Err(Broken::SellsNotOn(
        "the next sale went on in an old segment".into(),
    ))
}
