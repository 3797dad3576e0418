//! Faults of a running disk, at every call of each kind: once, for ever, and with the power cut after.
//!
//! While the fault lasts the till may refuse, in words; it may not answer what is not so. After it is
//! gone, the machine starts again and everything acknowledged is there.

use vault::sales::{RecordedSale, record_sale};
use vault::{Vault, VaultError, sales};

use crate::disk::SimDisk;
use crate::fault::{Call, Fault, Plan};
use crate::image::Image;
use crate::judge::{Broken, look, proves, sells_on};
use crate::replay::{Keep, Replay};
use crate::till::{Till, recording, rules};

/// What was tried and found.
#[derive(Debug, Clone, Default)]
pub struct Hit {
    /// Runs of the scenario with a fault that fired.
    pub runs: u64,
    /// Calls hit.
    pub calls: u64,
    /// Acts that were refused.
    pub refused: u64,
    /// Acts that were acknowledged although the fault had fired.
    pub acknowledged: u64,
    /// Machines started afterwards.
    pub started: u64,
    /// Promises broken: where, and what.
    pub broken: Vec<(String, Broken)>,
}

/// Kinds of call, and what hits them: (call, fault, for ever).
pub const HITS: &[(Call, Fault, bool)] = &[
    (Call::Write, Fault::Io, false),
    (Call::Write, Fault::Io, true),
    (Call::Write, Fault::Full, false),
    (Call::Write, Fault::Full, true),
    (Call::Write, Fault::Short, false),
    (Call::Write, Fault::Misdirected, false),
    (Call::Sync, Fault::Io, false),
    (Call::Sync, Fault::Io, true),
    (Call::Name, Fault::Io, false),
    (Call::Name, Fault::Full, true),
    (Call::Read, Fault::Io, false),
    (Call::Read, Fault::Io, true),
    (Call::Read, Fault::Flip, false),
];

/// One run of the scenario.
struct Run {
    disk: SimDisk,
    acknowledged: Vec<RecordedSale>,
    tried: Vec<uuid::Uuid>,
    /// How much had been asked when each sale was acknowledged.
    at: Vec<usize>,
    refused: u64,
}

/// Hits every `every`-th call from `first` on, one per run, until the scenario ends before the plan
/// fires.
pub fn hit_every_call(
    start: &Image,
    (call, fault, for_ever): (Call, Fault, bool),
    first: u64,
    every: usize,
) -> Hit {
    let mut hit = Hit::default();
    let known = known_on(start);
    for nth in (first..).step_by(every) {
        let plan = Plan {
            call,
            of: "",
            nth,
            for_ever,
            fault,
        };
        let run = scenario(start, plan);
        let (calls, first) = run.disk.fired();
        let Some((fired_at, path)) = first else { break };
        hit.runs += 1;
        hit.calls += calls;
        hit.refused += run.refused;
        hit.acknowledged += run.at.iter().filter(|at| **at > fired_at).count() as u64;
        let place = format!("{fault:?} at {call:?} {nth} ({})", path.display());
        run.disk.plan(None);
        let trace = run.disk.trace();
        let after = |until: usize, keep| {
            let mut replay = Replay::of(start);
            for event in &trace[..until] {
                replay.apply(event);
            }
            replay.image(keep)
        };
        let whole = run.acknowledged.len();
        let then = run.at.iter().filter(|at| **at <= fired_at).count();
        // A read that lied changed nothing by itself: what came of it is looked at in the end.
        let ends = [
            ("restarted", run.disk.image(), whole),
            (
                "power cut at the end",
                after(trace.len(), Keep::Nothing),
                whole,
            ),
            (
                "power cut at the fault",
                after(fired_at, Keep::Nothing),
                then,
            ),
        ];
        for (end, image, acknowledged) in ends {
            hit.started += 1;
            let found = judge_run(&image, &run, acknowledged, known);
            if let Err(broken) = found {
                hit.broken.push((format!("{place}, {end}"), broken));
            }
        }
    }
    hit
}

fn known_on(start: &Image) -> u64 {
    let opened = Till::new(50).open(&SimDisk::of(start));
    let view = opened.ok().and_then(|(vault, _)| look(&vault).ok());
    view.map_or(0, |view| view.sold.len() as u64)
}

/// Two starts, four sales, the chores: each goes on after a refusal as a cashier would.
fn scenario(start: &Image, plan: Plan) -> Run {
    let mut run = Run {
        disk: SimDisk::of(start),
        acknowledged: Vec::new(),
        tried: Vec::new(),
        at: Vec::new(),
        refused: 0,
    };
    run.disk.plan(Some(plan));
    for nth in 0..2 {
        let till = Till::new(60 + nth);
        let Ok((vault, _)) = till.open(&run.disk) else {
            run.refused += 1;
            continue;
        };
        run.sell(&vault, &till);
        run.refused += u64::from(vault.do_chores().is_err());
        run.sell(&vault, &till);
    }
    run
}

impl Run {
    fn sell(&mut self, vault: &Vault, till: &Till) {
        let cart = till.cart(2);
        let Ok(sale) = domain::complete(&cart, &rules(), till.now()) else {
            return;
        };
        let around = recording(cart.op_id, true);
        self.tried.push(sale.sale_id);
        match vault.transact(move |tx| record_sale(tx, &sale, &around)) {
            Ok(recorded) => {
                self.acknowledged.push(recorded);
                self.at.push(self.disk.asked());
            }
            Err(_) => self.refused += 1,
        }
    }
}

/// Everything acknowledged is there; what was refused is there whole or not at all; each once.
fn judge_run(image: &Image, run: &Run, acknowledged: usize, known: u64) -> Result<(), Broken> {
    let till = Till::new(100);
    let opened = till.open(&SimDisk::of(image));
    let (vault, _) = opened.map_err(|error| Broken::DoesNotOpen(error.to_string()))?;
    let view = look(&vault)?;
    for sale in &run.acknowledged[..acknowledged] {
        let found = view.sold.get(&sale.sale_id);
        if found.is_none_or(|sold| sold.op_hash != sale.op_hash || sold.number != sale.number) {
            return Err(Broken::Lost(format!("{}: {found:?}", sale.number)));
        }
    }
    let tried = run
        .tried
        .iter()
        .filter(|sale| view.sold.contains_key(sale))
        .count() as u64;
    if view.sold.len() as u64 != known + tried {
        let words = format!("{} sales, {known} known, {tried} tried", view.sold.len());
        return Err(Broken::Lost(words));
    }
    sells_on(&vault, &till, &view)?;
    proves(&vault, known + tried + 1)
}

/// After a flush that failed nothing more is acknowledged before the program starts again.
pub fn nothing_after_a_failed_flush(start: &Image) -> Result<u64, String> {
    let words = |error: VaultError| error.to_string();
    let mut tried = 0;
    for of in ["vault.db", "critical.journal"] {
        for nth in 1..4 {
            let disk = SimDisk::of(start);
            let till = Till::new(70);
            let (vault, _) = till.open(&disk).map_err(words)?;
            disk.plan(Some(Plan {
                call: Call::Sync,
                of,
                nth,
                for_ever: false,
                fault: Fault::Io,
            }));
            let mut refused = false;
            for _ in 0..6 {
                let cart = till.cart(1);
                let sale = domain::complete(&cart, &rules(), till.now());
                let sale = sale.map_err(|error| error.to_string())?;
                let around = recording(cart.op_id, false);
                let sold = vault.transact(move |tx| record_sale(tx, &sale, &around));
                if refused && sold.is_ok() {
                    return Err(format!("sold on after flush {nth} of {of} had failed"));
                }
                refused |= sold.is_err();
            }
            if !refused || vault.health().poisoned.is_none() {
                return Err(format!("flush {nth} of {of} failed and nobody was told"));
            }
            vault.read(sales::count_untold).map_err(words)?;
            tried += 1;
        }
    }
    Ok(tried)
}
