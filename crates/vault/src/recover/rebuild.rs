//! Building the vault anew from the journal and from what still reads of the old file.
//!
//! The new file is filled under another name and takes the place only when it is whole; the old one
//! is moved aside, read-only, never removed. A crash at any step is continued at the next start.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use journal::{Entry, JournalError};
use protocol::{StoredOp, TillIdentity};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::restore::{Put, Restoring};
use super::salvage::Salvage;
use super::{Damage, StartReport};
use crate::connection::{self, Access};
use crate::error::VaultError;
use crate::head::{self, Head};
use crate::migrate;
use crate::open::Origin;
use crate::paths::Paths;
use crate::reads::{int, seq_of};
use crate::rows::places::{self, strangers};
use crate::rows::{cart, identity, operators, settings};

/// Recovered sales that are shown as untold when nobody knows which were told.
const UNTOLD_IF_UNKNOWN: i64 = 10;

/// Builds `vault.db` anew and puts it in place.
pub(crate) fn rebuild(
    paths: &Paths,
    origin: &Origin<'_>,
    why: &str,
    report: &mut StartReport,
) -> Result<(), VaultError> {
    let disk = paths.disk.as_ref();
    paths.remove_unfinished()?;
    let old = paths
        .disk
        .exists(&paths.vault)
        .then(|| connection::open(disk, &paths.vault, origin.vault_key(), Access::Salvage));
    let mut salvage = Salvage::of(old.and_then(Result::ok));
    let mut db = connection::open(disk, &paths.fresh, origin.vault_key(), Access::Write)?;
    migrate::migrate(disk, &mut db, &paths.fresh)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    // The genesis is known once the identity is; no op needs it before.
    let start = Head::at_genesis(protocol::ChainHash([0; 32]));
    let mut restoring = Restoring::new(&db, start, origin.now_ms);
    let notes = merge(&mut restoring, &mut salvage, paths, origin, report)?;
    restoring.end_segments()?;
    let mut head = restoring.head.clone();
    let identity = who(&notes, &salvage, origin)?;
    if head.ops == 0 {
        head.chain = identity.genesis();
    }
    identity::store(&db, &identity, origin.now_ms)?;
    head::store(&db, &head)?;
    report.missing = name_holes(&db, origin.now_ms)?;
    from_notes(&db, &notes, origin.now_ms)?;
    from_old_vault(&db, &salvage)?;
    keep_untold(&db, &salvage)?;
    db.execute_batch("COMMIT")?;
    drop(salvage);
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    db.close().map_err(|(_, error)| error)?;
    report.vault = Damage::Rebuilt { why: why.into() };
    paths.mark_ready()?;
    report.set_aside.extend(paths.take_place()?);
    Ok(())
}

/// Both sources in cashier order; the journal's notes on the side.
fn merge(
    restoring: &mut Restoring<'_>,
    salvage: &mut Salvage,
    paths: &Paths,
    origin: &Origin<'_>,
    report: &mut StartReport,
) -> Result<BTreeMap<String, String>, VaultError> {
    let mut notes = BTreeMap::new();
    let mut failed = None;
    let key = origin.key.journal_key();
    let read = journal::read_in(paths.disk.as_ref(), &paths.journal, &key, |entry, _| {
        let step = match entry {
            Entry::Note { name, json } => {
                restoring.note(&name, &json);
                notes.insert(name, json);
                Ok(())
            }
            Entry::Op(op) => put_up_to(restoring, salvage, &op, report),
        };
        step.map_or_else(
            |error| {
                failed = Some(error);
                ControlFlow::Break(())
            },
            ControlFlow::Continue,
        )
    });
    if let Some(error) = failed {
        return Err(error);
    }
    match read {
        Ok(_) | Err(JournalError::NotAJournal { .. }) => {}
        Err(JournalError::Io { .. }) if !paths.disk.exists(&paths.journal) => {}
        Err(JournalError::WrongKey { path }) => return Err(VaultError::KeyWrong { path }),
        Err(error) => return Err(error.into()),
    }
    while let Some(op) = salvage.next() {
        put(restoring, &op, report)?;
    }
    let kept = salvage.db().map(places::notes::all);
    for note in kept.and_then(Result::ok).unwrap_or_default() {
        restoring.note(&note.name(), &note.json()?);
    }
    restoring.make_places(true)?;
    Ok(notes)
}

/// The old vault's ops that come before `op`, then `op`.
fn put_up_to(
    restoring: &mut Restoring<'_>,
    salvage: &mut Salvage,
    op: &StoredOp,
    report: &mut StartReport,
) -> Result<(), VaultError> {
    while salvage.peek_seq().is_some_and(|seq| seq < op.seq) {
        if let Some(earlier) = salvage.next() {
            put(restoring, &earlier, report)?;
        }
    }
    put(restoring, op, report)
}

fn put(
    restoring: &mut Restoring<'_>,
    op: &StoredOp,
    report: &mut StartReport,
) -> Result<(), VaultError> {
    if matches!(restoring.put(op)?, Put::Differs | Put::Placed) {
        report.contradictions += 1;
    }
    Ok(())
}

/// From the journal's newest note, the old vault, or the caller, in this order.
fn who(
    notes: &BTreeMap<String, String>,
    salvage: &Salvage,
    origin: &Origin<'_>,
) -> Result<TillIdentity, VaultError> {
    let noted = notes
        .get(identity::NOTE)
        .and_then(|json| serde_json::from_str(json).ok());
    let kept = || {
        salvage
            .db()
            .and_then(|db| identity::load(db).ok().flatten())
    };
    noted
        .or_else(kept)
        .or(origin.identity)
        .ok_or_else(|| VaultError::Damaged {
            what: "neither vault nor journal says who this till is: give its identity".into(),
        })
}

/// Numbers that nothing reads any more, named in the vault for ever.
fn name_holes(db: &Connection, now_ms: i64) -> Result<Vec<(u64, u64)>, VaultError> {
    let mut missing = Vec::new();
    let mut next = 1;
    {
        let mut statement = db.prepare("SELECT op_no FROM op ORDER BY op_no")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let seq = seq_of(row.get("op_no")?);
            if seq > next {
                missing.push((next, seq - 1));
            }
            next = seq + 1;
        }
    }
    for (first, last) in &missing {
        db.prepare_cached(
            "INSERT INTO hole (first_seq, last_seq, noticed_at_ms) VALUES (:first, :last, :now)",
        )?
        .execute(named_params! { ":first": int(*first), ":last": int(*last), ":now": now_ms })?;
    }
    Ok(missing)
}

fn from_notes(
    db: &Connection,
    notes: &BTreeMap<String, String>,
    now_ms: i64,
) -> Result<(), VaultError> {
    for (name, json) in notes {
        if let Some(setting) = name.strip_prefix(settings::NOTE) {
            settings::store(db, setting, json, now_ms)?;
        } else if let Some(segment) = name.strip_prefix(strangers::NOTE) {
            if let Ok(segment) = segment.parse() {
                strangers::store(db, segment, now_ms)?;
            }
        } else if name.starts_with(operators::NOTE)
            && let Ok(operator) = serde_json::from_str(json)
        {
            operators::store(db, &operator)?;
        }
    }
    Ok(())
}

/// What is no op and still reads: newer than the notes if both are there. What does not read is
/// left out: the cloud says its heads again, a person signs in again.
fn from_old_vault(db: &Connection, salvage: &Salvage) -> Result<(), VaultError> {
    let Some(old) = salvage.db() else {
        return Ok(());
    };
    if let Ok(Some(open)) = cart::load_from(old) {
        let paid: Option<i64> = db
            .prepare_cached("SELECT 1 FROM op WHERE op_id = :op_id")?
            .query_row(named_params! { ":op_id": open.op_id.as_bytes() }, |row| {
                row.get(0)
            })
            .optional()?;
        if paid.is_none() {
            cart::insert_into(db, &open)?;
        }
    }
    for operator in operators::list_from(old).unwrap_or_default() {
        operators::store(db, &operator)?;
    }
    for (name, json, at) in old_settings(old).unwrap_or_default() {
        settings::store(db, &name, &json, at)?;
    }
    Ok(())
}

fn old_settings(old: &Connection) -> rusqlite::Result<Vec<(String, String, i64)>> {
    old.prepare("SELECT name, json, changed_at_ms FROM setting")?
        .query_map([], |row| {
            Ok((
                row.get("name")?,
                row.get("json")?,
                row.get("changed_at_ms")?,
            ))
        })?
        .collect()
}

/// Every restored sale was put in as untold; keep those that nobody was told of.
fn keep_untold(db: &Connection, salvage: &Salvage) -> Result<(), VaultError> {
    let Some(untold) = salvage.untold() else {
        db.execute(
            "DELETE FROM untold WHERE op_no NOT IN (
               SELECT op_no FROM untold ORDER BY op_no DESC LIMIT ?1)",
            [UNTOLD_IF_UNKNOWN],
        )?;
        return forget_old_jobs(db);
    };
    let untold: BTreeSet<u64> = untold.into_iter().collect();
    // Beyond what the old vault held, nobody was told either.
    let known: Option<i64> = salvage
        .db()
        .and_then(|old| {
            old.query_row("SELECT max(op_no) FROM op", [], |row| row.get(0))
                .ok()
        })
        .flatten();
    let known = known.map_or(0, seq_of);
    let all: Vec<i64> = db
        .prepare("SELECT op_no FROM untold")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for op_no in all {
        if seq_of(op_no) <= known && !untold.contains(&seq_of(op_no)) {
            db.prepare_cached("DELETE FROM untold WHERE op_no = ?1")?
                .execute([op_no])?;
        }
    }
    forget_old_jobs(db)
}

/// A receipt that was told needs no unconfirmed job.
fn forget_old_jobs(db: &Connection) -> Result<(), VaultError> {
    db.execute(
        "DELETE FROM print_job WHERE op_no NOT IN (SELECT op_no FROM untold)",
        [],
    )?;
    Ok(())
}
