//! `cargo xtask kill`: the till's program is killed at random moments, then its books are checked.
//!
//! The story of one run: `holdfastctl replay` rings invoices and notes each one that was acknowledged; at a
//! moment drawn from the seed it gets SIGKILL; the next run goes on with the first invoice that was not
//! acknowledged. Now and then what waits is sent in between, and the sender or the cloud is killed over it,
//! so that replies get lost. When all runs are done, four things must hold: the journal verifies and equals the vault; every acknowledged sale is in the cloud;
//! no sale and no invoice is there twice; till and cloud count the same and end with the same chain.
//!
//! Promises one history of moments per seed. Never looks into the till's files: it asks the programs, and
//! the cloud over HTTP, as anybody could.

pub(crate) mod books;
pub(crate) mod cloud;
pub(crate) mod http;
pub(crate) mod running;
pub(crate) mod till;

use crate::dice::Dice;
use crate::options::Options;
use crate::place::Programs;
use crate::shell::{self, Counted};
use crate::{check, invoices, place};
use anyhow::{Context, Result, ensure};
use books::Books;
use cloud::Cloud;
use invoices::Invoice;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use till::{Ringing, Till};

/// Real invoices, where they are at hand; made-up ones of the same form elsewhere.
const REAL: &str = "../shared/data/online-retail-2010-12_2011-05.csv.gz";

/// How many invoices one run may ring before it ends by itself.
const INVOICES_A_RUN: usize = 60;

/// After one run in this many, a push is begun and cut off.
const PUSH_ONE_IN: u64 = 4;

/// How long the programs get to drain what is left.
const DRAIN_S: u32 = 180;

/// What to do, and from which seed.
pub(crate) struct Plan {
    runs: u32,
    seed: u64,
    csv: Option<PathBuf>,
    profile: String,
}

/// A seed of this moment.
pub(crate) fn fresh_seed() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Dice::new(
        now.as_secs()
            .wrapping_mul(1_000)
            .wrapping_add(u64::from(now.subsec_millis())),
    )
    .next()
        >> 32
}

/// `cargo xtask kill`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let real = place::root().join(REAL);
    let named = options.value("csv", String::new())?;
    let csv = match (options.flag("made-up"), named.is_empty()) {
        (true, _) => None,
        (false, true) => real.is_file().then_some(real),
        (false, false) => Some(PathBuf::from(named)),
    };
    let plan = Plan {
        runs: options.value("runs", 200)?,
        seed: options.value("seed", fresh_seed())?,
        csv,
        profile: options.value("profile", "dev".to_owned())?,
    };
    let as_built = options.flag("as-built");
    options.nothing_else()?;
    if !as_built {
        build(&plan.profile)?;
    }
    prove(&plan).map(|_| ())
}

/// Builds the programs under a profile.
pub(crate) fn build(profile: &str) -> Result<Counted> {
    if profile == "dev" {
        return check::build();
    }
    let mut build = shell::cargo();
    build.args(["build", "--locked", "--profile", profile, "--bins"]);
    for package in [
        "holdfast-ctl",
        "holdfast-cloud",
        "holdfast-testkit",
        "holdfast-lossyfs",
    ] {
        build.args(["--package", package]);
    }
    shell::run(&mut build)?.must_be_ok()
}

/// Kills, then checks. An error says what did not hold, and from which seed.
fn prove(plan: &Plan) -> Result<Counted> {
    let seed = plan.seed;
    println!(
        "   seed {seed}: {} kills, profile {}",
        plan.runs, plan.profile
    );
    let folder = place::target().join("kill").join(seed.to_string());
    let killed = kills(plan, &folder).with_context(|| {
        format!(
            "seed {seed} (again: cargo xtask kill --runs {} --seed {seed}); files: {}",
            plan.runs,
            folder.display()
        )
    })?;
    // Kept when something is wrong, and only then.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(Counted {
        passed: u64::from(killed),
        failed: 0,
    })
}

/// Kills and checks; answers how many kills there were.
fn kills(plan: &Plan, folder: &Path) -> Result<u32> {
    let mut dice = Dice::new(plan.seed);
    let invoices = match &plan.csv {
        Some(path) => invoices::from_file(path)?,
        None => invoices::made_up(plan.runs.max(1) * 120, &mut dice),
    };
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let programs = Programs::of_profile(&plan.profile);
    let mut cloud = Cloud::start(folder, &programs)?;
    let till = Till::new(folder, &folder.join("till"), &programs);
    till.join(&cloud.url(), &cloud.code()?)?;
    let mut books = Books::default();
    let mut next = 0;
    let mut killed = 0;
    while killed < plan.runs && next < invoices.len() {
        let last = invoices.len().min(next + INVOICES_A_RUN);
        let part = invoices.get(next..last).unwrap_or_default();
        if one_run(&till, part, &mut books, &mut dice)? {
            killed += 1;
            next += books.progress(part);
        } else {
            next = last;
        }
        if dice.below(PUSH_ONE_IN) == 0 {
            one_push(&till, &mut cloud, &mut dice)?;
        }
    }
    println!(
        "   {killed} kills, {} invoices acknowledged, {next} of {} rung",
        books.acknowledged(),
        invoices.len()
    );
    ensure!(
        books.acknowledged() > 0,
        "not one invoice was acknowledged: nothing was proved"
    );
    // The invoices may end first on a fast machine; a run of mostly unkilled replays proves little.
    ensure!(
        killed * 4 >= plan.runs * 3,
        "only {killed} of {} kills were done before the invoices ended",
        plan.runs
    );
    prove_books(&till, &cloud, &books)?;
    Ok(killed)
}

/// Whether the run was killed; otherwise it came to the end of its part first.
fn one_run(till: &Till, part: &[Invoice], books: &mut Books, dice: &mut Dice) -> Result<bool> {
    // Some die while they start (the vault is opened, the media are compared), most between two flushes.
    let after_sales = match dice.below(4) {
        0 => 0,
        _ => 1 + dice.below(12),
    };
    let then = Duration::from_micros(match after_sales {
        0 => dice.below(600_000),
        _ => dice.below(30_000),
    });
    let run = till.replay(part, Ringing::default())?;
    let killed = run.kill_after(after_sales, then)?;
    books.read(&till.acknowledgements()?)?;
    Ok(killed)
}

/// Either end of a push dies at some moment of it; the cloud is up again afterwards.
fn one_push(till: &Till, cloud: &mut Cloud, dice: &mut Dice) -> Result<()> {
    let push = till.push()?;
    let moment = Duration::from_micros(dice.below(500_000));
    if dice.below(2) == 0 {
        return push.kill_after(0, moment).map(drop);
    }
    std::thread::sleep(moment);
    cloud.kill_and_start()?;
    push.kill_after(0, Duration::from_micros(dice.below(500_000)))
        .map(drop)
}

fn prove_books(till: &Till, cloud: &Cloud, books: &Books) -> Result<()> {
    let own = till.verify(false)?;
    ensure!(
        own.contains("\"chain_ok\":true"),
        "the till's chain does not verify: {own}"
    );
    ensure!(
        own.contains("\"journal_equals_vault\":true"),
        "journal and vault differ: {own}"
    );
    till.drain(DRAIN_S)?;
    let both = till.verify(true)?;
    ensure!(
        both.contains("\"equal\":true"),
        "till and cloud differ: {both}"
    );
    books.hold_against(&cloud.sales()?)?;
    println!("   every acknowledged sale is in the cloud, none twice; {both}");
    Ok(())
}
