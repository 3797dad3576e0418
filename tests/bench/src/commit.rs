//! Sale commit: a cash sale of three lines through the real vault, against a raw flush on the same disk.
//!
//! Promises that raw flushes and sales take turns in small blocks, and the vaults among themselves too, so
//! that a busy machine is busy for all of them; and that no other vault does its chores meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use vault::sales::{record_sale, told};
use vault::{OpenVault, Vault, cart};

use crate::counter::Counter;
use crate::fill;
use crate::options::{Options, remove};
use crate::raw::RawFlush;
use crate::report::{Report, over};
use crate::samples::Samples;

/// Raw flushes, then as many sales.
const BLOCK: usize = 50;
/// Blocks of one vault before it is the next one's turn.
const BLOCKS_A_TURN: usize = 2;
/// A vault left alone for a fifth of a second checkpoints; this is enough for it to have finished.
const CHORES: Duration = Duration::from_millis(400);
/// What the parts cost is asked of a vault of at most this size.
const PARTS_AT: u64 = 10_000;

/// A vault under measurement.
struct Bed {
    name: String,
    vault: Vault,
    counter: Counter,
    raw: RawFlush,
    commits: Samples,
}

/// Which parts are switched on.
#[derive(Clone, Copy)]
struct Parts {
    name: &'static str,
    encrypt: bool,
    journal: bool,
}

const WHOLE: Parts = Parts {
    name: "vault, journal, encryption",
    encrypt: true,
    journal: true,
};
const WITHOUT: [Parts; 3] = [
    Parts {
        name: "no journal",
        encrypt: true,
        journal: false,
    },
    Parts {
        name: "no encryption",
        encrypt: false,
        journal: true,
    },
    Parts {
        name: "vault alone",
        encrypt: false,
        journal: false,
    },
];

/// Measures every size with everything on, and one size with parts switched off.
pub(crate) fn measure(options: &Options, report: &mut Report) -> Result<()> {
    report.bench("commit");
    let parts_at = options
        .sales
        .iter()
        .copied()
        .filter(|size| *size <= PARTS_AT)
        .max();
    let mut beds = Vec::new();
    for size in &options.sales {
        beds.push(bed(options, report, *size, WHOLE)?);
    }
    let parts_from = beds.len();
    if let Some(size) = parts_at {
        for parts in WITHOUT {
            beds.push(bed(options, report, size, parts)?);
        }
    }
    let turns = options.samples.div_ceil(BLOCK * BLOCKS_A_TURN);
    for turn in 0..turns {
        eprintln!("   turn {} of {turns}", turn + 1);
        for bed in &mut beds {
            std::thread::sleep(CHORES);
            bed.turn()?;
        }
    }
    let mut raw = Samples::default();
    for bed in &beds {
        raw.join(&bed.raw.times);
        let beside = Some(("the raw flushes between them", &bed.raw.times));
        report.times(&bed.name, &bed.commits, beside);
    }
    report.times("raw 4 KiB append + flush, all of them", &raw, None);
    let whole = options
        .sales
        .iter()
        .position(|size| Some(*size) == parts_at);
    if let Some(whole) = whole.and_then(|at| beds.get(at)) {
        tell_costs(report, &raw, whole, &beds[parts_from..]);
    }
    tell_growth(report, options, &beds[..parts_from]);
    drop(beds);
    if options.keep {
        Ok(())
    } else {
        remove(&options.folder.join("commit"))
    }
}

impl Bed {
    fn turn(&mut self) -> Result<()> {
        for _ in 0..BLOCKS_A_TURN {
            // Waits until the writer has finished its checkpoint: a raw flush meets nobody else's.
            self.vault.transact(|_| Ok(()))?;
            self.raw.block(BLOCK)?;
            for _ in 0..BLOCK {
                self.sell()?;
            }
        }
        Ok(())
    }

    /// The open cart is on disk before and the sale is told afterwards, as in the shop; neither is timed.
    fn sell(&mut self) -> Result<()> {
        let paid = self.counter.paid_cart()?;
        let (sale, recording) = self.counter.completed(&paid, false)?;
        let sale_id = paid.sale_id;
        self.vault.transact(move |tx| cart::insert(tx, &paid))?;
        let vault = &self.vault;
        self.commits
            .time(|| vault.transact(move |tx| record_sale(tx, &sale, &recording)))?;
        self.vault.transact(move |tx| told(tx, sale_id))?;
        Ok(())
    }
}

/// Opens a vault of this size, filled now or by an earlier run; closed and opened again after a filling, so
/// that start-up compares both media and the caches are a new day's.
fn bed(options: &Options, report: &mut Report, size: u64, parts: Parts) -> Result<Bed> {
    let folder = options.folder.join("commit").join(folder_name(size, parts));
    let mut counter = Counter::new()?;
    let opening = |counter: &Counter| OpenVault {
        encrypt: parts.encrypt,
        journal: parts.journal,
        ..counter.opening(&folder, [3; 32])
    };
    if !usable(options, size, &folder, opening(&counter))? {
        remove(&folder)?;
    }
    let (vault, _) = Vault::open(opening(&counter)).with_context(|| unreadable(&folder))?;
    let (added, took) = fill::up_to(&vault, size, &mut counter)?;
    if added > 0 && size > PARTS_AT {
        report.number(
            "  filling",
            added as f64 / took.as_secs_f64(),
            "sales/s",
            None,
        );
        let begun = Instant::now();
        let verified = vault.verify()?;
        ensure!(
            verified.chain_ok && verified.journal_equals_vault,
            "the filled vault does not verify"
        );
        let rate = size as f64 / begun.elapsed().as_secs_f64();
        report.number("  verifying chain, rows and journal", rate, "sales/s", None);
    }
    drop(vault);
    let begun = Instant::now();
    let (vault, start) = Vault::open(opening(&counter))?;
    ensure!(
        !start.vault.is_some() && !start.journal.is_some() && start.missing.is_empty(),
        "a filled vault should open whole: {start:?}"
    );
    let opened = begun.elapsed().as_secs_f64() * 1e3;
    let name = format!("{size} sales: {}", parts.name);
    report.number(&format!("  opening {name}"), opened, "ms", None);
    let raw = RawFlush::new(
        &options
            .folder
            .join("commit/raw")
            .join(folder_name(size, parts)),
    )?;
    Ok(Bed {
        name,
        vault,
        counter,
        raw,
        commits: Samples::default(),
    })
}

/// Whether an earlier run's vault can serve: kept, and neither too small by much nor grown by measuring.
fn usable(options: &Options, size: u64, folder: &Path, opening: OpenVault) -> Result<bool> {
    if !options.keep || size == 0 || !folder.join("vault.db").exists() {
        return Ok(false);
    }
    let (vault, _) = Vault::open(opening).with_context(|| unreadable(folder))?;
    let there = fill::sales_in(&vault)?;
    Ok(there < size + size / 10 + 10 * options.samples as u64)
}

fn unreadable(folder: &Path) -> String {
    format!(
        "{} does not open; remove it to have it filled anew",
        folder.display()
    )
}

fn folder_name(size: u64, parts: Parts) -> String {
    format!(
        "{size}-{}-{}",
        u8::from(parts.encrypt),
        u8::from(parts.journal)
    )
}

/// What each part adds to the median, in times of the median raw flush of the whole run: the vaults took
/// turns, so one yardstick serves all of them.
fn tell_costs(report: &mut Report, raw: &Samples, whole: &Bed, without: &[Bed]) {
    let [no_journal, no_encryption, alone] = without else {
        return;
    };
    let flushes = |bed: &Bed| over(bed.commits.at(500), raw.at(500));
    let costs = [
        ("everything costs", flushes(whole)),
        ("  of which the vault alone", flushes(alone)),
        (
            "  of which the journal",
            flushes(whole) - flushes(no_journal),
        ),
        (
            "  of which encryption",
            flushes(whole) - flushes(no_encryption),
        ),
    ];
    for (name, cost) in costs {
        report.number(name, cost, "raw flushes", None);
    }
}

/// How the slowest hundredth grows from each size to the next.
fn tell_growth(report: &mut Report, options: &Options, beds: &[Bed]) {
    for (pair, sizes) in beds.windows(2).zip(options.sales.windows(2)) {
        let p99 = |bed: &Bed| bed.commits.at(990).as_secs_f64() * 1e6;
        let name = format!("p99 at {} sales", sizes[1]);
        let smaller = format!("p99 at {} sales", sizes[0]);
        report.number(&name, p99(&pair[1]), "us", Some((&smaller, p99(&pair[0]))));
    }
}
