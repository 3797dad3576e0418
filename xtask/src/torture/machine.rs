//! One till's machine: its disk, its program, its list of acknowledgements, and what may come back of its past.

use super::clock;
use super::counts::Counts;
use super::disks::{self, Disk};
use super::plan::{Deed, Medium, Moment, TillPlan};
use crate::dice::Dice;
use crate::invoices::{self, Invoice};
use crate::kill::books::Books;
use crate::kill::till::{Ringing, Till};
use crate::place::Programs;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many invoices one life may ring.
const INVOICES_A_LIFE: usize = 40;

/// How long a life on a full disk may go on.
const FULL: Duration = Duration::from_secs(3);

/// Every machine's invoices have numbers of their own.
const NUMBERS: u32 = 100_000;

/// A till with what it stands on.
pub(crate) struct Machine {
    pub(crate) name: String,
    folder: PathBuf,
    pub(crate) till: Till,
    pub(crate) disk: Disk,
    pub(crate) books: Books,
    invoices: Vec<Invoice>,
    next: usize,
    /// Whether the same till runs on another machine as well.
    pub(crate) cloned: bool,
    /// Whether it came back from a copy.
    pub(crate) put_back: bool,
    /// Whether its clock was ever wrong.
    clock_lied: bool,
}

impl Machine {
    /// A machine with an empty disk.
    fn fresh(
        ground: &Path,
        number: usize,
        name: &str,
        plan: &TillPlan,
        programs: &Programs,
    ) -> Result<Self> {
        let folder = ground.join(name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let disk = Disk::mount(&folder.join("disk"), plan.medium, programs)?;
        let till = Till::new(&folder, &disk.data(), programs);
        let first = (u32::try_from(number).unwrap_or(0) + 1) * NUMBERS;
        // The goods are no fault: any seed makes invoices that can be rung.
        let mut dice = Dice::new(u64::from(first));
        Ok(Self {
            name: name.to_owned(),
            folder,
            till,
            disk,
            books: Books::default(),
            invoices: invoices::made_up_from(first, 4_000, &mut dice),
            next: 0,
            cloned: false,
            put_back: false,
            clock_lied: false,
        })
    }

    /// Whether till and cloud must count the same. Copies under one name never do; and by its clock a till that was
    /// put back tells a backup from a copy that lives elsewhere: what was made an hour ahead looks like another's
    /// (decision 18). Neither costs the cloud a sale.
    pub(crate) const fn must_be_equal(&self) -> bool {
        let may_differ = self.cloned || (self.put_back && self.clock_lied);
        !may_differ
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("backup")
    }

    fn clock_file(&self) -> PathBuf {
        self.folder.join("clock")
    }

    fn part(&self) -> Vec<Invoice> {
        let end = self.invoices.len().min(self.next + INVOICES_A_LIFE);
        self.invoices
            .get(self.next..end)
            .unwrap_or_default()
            .to_vec()
    }

    /// Rings until the moment, and then `ends` says how it ends.
    fn ring(
        &mut self,
        how: Ringing,
        counts: &Counts,
        end: impl FnOnce(crate::kill::running::Run) -> Result<bool>,
    ) -> Result<bool> {
        let before = self.books.acknowledged();
        let part = self.part();
        let run = self.till.replay(&part, how)?;
        let ended = end(run);
        self.books.read(&self.till.acknowledgements()?)?;
        let acknowledged = self.books.acknowledged() - before;
        counts.add("acknowledged", u64::try_from(acknowledged).unwrap_or(0));
        self.next += self.books.progress(&part);
        ended
    }

    fn live(&mut self, deed: Deed, counts: &Counts) -> Result<()> {
        let plain = Ringing {
            sending: true,
            ..Ringing::default()
        };
        match deed {
            Deed::Kill {
                sending,
                every_ms,
                at,
            } => {
                let how = Ringing {
                    sending,
                    every_ms,
                    ..plain
                };
                let killed = self.ring(how, counts, |run| run.kill_after(at.after, micros(at)))?;
                killed_or_done(counts, killed, "kill: till while it rings");
            }
            Deed::KillSending { then_us } => {
                let moment = Duration::from_micros(then_us);
                let killed = self.till.push()?.kill_after(0, moment)?;
                killed_or_done(counts, killed, "kill: till while it sends");
            }
            Deed::Pause {
                at,
                pause_ms,
                then_us,
            } => {
                let killed = self.ring(plain, counts, |mut run| {
                    if !run.reaches(at.after)? {
                        return Ok(false);
                    }
                    std::thread::sleep(micros(at));
                    run.running.signal("STOP")?;
                    std::thread::sleep(Duration::from_millis(pause_ms));
                    run.running.signal("CONT")?;
                    counts.count("stop: till");
                    run.kill_after(0, Duration::from_micros(then_us))
                })?;
                killed_or_done(counts, killed, "kill: till after a stop");
            }
            Deed::Cut { sending, at, seed } => {
                let how = Ringing { sending, ..plain };
                let killed = self.ring(how, counts, |run| run.kill_after(at.after, micros(at)))?;
                let lost = self.disk.cut(seed)?;
                killed_or_done(counts, killed, "kill: till by a power cut");
                if lost != "cut 0 bytes 0 names" {
                    counts.count("power cut that took something unflushed");
                }
            }
            Deed::Full { after, leave_mb } => self.fill_up(after, leave_mb, counts)?,
            Deed::Clock {
                offset_s,
                jump_s,
                at,
            } => {
                let file = self.clock_file();
                clock::set(&file, offset_s)?;
                self.till.environment = clock::environment(&file);
                let killed = self.ring(plain, counts, |mut run| {
                    run.reaches(at.after)?;
                    clock::set(&file, jump_s)?;
                    run.kill_after(at.after, micros(at))
                });
                self.till.environment.clear();
                self.clock_lied = true;
                counts.add("clock of a till jumped", 2);
                killed_or_done(counts, killed?, "kill: till with a wrong clock");
            }
            Deed::Backup => {
                disks::copy(self.till.data(), &self.backup())?;
                counts.count("copy of a till's disk");
            }
            Deed::OldVault => self.put_old_vault_back(counts)?,
            Deed::OldTill => self.put_back(counts)?,
            Deed::Clone => {}
        }
        Ok(())
    }

    /// The disk fills up while it rings; what is left of it takes nothing or a little.
    fn fill_up(&mut self, after: u64, leave_mb: u64, counts: &Counts) -> Result<()> {
        let how = Ringing {
            sending: true,
            every_ms: 5,
            may_fail: true,
        };
        let ballast = self.disk.ballast();
        let ended = self.ring(how, counts, |mut run| {
            run.reaches(after)?;
            ballast.fill(leave_mb)?;
            run.ends_within(FULL)
        });
        // A start on the full disk may be refused, and must cost nothing.
        let refused = self.till.verify(false).is_err();
        ballast.empty()?;
        counts.count("disk full");
        if refused {
            counts.count("start refused on a full disk");
        }
        killed_or_done(counts, !ended?, "kill: till on a full disk");
        Ok(())
    }

    fn put_old_vault_back(&mut self, counts: &Counts) -> Result<()> {
        let (data, backup) = (self.till.data().to_owned(), self.backup());
        if !backup.is_dir() {
            return Ok(());
        }
        for name in ["vault.db", "vault.db-wal", "vault.db-shm"] {
            let (from, to) = (backup.join(name), data.join(name));
            if to.exists() {
                std::fs::remove_file(&to).with_context(|| format!("{name} cannot be removed"))?;
            }
            if from.exists() {
                disks::copy_file(&from, &to)?;
            }
        }
        counts.count("old vault put back beside the journal");
        Ok(())
    }

    /// The whole till as it was; only after the cloud has everything since, for else it is gone for good.
    fn put_back(&mut self, counts: &Counts) -> Result<()> {
        if !self.backup().is_dir() || self.till.drain(20).is_err() {
            counts.count("old till not put back: the cloud lacked something");
            return Ok(());
        }
        let data = self.till.data().to_owned();
        disks::copy(&self.backup(), &data)?;
        self.put_back = true;
        // One that was recorded and not acknowledged would be rung again by a till that knows nothing of it.
        self.next += 1;
        counts.count("old till put back");
        Ok(())
    }
}

fn micros(at: Moment) -> Duration {
    Duration::from_micros(at.then_us)
}

fn killed_or_done(counts: &Counts, killed: bool, what: &str) {
    counts.count(if killed {
        what
    } else {
        "life that ended by itself"
    });
}

/// The machines of one till: one, and after a copy of its disk two.
pub(crate) struct Slot {
    pub(crate) machines: Vec<Machine>,
}

impl Slot {
    /// A till that has joined.
    pub(crate) fn joined(
        ground: &Path,
        number: usize,
        plan: &TillPlan,
        programs: &Programs,
        (url, code): (&str, &str),
    ) -> Result<Self> {
        let name = format!("till-{number}");
        let mut machine = Machine::fresh(ground, number * 2, &name, plan, programs)?;
        machine.till.join(url, code)?;
        if plan.medium == Medium::Deaf {
            machine.disk.deafen()?;
        }
        let machines = vec![machine];
        Ok(Self { machines })
    }

    /// All its lives.
    pub(crate) fn live(
        &mut self,
        ground: &Path,
        number: usize,
        plan: &TillPlan,
        programs: &Programs,
        counts: &Counts,
    ) -> Result<()> {
        for (place, (chance, deed)) in plan.deeds.iter().enumerate() {
            if matches!(deed, Deed::Clone) && self.machines.len() == 1 {
                self.copy_to_a_second_machine(ground, number, plan, programs, counts)?;
                continue;
            }
            let which = usize::try_from(*chance).unwrap_or(0) % self.machines.len();
            if let Some(machine) = self.machines.get_mut(which) {
                machine
                    .live(*deed, counts)
                    .with_context(|| format!("{}, life {place}: {deed:?}", machine.name))?;
            }
        }
        Ok(())
    }

    fn copy_to_a_second_machine(
        &mut self,
        ground: &Path,
        number: usize,
        plan: &TillPlan,
        programs: &Programs,
        counts: &Counts,
    ) -> Result<()> {
        let name = format!("till-{number}-copy");
        let mut second = Machine::fresh(ground, number * 2 + 1, &name, plan, programs)?;
        if let Some(first) = self.machines.first_mut() {
            disks::copy(first.till.data(), second.till.data())?;
            first.cloned = true;
        }
        second.cloned = true;
        self.machines.push(second);
        counts.count("till copied to a second machine");
        Ok(())
    }
}
