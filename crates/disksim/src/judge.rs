//! A machine starts on an image: opens, looks, tries again what was under way, sells on, verifies.

use std::sync::Arc;

use domain::Sale;
use vault::sales::{RecordedSale, Recording, record_sale};
use vault::{StartReport, Vault, VaultError};

use crate::day::Step;
use crate::disk::SimDisk;
use crate::image::Image;
use crate::till::{Till, recording, rules};
use crate::view::View;

/// What may be found.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// What was acknowledged.
    pub known: &'a View,
    /// What was under way: whole or not at all.
    pub under_way: Option<&'a Step>,
    /// Whether a start may rebuild a medium.
    pub damaged: bool,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// What was under way is there.
    pub under_way_is_there: bool,
    /// Ops that came from the journal.
    pub from_journal: u64,
    /// Ops that came from the vault.
    pub from_vault: u64,
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The vault does not open.
    DoesNotOpen(String),
    /// An acknowledged fact is gone or changed.
    Lost(String),
    /// Something is there twice, or that should not be there.
    Twice(String),
    /// The proof does not hold: chain, rows, pages, or the journal.
    Unproved(String),
    /// The next sale cannot be recorded, or its number was used.
    SellsNotOn(String),
}

/// Starts on `image` and judges.
pub fn judge(image: &Image, expected: &Expected<'_>, run: u64) -> Result<Found, Broken> {
    let disk = SimDisk::of(image);
    let till = Till::new(run);
    let opened = till.open(&disk);
    let (vault, report) = opened.map_err(|error| Broken::DoesNotOpen(error.to_string()))?;
    let view = look(&vault)?;
    let there = compare(&view, expected)?;
    if !expected.damaged {
        nothing_was_damaged(&report)?;
    }
    if let Some((sale, around)) = expected.under_way.and_then(|step| step.paying.clone()) {
        pays_again(&vault, there, sale, around)?;
    }
    sells_on(&vault, &till, &view)?;
    let sold = expected.sold(&view, there) + 1;
    proves(&vault, sold)?;
    Ok(Found {
        under_way_is_there: there,
        from_journal: report.recovered_ops,
        from_vault: report.journaled_ops,
    })
}

/// Starts on an image whose disk was damaged: every fact is there, whole and once; what the cloud or a
/// person can give again (its heads, the open cart) may be gone.
pub fn judge_facts(image: &Image, known: &View, run: u64) -> Result<StartReport, Broken> {
    let disk = SimDisk::of(image);
    let till = Till::new(run);
    let opened = till.open(&disk);
    let (vault, report) = opened.map_err(|error| Broken::DoesNotOpen(error.to_string()))?;
    let view = look(&vault)?;
    if view.facts != known.facts {
        return Err(facts_differ(&view, known, known));
    }
    if view.sold != known.sold || view.stock != known.stock {
        return Err(Broken::Lost(format!("sales or stock differ: {view:?}")));
    }
    sells_on(&vault, &till, &view)?;
    proves(&vault, known.sold.len() as u64 + 1)?;
    Ok(report)
}

impl Expected<'_> {
    /// Sales that are there once what was under way was paid again.
    fn sold(&self, found: &View, there: bool) -> u64 {
        let paid_now = self.under_way.is_some_and(|step| step.paying.is_some()) && !there;
        found.sold.len() as u64 + u64::from(paid_now)
    }
}

/// What an open till knows.
pub(crate) fn look(vault: &Vault) -> Result<View, Broken> {
    View::of(vault).map_err(|error| Broken::Lost(format!("does not read: {error}")))
}

/// Whether what was under way is there.
fn compare(view: &View, expected: &Expected<'_>) -> Result<bool, Broken> {
    let known = expected.known;
    let after = expected.under_way.map_or(known, |step| step.after.as_ref());
    let there = match (view.facts == known.facts, view.facts == after.facts) {
        (_, true) => true,
        (true, false) => false,
        (false, false) if part_of_a_page(view, known, after) => return Ok(false),
        (false, false) => return Err(facts_differ(view, known, after)),
    };
    let chosen = if there { after } else { known };
    if view.sold != chosen.sold {
        return Err(Broken::Lost(format!(
            "sales differ: {:?} instead of {:?}",
            view.sold, chosen.sold
        )));
    }
    if view.stock != chosen.stock {
        return Err(Broken::Twice(format!(
            "stock {:?} instead of {:?}",
            view.stock, chosen.stock
        )));
    }
    let decided = known.facts != after.facts;
    let cart = view.cart == chosen.cart || (!decided && view.cart == known.cart);
    either(cart, "the open cart", &view.cart, &known.cart, &after.cart)?;
    let same = |one: &View, other: &View| one.people == other.people && one.prefix == other.prefix;
    let people = same(view, known) || same(view, after);
    either(
        people,
        "people and settings",
        &view.people,
        &known.people,
        &after.people,
    )?;
    let heads = view.heads == known.heads || view.heads == after.heads;
    either(
        heads,
        "the cloud's heads",
        &view.heads,
        &known.heads,
        &after.heads,
    )?;
    let kept = view.unsettled == known.unsettled || view.unsettled == after.unsettled;
    either(
        kept,
        "open verdicts",
        &view.unsettled,
        &known.unsettled,
        &after.unsettled,
    )?;
    untold(view, known, after, there && decided)?;
    Ok(there)
}

/// A page of several ops was under way: each of them is whole or not there.
fn part_of_a_page(view: &View, known: &View, after: &View) -> bool {
    let page = after.facts.len() > known.facts.len() + 1;
    let kept = known.facts.iter().all(|fact| view.facts.contains(fact));
    let of_it = view.facts.iter().all(|fact| after.facts.contains(fact));
    let sold = |id: &uuid::Uuid, sold| after.sold.get(id) == Some(sold);
    let whole = view.sold.iter().all(|(id, one)| sold(id, one));
    let still = known.sold.keys().all(|id| view.sold.contains_key(id));
    page && kept && of_it && whole && still
}

/// A sale that nobody has been told of is shown; one that was told is not.
fn untold(view: &View, known: &View, after: &View, came: bool) -> Result<(), Broken> {
    let both = known.untold.intersection(&after.untold);
    let new = after.untold.difference(&known.untold);
    let must: Vec<_> = both.chain(new.filter(|_| came)).copied().collect();
    let missing = must.iter().find(|sale| !view.untold.contains(sale));
    if let Some(sale) = missing {
        return Err(Broken::Lost(format!("{sale} is not shown as untold")));
    }
    // What was under way nobody was told of, wherever it came from.
    let new = |sale: &uuid::Uuid| !known.sold.contains_key(sale);
    let may = |sale: &&uuid::Uuid| {
        known.untold.contains(sale) || after.untold.contains(sale) || new(sale)
    };
    match view.untold.iter().find(|sale| !may(sale)) {
        Some(sale) => Err(Broken::Twice(format!("{sale} was told and is shown again"))),
        None => Ok(()),
    }
}

fn facts_differ(view: &View, known: &View, after: &View) -> Broken {
    let lost = known.facts.iter().find(|fact| !view.facts.contains(fact));
    if let Some(lost) = lost {
        return Broken::Lost(format!("{lost:?} of {} is gone", known.facts.len()));
    }
    let strange = view.facts.iter().find(|fact| !after.facts.contains(fact));
    Broken::Twice(format!(
        "{} facts, {} known, {} at most; strange: {strange:?}",
        view.facts.len(),
        known.facts.len(),
        after.facts.len()
    ))
}

fn either<T: std::fmt::Debug>(
    holds: bool,
    what: &str,
    found: &T,
    known: &T,
    after: &T,
) -> Result<(), Broken> {
    if holds {
        return Ok(());
    }
    Err(Broken::Lost(format!(
        "{what}: {found:?} instead of {known:?} or {after:?}"
    )))
}

fn nothing_was_damaged(report: &StartReport) -> Result<(), Broken> {
    let whole = !report.vault.is_some()
        && !report.journal.is_some()
        && report.contradictions == 0
        && report.missing.is_empty();
    if whole {
        return Ok(());
    }
    Err(Broken::Unproved(format!(
        "a power cut is no damage: {report:?}"
    )))
}

/// The cashier does not know and pays the same cart again: the same op, once.
fn pays_again(vault: &Vault, there: bool, sale: Sale, around: Recording) -> Result<(), Broken> {
    let again = vault.transact(move |tx| record_sale(tx, &sale, &around));
    match again {
        Ok(recorded) if recorded.already == there => Ok(()),
        Ok(recorded) => Err(Broken::Twice(format!("paid again: {recorded:?}"))),
        Err(error) => Err(Broken::SellsNotOn(format!("paying again: {error}"))),
    }
}

/// A fresh cart is paid under a fresh number.
pub fn sells_on(vault: &Vault, till: &Till, view: &View) -> Result<RecordedSale, Broken> {
    let cart = till.cart(2);
    let sale = domain::complete(&cart, &rules(), till.now())
        .map_err(|error| Broken::SellsNotOn(error.to_string()))?;
    let around = recording(cart.op_id, true);
    let recorded = vault
        .transact(move |tx| record_sale(tx, &sale, &around))
        .map_err(|error| Broken::SellsNotOn(error.to_string()))?;
    let used = view
        .sold
        .values()
        .any(|sold| sold.number == recorded.number);
    if used || recorded.seq <= view.last_seq {
        return Err(Broken::SellsNotOn(format!(
            "the number {} was used",
            recorded.number
        )));
    }
    Ok(recorded)
}

/// Chain, rows, pages and journal, and each sale once.
pub fn proves(vault: &Vault, sold: u64) -> Result<(), Broken> {
    let verified = vault
        .verify()
        .map_err(|error: VaultError| Broken::Unproved(error.to_string()))?;
    if !verified.all_good() {
        return Err(Broken::Unproved(verified.trouble.join("; ")));
    }
    let counted = verified.counts.sales + verified.counts.refunds;
    if counted != sold {
        return Err(Broken::Twice(format!("{counted} sales instead of {sold}")));
    }
    Ok(())
}

/// What the till of a reel knew before a step.
pub fn known_before(before: &Arc<View>, steps: &[Step], nth: usize) -> Arc<View> {
    let earlier = nth.checked_sub(1).and_then(|nth| steps.get(nth));
    earlier.map_or_else(|| Arc::clone(before), |step| Arc::clone(&step.after))
}
