//! One round: fresh ground, the plan, then everything healed and the books asked for from outside.

use super::beside::Far;
use super::counts::Counts;
use super::disks::{self, Disk};
use super::ledger::Ledger;
use super::machine::{Machine, Slot};
use super::plan::{Medium, Plan};
use super::postgres::Server;
use crate::kill::books;
use crate::place::Programs;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How long a till may take to send what it has once everything is healed.
const DRAIN_S: u32 = 120;

/// Where the cloud's file lies if its disk is one of ours.
const CLOUD_DISK: &str = "cloud-disk";

/// Runs the plan in this folder, and checks.
pub(crate) fn run(
    plan: &Plan,
    ground: &Path,
    programs: &Programs,
    server: Option<&Arc<Server>>,
    counts: &Counts,
) -> Result<()> {
    let _ = std::fs::remove_dir_all(ground);
    std::fs::create_dir_all(ground)
        .with_context(|| format!("{} cannot be made", ground.display()))?;
    std::fs::write(ground.join("plan"), format!("{plan:#?}\n"))?;
    let mut far = Far::begin(ground, tables(plan, ground, programs, server)?, programs)?;
    let epoch = far.ledger.epoch()?;
    let mut slots = join(plan, ground, programs, &far)?;
    far.line.weather(plan.line_seed, plan.per_mille)?;
    let outcome = live(plan, ground, programs, &mut slots, &mut far, counts)
        .and_then(|()| far.heal().context("healing"))
        .and_then(|()| prove(&slots, &far, counts))
        .and_then(|()| nothing_was_mended(plan, &far, &epoch));
    far.line.tell(counts);
    if outcome.is_err() {
        keep_evidence(&slots, ground);
    }
    drop(slots);
    drop(far);
    outcome?;
    nobody_is_left(ground)
}

/// The cloud's tables, and the disk that they lie on if it is one of ours.
fn tables(
    plan: &Plan,
    ground: &Path,
    programs: &Programs,
    server: Option<&Arc<Server>>,
) -> Result<(Ledger, Option<Disk>)> {
    if let Some(server) = server.filter(|_| plan.postgres) {
        return Ok((Ledger::postgres(server, &database_of(ground))?, None));
    }
    if plan.cloud == Medium::Plain {
        return Ok((Ledger::sqlite(ground), None));
    }
    let folder = ground.join(CLOUD_DISK);
    let disk = Disk::mount(&folder, plan.cloud, programs)?;
    Ok((Ledger::sqlite(&folder), Some(disk)))
}

/// Tills heal a cloud that forgot, and it would not show in the books: a new epoch shows it.
fn nothing_was_mended(plan: &Plan, far: &Far, epoch: &str) -> Result<()> {
    let now = far.ledger.epoch()?;
    ensure!(
        plan.rolls_back() || now == epoch,
        "the cloud was not rolled back and began a new epoch: it had forgotten something"
    );
    Ok(())
}

/// A name that PostgreSQL takes, of this round alone.
fn database_of(ground: &Path) -> String {
    let name = ground.file_name().unwrap_or_default().to_string_lossy();
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    format!("torture_{}", letters.collect::<String>().to_lowercase())
}

fn join(plan: &Plan, ground: &Path, programs: &Programs, far: &Far) -> Result<Vec<Slot>> {
    let url = far.line.url();
    let tills = plan.tills.iter().enumerate();
    tills
        .map(|(number, till)| {
            Slot::joined(ground, number, till, programs, (&url, &far.cloud.code()?))
        })
        .collect()
}

/// Tills, cloud and line at once, until the tills' lives are over.
fn live(
    plan: &Plan,
    ground: &Path,
    programs: &Programs,
    slots: &mut [Slot],
    far: &mut Far,
    counts: &Counts,
) -> Result<()> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| far.suffer(&plan.elsewhere, &done, counts));
        let lives: Vec<_> = slots
            .iter_mut()
            .zip(&plan.tills)
            .enumerate()
            .map(|(number, (slot, till))| {
                scope.spawn(move || slot.live(ground, number, till, programs, counts))
            })
            .collect();
        let mut outcome = Ok(());
        for life in lives {
            let lived = life
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the torture panicked")));
            outcome = outcome.and(lived);
        }
        done.store(true, Ordering::SeqCst);
        let suffered = beside
            .join()
            .unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the torture panicked")));
        outcome.and(suffered)
    })
}

/// The books, as anybody could ask for them.
fn prove(slots: &[Slot], far: &Far, counts: &Counts) -> Result<()> {
    let machines = || slots.iter().flat_map(|slot| &slot.machines);
    for machine in machines() {
        own_proof(machine)?;
    }
    // Twice: what one till's hello tells the cloud, another one hears with its next.
    for _ in 0..2 {
        for machine in machines() {
            let drained = machine.till.drain(DRAIN_S);
            drained.with_context(|| format!("{} does not get rid of its sales", machine.name))?;
        }
    }
    let listed = far.cloud.sales()?;
    if let Err(error) = books::none_twice(&listed) {
        counts.count("TWICE");
        return Err(error);
    }
    for machine in machines() {
        let lost = machine.books.none_lost(&listed);
        if lost.is_err() {
            counts.count("LOST");
        }
        lost.with_context(|| format!("of {}", machine.name))?;
        own_proof(machine)?;
        if !machine.must_be_equal() {
            counts.count("proof: a copy's or a lying clock's, not compared");
            continue;
        }
        let both = machine.till.verify(true)?;
        ensure!(
            both.contains("\"equal\":true"),
            "{} and the cloud differ: {both}",
            machine.name
        );
        counts.count("proof: till and cloud equal");
        if !machine.put_back {
            let ordered = machine.books.in_cashier_order(&listed);
            ordered.with_context(|| format!("of {}", machine.name))?;
        }
    }
    books::recorded_in_order(&listed)?;
    far.ledger.is_whole()
}

fn own_proof(machine: &Machine) -> Result<()> {
    let own = machine
        .till
        .verify(false)
        .with_context(|| format!("{} does not verify", machine.name))?;
    for holds in ["\"chain_ok\":true", "\"journal_equals_vault\":true"] {
        ensure!(own.contains(holds), "{}: not {holds}: {own}", machine.name);
    }
    Ok(())
}

/// What lies on disks that go away with the round is copied to one that stays.
fn keep_evidence(slots: &[Slot], ground: &Path) {
    let machines = slots.iter().flat_map(|slot| &slot.machines);
    let tills = machines.map(|machine| (machine.name.as_str(), machine.till.data().to_owned()));
    let cloud = Some(("cloud", ground.join(CLOUD_DISK))).filter(|(_, disk)| disk.is_dir());
    for (name, from) in tills.chain(cloud) {
        if let Err(error) = disks::copy(&from, &ground.join("evidence").join(name)) {
            println!("   the evidence of {name} is not kept: {error:#}");
        }
    }
}

/// No program that was started on this ground runs any more.
fn nobody_is_left(ground: &Path) -> Result<()> {
    let ground = ground.display().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Ok(());
    };
    for process in processes.flatten() {
        let words = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        ensure!(!words.contains(&ground), "still running: {words}");
    }
    Ok(())
}
