//! `cargo xtask torture`: real programs on real disks, and everything that befalls a shop.
//!
//! The story of a round: a real cloud (SQLite or PostgreSQL), two or three real tills and a hostile line
//! between them; a plan drawn from the seed kills, stops, cuts and misleads them; then everything is healed,
//! and the books are asked for from outside: every acknowledged sale is in the cloud once, in order, both
//! media of each till are the same, till and cloud prove the same, nobody is left running.
//!
//! Promises one plan per seed and round; the moments are wall time, so that a replay repeats the plan, not
//! the microsecond. Keeps the folder of a round that failed. `--deaf` is the same on disks that lie about their
//! flushes, and with a standby that nobody waits for: then it must fail, or it is blind.

mod beside;
mod clock;
mod counts;
mod disks;
mod draw;
mod fail_over;
mod ledger;
mod machine;
mod plan;
mod postgres;
mod round;

use crate::dice::Dice;
use crate::options::Options;
use crate::place::{self, Programs};
use crate::shell::Counted;
use crate::{kill, setup};
use anyhow::{Result, bail, ensure};
use counts::Counts;
use disks::Disk;
use plan::{Means, Medium, Plan};
use postgres::Server;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// After so many rounds that failed the rest would only fill the disk with evidence.
const ENOUGH_FAILED: u64 = 20;

/// `cargo xtask torture`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let minutes: u64 = options.value("minutes", 5)?;
    let seed = options.value("seed", kill::fresh_seed())?;
    let round: i64 = options.value("round", -1)?;
    let database = options.value("database", "both".to_owned())?;
    let fail_overs: u32 = options.value("fail-over", 0)?;
    let profile = options.value("profile", "fast".to_owned())?;
    let copied = options.value("programs", String::new())?;
    let as_built = options.flag("as-built");
    let fixed = options.flag("small");
    let deaf = options.flag("deaf");
    options.nothing_else()?;
    if !as_built && copied.is_empty() {
        setup::torture_packages()?;
        kill::build(&profile)?;
    }
    let programs = match copied.as_str() {
        "" => Programs::of_profile(&profile),
        folder => Programs::copied_to(PathBuf::from(folder)),
    };
    if fixed {
        return small_with(&programs).map(drop);
    }
    if fail_overs > 0 {
        // Deaf: the primary waits for no standby, and what it told to be safe is not.
        return fail_over::run(fail_overs, seed, &programs, !deaf);
    }
    let means = means(&database, &programs)?;
    let only = u64::try_from(round).ok();
    Torture {
        seed,
        programs,
        means,
        only,
        deaf,
    }
    .rounds(Duration::from_mins(minutes))
}

/// What this machine can do, tried out; told, so that nobody believes that more was tortured.
fn means(database: &str, programs: &Programs) -> Result<Means> {
    let can = |medium| {
        let folder = std::env::temp_dir().join(format!("holdfast-try-{}", std::process::id()));
        let mounted = Disk::mount(&folder, medium, programs).map(drop);
        let _ = std::fs::remove_dir(&folder);
        if let Err(error) = &mounted {
            println!("   no {medium:?} disks here: {error:#}");
        }
        mounted.is_ok()
    };
    let means = Means {
        sqlite: matches!(database, "sqlite" | "both"),
        postgres: matches!(database, "postgres" | "both") && postgres::is_here(),
        lossy: can(Medium::Lossy),
        small: can(Medium::Small),
        faketime: clock::library().is_some(),
    };
    if !means.sqlite && !means.postgres {
        bail!("--database is sqlite, postgres or both, and what it names must be here");
    }
    println!("   {means:?}");
    Ok(means)
}

struct Torture {
    seed: u64,
    programs: Programs,
    means: Means,
    /// Only this round.
    only: Option<u64>,
    /// On disks that lie about what they flushed: a bench that finds nothing then sees nothing.
    deaf: bool,
}

impl Torture {
    fn folder(&self, round: u64) -> PathBuf {
        let seed = self.seed.to_string();
        place::target()
            .join("torture")
            .join(seed)
            .join(format!("round-{round}"))
    }

    fn rounds(&self, time: Duration) -> Result<()> {
        println!("   seed {}", self.seed);
        let counts = Counts::begin();
        let server = if self.means.postgres {
            Some(Arc::new(Server::fresh("torture")?))
        } else {
            None
        };
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let telling = scope.spawn(|| tell_every_minute(&counts, &done));
            let (began, first) = (Instant::now(), self.only.unwrap_or(0));
            for round in first.. {
                let over = began.elapsed() >= time || self.only.is_some();
                if (over && round > first) || counts.of("round failed") >= ENOUGH_FAILED {
                    break;
                }
                self.one(round, server.as_ref(), &counts);
            }
            done.store(true, Ordering::SeqCst);
            telling.thread().unpark();
        });
        println!("{}\n{}", counts.progress(), counts.summary());
        ensure!(
            counts.of("acknowledged") > 0,
            "not one sale was acknowledged: nothing was proved"
        );
        let failed = counts.of("round failed");
        ensure!(
            failed == 0,
            "{failed} rounds failed: see above, and the folders named there"
        );
        Ok(())
    }

    fn one(&self, round: u64, server: Option<&Arc<Server>>, counts: &Counts) {
        let mut dice = Dice::new(self.seed);
        let seed = (0..=round).fold(0, |_, _| dice.next());
        let mut plan = Plan::draw(seed, self.means);
        if self.deaf {
            plan = plan.deafened();
        }
        let folder = self.folder(round);
        let outcome = round::run(&plan, &folder, &self.programs, server, counts);
        counts.count("round");
        counts.count(if plan.postgres {
            "round on PostgreSQL"
        } else {
            "round on SQLite"
        });
        match outcome {
            Ok(()) => drop(std::fs::remove_dir_all(&folder)),
            Err(error) => {
                counts.count("round failed");
                println!(
                    "\nROUND {round} FAILED: {error:#}\n   again: cargo xtask torture --seed {} --round {round}; its files: {}\n",
                    self.seed,
                    folder.display()
                );
            }
        }
    }
}

fn tell_every_minute(counts: &Counts, done: &AtomicBool) {
    let mut last = Instant::now();
    while !done.load(Ordering::SeqCst) {
        std::thread::park_timeout(Duration::from_secs(1));
        if last.elapsed() >= Duration::from_mins(1) {
            last = Instant::now();
            println!("{}", counts.progress());
        }
    }
}

/// The fixed part of the test command: a few of everything, within a minute; and disks that lie are found out.
pub(crate) fn small() -> Result<Counted> {
    small_with(&Programs::of_profile("dev"))
}

fn small_with(programs: &Programs) -> Result<Counted> {
    let counts = Counts::begin();
    let means = means("sqlite", programs)?;
    let folder = place::target().join("torture").join("small");
    round::run(&Plan::small(means), &folder, programs, None, &counts)?;
    print!("{}\n{}", counts.progress(), counts.summary());
    let kills = counts.kills();
    ensure!(kills >= 6, "only {kills} kills: nothing was proved");
    if means.lossy {
        let deaf = Plan::small(means).deafened();
        match round::run(&deaf, &folder, programs, None, &Counts::begin()) {
            Ok(()) => {
                bail!("a disk that lies about its flushes was not found out: the torture is blind")
            }
            Err(error) => {
                println!(
                    "   on a disk that lies about its flushes it fails, as it must: {error:#}"
                );
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    let passed = kills + u64::from(means.lossy);
    Ok(Counted { passed, failed: 0 })
}
