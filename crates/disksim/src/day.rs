//! The scripted day of a till, recorded act by act.
//!
//! A day comes in reels, each on a disk of its own: the usual day; a start without its vault, without
//! its journal, with a damaged vault; and a backup that was put back. An act is acknowledged when
//! its call returned Ok.

mod acts;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Sale;
use protocol::StoredOp;
use vault::sales::Recording;
use vault::{Vault, VaultError, outbox};

use crate::disk::SimDisk;
use crate::event::Event;
use crate::image::Image;
use crate::till::{FOLDER, Till};
use crate::view::View;

/// One act.
#[derive(Debug, Clone)]
pub struct Step {
    /// In words.
    pub name: &'static str,
    /// How much the disk had been asked when it began and when it had been answered.
    pub begin: usize,
    /// See `begin`.
    pub end: usize,
    /// Whether vault and journal work side by side in it, so that either may be ahead.
    pub side_by_side: bool,
    /// What is paid in it: a person would try that again.
    pub paying: Option<(Sale, Recording)>,
    /// What the till knows after it.
    pub after: Arc<View>,
}

/// A part of the day on one disk.
#[derive(Debug, Clone)]
pub struct Reel {
    /// In words.
    pub name: &'static str,
    /// What lay on the disk before.
    pub start: Image,
    /// What the till is to know of it.
    pub before: Arc<View>,
    /// Whether a medium was damaged before, so that a start may rebuild it.
    pub damaged: bool,
    /// Everything asked of the disk.
    pub trace: Vec<Event>,
    /// The acts.
    pub steps: Vec<Step>,
    /// What lies on the disk after it, all flushed.
    pub end: Image,
}

/// A reel while it is recorded.
struct Recorder {
    disk: SimDisk,
    till: Till,
    vault: Option<Vault>,
    reel: Reel,
}

/// The whole day.
pub fn day() -> Result<Vec<Reel>, VaultError> {
    let (usual, backup) = acts::usual_day()?;
    let known = usual.steps.last().map(|step| Arc::clone(&step.after));
    let known = known.unwrap_or_default();
    let without = |name: &str| {
        let mut image = usual.end.clone();
        image
            .files
            .retain(|path, _| !path.starts_with(in_folder(name)));
        image
    };
    let mut without_vault = without("vault.db");
    without_vault.files.remove(&in_folder("vault.db-wal"));
    let without_journal = without("critical.journal");
    let mut damaged = usual.end.clone();
    flip(&mut damaged, "vault.db", 5 * 4096 + 1_000);
    let tail = acts::tail_of(&usual, &backup)?;
    let (backup, then) = backup;
    Ok(vec![
        acts::goes_on("the vault is missing", 2, &without_vault, &known)?,
        acts::goes_on("the journal is missing", 3, &without_journal, &known)?,
        acts::goes_on("the vault is damaged", 4, &damaged, &known)?,
        acts::tail_comes_back(&backup, &then, &tail)?,
        usual,
    ])
}

/// A file of the till.
pub fn in_folder(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

/// Damages one bit.
pub fn flip(image: &mut Image, name: &str, at: usize) {
    if let Some(content) = image.files.get_mut(&in_folder(name))
        && let Some(byte) = Arc::make_mut(&mut content.bytes).get_mut(at)
    {
        *byte ^= 0x40;
    }
}

impl Recorder {
    fn new(name: &'static str, run: u64, start: &Image, before: &Arc<View>) -> Self {
        Self {
            disk: SimDisk::of(start),
            till: Till::new(run),
            vault: None,
            reel: Reel {
                name,
                start: start.clone(),
                before: Arc::clone(before),
                damaged: false,
                trace: Vec::new(),
                steps: Vec::new(),
                end: Image::default(),
            },
        }
    }

    fn done(&mut self, name: &'static str, paying: Option<(Sale, Recording)>, side_by_side: bool) {
        let last = self.reel.steps.last();
        let begin = last.map_or(0, |step| step.end);
        let known = last.map_or_else(
            || Arc::clone(&self.reel.before),
            |step| Arc::clone(&step.after),
        );
        self.reel.steps.push(Step {
            name,
            begin,
            end: self.disk.asked(),
            side_by_side,
            paying,
            after: known,
        });
    }

    fn look(&mut self) -> Result<(), VaultError> {
        if let (Some(vault), Some(step)) = (&self.vault, self.reel.steps.last_mut()) {
            step.after = Arc::new(View::of(vault)?);
        }
        Ok(())
    }

    fn open(&mut self, name: &'static str) -> Result<(), VaultError> {
        let (vault, report) = self.till.open(&self.disk)?;
        self.reel.damaged |= report.vault.is_some() || report.journal.is_some();
        self.vault = Some(vault);
        self.done(name, None, false);
        self.look()
    }

    fn close(&mut self, name: &'static str) {
        self.vault = None;
        self.done(name, None, false);
    }

    fn act<T: Send + 'static>(
        &mut self,
        name: &'static str,
        paying: Option<(Sale, Recording)>,
        f: impl FnOnce(&mut vault::Tx<'_>) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let vault = self.vault.as_ref().ok_or(VaultError::Closed)?;
        let answer = vault.transact(f)?;
        self.done(name, paying, true);
        self.look()?;
        Ok(answer)
    }

    fn chores(&mut self) -> Result<(), VaultError> {
        self.vault.as_ref().ok_or(VaultError::Closed)?.do_chores()?;
        self.done("the log goes into the vault", None, false);
        Ok(())
    }

    fn read<T>(
        &self,
        f: impl FnOnce(&vault::Reader) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.vault.as_ref().ok_or(VaultError::Closed)?.read(f)
    }

    fn last(&self) -> Arc<View> {
        let last = self.reel.steps.last();
        last.map_or_else(
            || Arc::clone(&self.reel.before),
            |step| Arc::clone(&step.after),
        )
    }

    fn end(mut self) -> Reel {
        self.close("the program ends");
        self.reel.trace = self.disk.trace();
        self.reel.end = self.disk.image();
        self.reel
    }
}

/// Every op of a vault, in cashier order.
fn all_ops(on: &vault::Reader, known: &View) -> Result<Vec<StoredOp>, VaultError> {
    let mut all = Vec::new();
    let mut segments: Vec<_> = known.facts.iter().map(|fact| fact.segment).collect();
    segments.sort();
    segments.dedup();
    for segment in segments {
        all.extend(outbox::ops_after(on, segment, 0, 10_000, 1 << 30)?);
    }
    all.sort_by_key(|op| op.seq);
    Ok(all)
}
