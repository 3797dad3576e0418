//! Comparing a whole vault with its journal and making the two equal.
//!
//! Reads the journal from the place the vault last saw flushed (or, if anything there is not as
//! expected, or the file is small, from its beginning).

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;

use journal::{Entry, Journal, JournalError, JournalScan, OpenJournal, Rewrite};
use protocol::{StoredOp, TillIdentity};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::restore::{Put, Restoring};
use super::{Damage, StartReport, refill};
use crate::error::VaultError;
use crate::head::{self, Head};
use crate::paths::Paths;
use crate::reads::{op_no, scalar, uint};
use crate::rows::places::{notes, strangers};
use crate::rows::{identity, operators, settings};

/// How many later places the journal was told of at a start.
const PLACES_TOLD: &str = "places_told";

/// What comparing came to.
pub(crate) enum Compared {
    /// Both hold the same now.
    Equal(Box<Journal>),
    /// The vault lacks an op in its middle: it must be rebuilt.
    VaultDamaged(String),
}

/// The vault's side of the comparison.
pub(crate) struct Whole<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) identity: TillIdentity,
    pub(crate) now_ms: i64,
}

/// What the journal's ops were, seen from the vault.
struct Seen<'a> {
    restoring: Restoring<'a>,
    vault_head: u64,
    first: Option<u64>,
    last: u64,
    ops: u64,
    differs: u64,
    vault_lacks: Option<u64>,
    failed: Option<VaultError>,
}

impl Seen<'_> {
    fn visit(&mut self, entry: Entry) -> ControlFlow<()> {
        let op = match entry {
            Entry::Op(op) => op,
            Entry::Note { name, json } => {
                self.restoring.note(&name, &json);
                return ControlFlow::Continue(());
            }
        };
        match self.take(&op) {
            Ok(()) if self.vault_lacks.is_none() => ControlFlow::Continue(()),
            Ok(()) => ControlFlow::Break(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn take(&mut self, op: &StoredOp) -> Result<(), VaultError> {
        self.first.get_or_insert(op.seq);
        self.last = self.last.max(op.seq);
        if op.seq <= self.vault_head && !self.restoring.has_seq(op.seq)? {
            self.vault_lacks = Some(op.seq);
            return Ok(());
        }
        match self.restoring.put(op)? {
            Put::Known | Put::Inserted => self.ops += 1,
            Put::Placed | Put::Differs => self.differs += 1,
        }
        Ok(())
    }
}

/// Compares and mends. `head` follows what was recovered.
pub(crate) fn compare(
    vault: &Whole<'_>,
    head: &mut Head,
    open: &OpenJournal,
    paths: &Paths,
    report: &mut StartReport,
) -> Result<Compared, VaultError> {
    if !paths.disk.exists(&open.path) {
        let why = "the journal is missing";
        return rewrite(vault, head, open, paths, report, why).map(Compared::Equal);
    }
    vault.db.execute_batch("BEGIN IMMEDIATE")?;
    let mut seen = Seen {
        restoring: Restoring::new(vault.db, head.clone(), vault.now_ms),
        vault_head: head.seq,
        first: None,
        last: 0,
        ops: 0,
        differs: 0,
        vault_lacks: None,
        failed: None,
    };
    let opened = Journal::open_in(Arc::clone(&paths.disk), open, |entry, _| seen.visit(entry));
    let failed = seen.failed.take();
    if failed.is_some() || seen.vault_lacks.is_some() || opened.is_err() {
        vault.db.execute_batch("ROLLBACK")?;
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if let Some(seq) = seen.vault_lacks {
        return Ok(Compared::VaultDamaged(format!(
            "op {seq} is missing in the vault"
        )));
    }
    let (mut journal, scan) = match opened {
        Ok(opened) => opened,
        Err(JournalError::NotAJournal { .. }) => {
            let why = "its header does not read";
            return rewrite(vault, head, open, paths, report, why).map(Compared::Equal);
        }
        Err(error) => return Err(error.into()),
    };
    let noted = seen.restoring.notes_waiting();
    let placed = seen.restoring.make_places(true)?;
    if seen.restoring.inserted + placed > 0 {
        seen.restoring.end_segments()?;
        head::store(vault.db, &seen.restoring.head)?;
    }
    vault.db.execute_batch("COMMIT")?;
    *head = seen.restoring.head.clone();
    report.recovered_ops += seen.restoring.inserted;
    report.contradictions += seen.differs;
    cut_torn(&mut journal, &scan, paths, report)?;
    let trouble = journals_trouble(vault.db, &seen, &scan)?;
    if trouble.is_some() && open.trusted.is_some() {
        // Only the tail was looked at: look at everything before anything is set aside.
        drop(journal);
        let everything = OpenJournal {
            trusted: None,
            ..open.clone()
        };
        return compare(vault, head, &everything, paths, report);
    }
    report.journaled_ops += match trouble {
        None => refill::append_rest(vault.db, &mut journal, seen.last)?,
        Some(Trouble::Lacks) => refill::append_lacking(vault.db, &mut journal, open, paths)?,
        Some(Trouble::Damaged(why)) => {
            drop(journal);
            return rewrite(vault, head, open, paths, report, &why).map(Compared::Equal);
        }
    };
    if !noted {
        append_places(vault, &mut journal)?;
    }
    Ok(Compared::Equal(Box::new(journal)))
}

fn cut_torn(
    journal: &mut Journal,
    scan: &JournalScan,
    paths: &Paths,
    report: &mut StartReport,
) -> Result<(), VaultError> {
    if let Some(torn) = scan.torn {
        let aside = paths.aside("journal-tail.bin")?;
        journal.cut_torn(torn, &aside)?;
        report.torn_tail = true;
        report.set_aside.push(aside);
    }
    Ok(())
}

/// What is wrong with a journal beyond a tail that is behind.
enum Trouble {
    /// It reads whole and says nothing wrong, and the vault has more: a page of ops that the cloud
    /// gave back stands among old numbers, and its writing never finished.
    Lacks,
    /// It must be written anew.
    Damaged(String),
}

fn journals_trouble(
    db: &Connection,
    seen: &Seen<'_>,
    scan: &JournalScan,
) -> Result<Option<Trouble>, VaultError> {
    if let Some(first) = scan.broken.first() {
        let stretches = scan.broken.len();
        return Ok(Some(Trouble::Damaged(format!(
            "{stretches} stretch(es) do not read, the first from byte {} to {}",
            first.from, first.until
        ))));
    }
    if seen.differs > 0 {
        let words = format!("{} op(s) contradict the vault", seen.differs);
        return Ok(Some(Trouble::Damaged(words)));
    }
    // From where this scan began: whatever lies before was compared at an earlier start.
    let low = if scan.from > 64 {
        seen.first.map_or(0, op_no)
    } else {
        0
    };
    let between: i64 = scalar(
        db,
        "SELECT count(*) FROM op WHERE op_no >= ?1 AND op_no < ?2",
        [low, op_no(seen.last + 1)],
    )?;
    Ok(match uint(between).cmp(&seen.ops) {
        Ordering::Equal => None,
        Ordering::Greater => Some(Trouble::Lacks),
        Ordering::Less => Some(Trouble::Damaged(format!(
            "it has {} of {between} ops up to {}",
            seen.ops, seen.last
        ))),
    })
}

/// Ops that were put elsewhere while the journal lost the note of it: told again. What the journal
/// has of them lies before the place that was read, or was never written; to tell it twice does no
/// harm, so it is told once for each count of them.
fn append_places(vault: &Whole<'_>, journal: &mut Journal) -> Result<(), VaultError> {
    let count = notes::count(vault.db)?;
    let told: Option<String> = vault
        .db
        .prepare_cached("SELECT json FROM setting WHERE name = :name")?
        .query_row(named_params! { ":name": PLACES_TOLD }, |row| row.get(0))
        .optional()?;
    if count == 0 || told.as_deref() == Some(count.to_string().as_str()) {
        return Ok(());
    }
    journal.append_entries(&place_notes(vault.db)?)?;
    settings::store(vault.db, PLACES_TOLD, &count.to_string(), vault.now_ms)
}

/// Later places and strangers, as the journal keeps them.
fn place_notes(db: &Connection) -> Result<Vec<Entry>, VaultError> {
    let mut all = Vec::new();
    for one in notes::all(db)? {
        all.push(note(&one.name(), one.json()?));
    }
    for segment in strangers::all(db)? {
        all.push(note(&format!("{}{segment}", strangers::NOTE), "{}".into()));
    }
    Ok(all)
}

/// Writes the journal anew from the vault: who the till is, its settings and people, every op.
fn rewrite(
    vault: &Whole<'_>,
    head: &Head,
    open: &OpenJournal,
    paths: &Paths,
    report: &mut StartReport,
    why: &str,
) -> Result<Box<Journal>, VaultError> {
    let mut fresh = Rewrite::begin_in(Arc::clone(&paths.disk), open)?;
    for entry in identity_notes(vault.db, &vault.identity)? {
        fresh.push(entry)?;
    }
    for entry in place_notes(vault.db)? {
        fresh.push(entry)?;
    }
    refill::for_each_op(vault.db, 0, |op| Ok(fresh.push(Entry::Op(op))?))?;
    let aside = if paths.disk.exists(&open.path) {
        Some(paths.aside("critical.journal")?)
    } else {
        None
    };
    let journal = fresh.finish(aside.as_deref())?;
    if let Some(aside) = aside {
        paths.make_read_only(&aside);
        report.set_aside.push(aside);
    }
    if head.ops > 0 {
        report.journal = Damage::Rebuilt { why: why.into() };
    }
    Ok(Box::new(journal))
}

/// What a vault needs besides its ops to be rebuilt from the journal alone.
pub(crate) fn identity_notes(
    db: &Connection,
    who: &TillIdentity,
) -> Result<Vec<Entry>, VaultError> {
    let mut all = vec![note(identity::NOTE, identity::to_json(who)?)];
    let mut statement = db.prepare_cached("SELECT name, json FROM setting ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        all.push(note(&format!("{}{name}", settings::NOTE), row.get("json")?));
    }
    for operator in operators::list_from(db)? {
        let json = serde_json::to_string(&operator).map_err(|error| VaultError::Unreadable {
            what: "operator".into(),
            why: error.to_string(),
        })?;
        all.push(note(
            &format!("{}{}", operators::NOTE, operator.operator_id),
            json,
        ));
    }
    Ok(all)
}

fn note(name: &str, json: String) -> Entry {
    Entry::Note {
        name: name.to_owned(),
        json,
    }
}
