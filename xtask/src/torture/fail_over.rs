//! PostgreSQL fails over: the primary dies in the middle of pushes, its synchronous standby goes on.
//!
//! Promises fresh ground each time. Every second time the cloud is started again on the standby's URL,
//! every other time it goes on by itself: its URL names both.

use super::counts::Counts;
use super::postgres::Server;
use crate::dice::Dice;
use crate::invoices::{self, Invoice};
use crate::kill::books::{self, Books};
use crate::kill::cloud::Cloud;
use crate::kill::running::Run;
use crate::kill::till::{Ringing, Till};
use crate::place::{self, Programs};
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

const TILLS: u32 = 4;
const INVOICES: u32 = 4_000;
const DATABASE: &str = "holdfast";
const DRAIN_S: u32 = 120;
const EPOCH: &str = "SELECT cloud_epoch FROM cloud";

/// How far a standby lags that nobody waits for.
const LAG: Duration = Duration::from_secs(1);

/// How long the cloud may take to find the standby, and the tills for what they ring after it.
const LATER: Duration = Duration::from_secs(45);

/// So many times.
pub(crate) fn run(times: u32, seed: u64, programs: &Programs, waited_for: bool) -> Result<()> {
    println!("   seed {seed}: {times} fail-overs, {TILLS} tills");
    let mut dice = Dice::new(seed);
    for time in 0..times {
        let folder = place::target()
            .join("torture")
            .join(format!("fail-over-{seed}-{time}"));
        let began = Instant::now();
        let counts = Counts::begin();
        one((time, waited_for), dice.next(), &folder, programs, &counts).with_context(|| {
            format!(
                "fail-over {time} of seed {seed}; its files: {}",
                folder.display()
            )
        })?;
        println!(
            "   fail-over {time}: {} s, {} ops told to be safe when the primary died, all at the standby; {} invoices acknowledged, {} sales listed at the end, none lost, none twice, proofs equal, no new epoch",
            began.elapsed().as_secs(),
            counts.of("told"),
            counts.of("acknowledged"),
            counts.of("listed"),
        );
        let _ = std::fs::remove_dir_all(&folder);
    }
    Ok(())
}

/// One of them. A standby that is not waited for lags behind when it is needed: that must be found out.
fn one(
    (time, waited_for): (u32, bool),
    seed: u64,
    folder: &Path,
    programs: &Programs,
    counts: &Counts,
) -> Result<()> {
    let mut dice = Dice::new(seed);
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let mut primary = Server::fresh("primary")?;
    let standby = primary.with_standby("standby", waited_for)?;
    primary.sql("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
    let by_itself = time % 2 == 1;
    let url = if by_itself {
        primary.url_of_both(&standby, DATABASE)
    } else {
        primary.url(DATABASE)
    };
    let mut cloud = Cloud::start_on(folder, programs, url)?;
    let tills = tills(folder, programs, &cloud)?;
    let mut goods = goods(&mut dice);
    let mut runs = ring(&tills, &goods)?;
    // The primary dies while every till pushes what it rings.
    let enough = 40 + dice.below(120);
    for run in &mut runs {
        ensure!(
            run.reaches(enough)?,
            "the invoices ended before the primary died"
        );
    }
    std::thread::sleep(Duration::from_micros(dice.below(400_000)));
    let epoch = primary.sql(DATABASE, EPOCH)?;
    if !waited_for {
        standby.signal("STOP")?;
        std::thread::sleep(LAG);
    }
    primary.kill()?;
    standby.signal("CONT")?;
    // They push into the void for a while; then nobody is left to send anything twice.
    std::thread::sleep(Duration::from_millis(dice.below(2_000)));
    for run in runs {
        run.kill_after(0, Duration::ZERO)?;
    }
    standby.promote()?;
    if !by_itself {
        cloud.database = standby.url(DATABASE);
        cloud.kill_and_start()?;
    }
    goes_on(&cloud)?;
    for (till, number) in tills.iter().zip(0..) {
        let (told, held) = till.told_and_held()?;
        counts.add("told", told);
        ensure!(
            held >= told,
            "till {number} was told that {told} ops are safe, and the standby has {held}"
        );
    }
    ensure!(
        counts.of("told") > 0,
        "nothing was pushed before the primary died"
    );
    // And on, through the same cloud.
    for part in &mut goods {
        part.truncate(usize::try_from(enough).unwrap_or(usize::MAX) + 60);
    }
    for run in ring(&tills, &goods)? {
        run.ends_within(LATER)?;
    }
    prove(&tills, &cloud, counts)?;
    ensure!(
        standby.sql(DATABASE, EPOCH)? == epoch,
        "a till noticed that something was gone, and the cloud began a new epoch"
    );
    standby.is_whole(DATABASE)
}

/// Whether it answers again; its connections may need a moment to find the standby.
fn goes_on(cloud: &Cloud) -> Result<()> {
    let began = Instant::now();
    loop {
        match cloud.sales() {
            Ok(_) => return Ok(()),
            Err(error) if began.elapsed() > LATER => {
                return Err(error.context("the cloud does not go on with the standby"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn tills(folder: &Path, programs: &Programs, cloud: &Cloud) -> Result<Vec<Till>> {
    let one = |number: u32| {
        let folder = folder.join(format!("till-{number}"));
        std::fs::create_dir_all(&folder)?;
        let till = Till::new(&folder, &folder.join("data"), programs);
        till.join(&cloud.url(), &cloud.code()?)?;
        Ok(till)
    };
    (0..TILLS).map(one).collect()
}

fn goods(dice: &mut Dice) -> Vec<Vec<Invoice>> {
    let each = (1..=TILLS).map(|number| invoices::made_up_from(number * 100_000, INVOICES, dice));
    each.collect()
}

fn ring(tills: &[Till], goods: &[Vec<Invoice>]) -> Result<Vec<Run>> {
    let how = Ringing {
        sending: true,
        every_ms: 10,
        may_fail: false,
    };
    let each = tills.iter().zip(goods);
    each.map(|(till, goods)| till.replay(goods, how)).collect()
}

fn prove(tills: &[Till], cloud: &Cloud, counts: &Counts) -> Result<()> {
    for _ in 0..2 {
        for till in tills {
            till.drain(DRAIN_S)?;
        }
    }
    let listed = cloud.sales()?;
    books::none_twice(&listed)?;
    books::recorded_in_order(&listed)?;
    counts.add("listed", u64::try_from(listed.len()).unwrap_or(0));
    for till in tills {
        let mut books = Books::default();
        books.read(&till.acknowledgements()?)?;
        counts.add(
            "acknowledged",
            u64::try_from(books.acknowledged()).unwrap_or(0),
        );
        books.none_lost(&listed)?;
        books.in_cashier_order(&listed)?;
        let both = till.verify(true)?;
        for holds in [
            "\"chain_ok\":true",
            "\"journal_equals_vault\":true",
            "\"equal\":true",
        ] {
            ensure!(both.contains(holds), "not {holds}: {both}");
        }
    }
    Ok(())
}
