//! PostgreSQL fails over: the primary dies in the middle of pushes, its synchronous standby goes on.
//!
//! Promises fresh ground each time. Every second time the cloud is started again on the standby's URL,
//! every other time it goes on by itself: its URL names both.

use super::counts::Counts;
use super::postgres::Server;
use crate::dice::Dice;
use crate::invoices;
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

/// So many times.
pub(crate) fn run(times: u32, seed: u64, programs: &Programs) -> Result<()> {
    println!("   seed {seed}: {times} fail-overs, {TILLS} tills");
    let mut dice = Dice::new(seed);
    for time in 0..times {
        let folder = place::target()
            .join("torture")
            .join(format!("fail-over-{seed}-{time}"));
        let began = Instant::now();
        let counts = Counts::begin();
        one(time, dice.next(), &folder, programs, &counts).with_context(|| {
            format!(
                "fail-over {time} of seed {seed}; its files: {}",
                folder.display()
            )
        })?;
        println!(
            "   fail-over {time}: {} s, {} acknowledged, {} in the cloud when the primary died, {} at the end, none lost, none twice, proofs equal",
            began.elapsed().as_secs(),
            counts.of("acknowledged"),
            counts.of("before"),
            counts.of("listed"),
        );
        let _ = std::fs::remove_dir_all(&folder);
    }
    Ok(())
}

fn one(time: u32, seed: u64, folder: &Path, programs: &Programs, counts: &Counts) -> Result<()> {
    let mut dice = Dice::new(seed);
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let mut primary = Server::fresh("primary")?;
    let standby = primary.with_standby("standby")?;
    primary.sql("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
    let by_itself = time % 2 == 1;
    let url = if by_itself {
        primary.url_of_both(&standby, DATABASE)
    } else {
        primary.url(DATABASE)
    };
    let mut cloud = Cloud::start_on(folder, programs, url)?;
    let tills = tills(folder, programs, &cloud)?;
    let mut runs = ring(&tills, &mut dice)?;
    // The primary dies while every till pushes what it rings.
    let enough = 40 + dice.below(120);
    for run in &mut runs {
        ensure!(
            run.reaches(enough)?,
            "the invoices ended before the primary died"
        );
    }
    std::thread::sleep(Duration::from_micros(dice.below(400_000)));
    let promised = cloud.sales()?;
    counts.add("before", u64::try_from(promised.len()).unwrap_or(0));
    primary.kill()?;
    ensure!(
        counts.of("before") > 0,
        "nothing was pushed before the primary died"
    );
    std::thread::sleep(Duration::from_millis(dice.below(1_500)));
    standby.promote()?;
    if !by_itself {
        cloud.database = standby.url(DATABASE);
        cloud.kill_and_start()?;
    }
    std::thread::sleep(Duration::from_millis(1_000 + dice.below(2_000)));
    for run in runs {
        run.kill_after(0, Duration::ZERO)?;
    }
    // What was told to a reader before the primary died is there, before any till sends it again.
    let after = cloud.sales()?;
    let has = |id: &str| after.iter().any(|row| row.sale_id == id);
    let gone = promised.iter().filter(|row| !has(&row.sale_id)).count();
    ensure!(
        gone == 0,
        "{gone} sales that the primary had told are not at the standby"
    );
    prove(&tills, &cloud, counts)?;
    standby.is_whole(DATABASE)
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

fn ring(tills: &[Till], dice: &mut Dice) -> Result<Vec<Run>> {
    let how = Ringing {
        sending: true,
        every_ms: 10,
        may_fail: false,
    };
    let each = tills.iter().zip(1_u32..);
    each.map(|(till, number)| {
        let goods = invoices::made_up_from(number * 100_000, INVOICES, dice);
        till.replay(&goods, how)
    })
    .collect()
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
