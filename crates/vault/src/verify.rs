//! The full proof: rows against tally, chain from its beginning, journal against vault op by op.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use journal::{Disk, Entry, JournalKey};
use protocol::audit::Counts;
use protocol::{SegmentId, StoredOp};
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::Serialize;

use crate::error::VaultError;
use crate::head;
use crate::reads::{Reads, scalar, uint};
use crate::recover::check;
use crate::rows::places::{self, PlaceNote, notes};
use crate::rows::{identity, outbox};

/// Which journal to compare with.
pub(crate) struct JournalToRead {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) path: PathBuf,
    pub(crate) key: JournalKey,
    /// `false` when the vault was opened without one, for measurement.
    pub(crate) kept: bool,
}

/// What was counted and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Counted from the rows, with the head.
    #[serde(flatten)]
    pub counts: Counts,
    /// Every op hashes to its chain and follows the one before, from the genesis on.
    pub chain_ok: bool,
    /// The journal holds the same ops, byte for byte, in the same order, and no other.
    pub journal_equals_vault: bool,
    /// The rows add up to the tally and among themselves.
    pub rows_ok: bool,
    /// Numbers named as missing after damage to both media, as closed ranges.
    pub missing: Vec<(u64, u64)>,
    /// What is wrong, in words; empty when nothing is.
    pub trouble: Vec<String>,
}

impl Verified {
    /// Whether everything holds.
    pub fn all_good(&self) -> bool {
        self.chain_ok && self.journal_equals_vault && self.rows_ok
    }
}

/// Verifies the snapshot `db` shows.
pub(crate) fn verify(on: &impl Reads, journal: &JournalToRead) -> Result<Verified, VaultError> {
    let db = on.db();
    let (Some(head), Some(who)) = (head::load(db)?, identity::load(db)?) else {
        return Err(VaultError::Damaged {
            what: "it does not say who this till is".into(),
        });
    };
    let mut trouble = Vec::new();
    let chain = check::walk_chain(db, &who, 0)?;
    let chain_ok = chain.wrong.is_none();
    trouble.extend(chain.wrong);
    let counts = check::recount(db, &head)?;
    let tally_ok = counts == head.counts();
    if !tally_ok {
        trouble.push(format!(
            "the rows count {counts:?}, the tally {:?}",
            head.counts()
        ));
    }
    let disagree = check::rows_that_disagree(db)?;
    let pages = check::pages_and_indexes(db)?;
    let rows_ok = tally_ok && disagree.is_none() && pages.is_none();
    trouble.extend(disagree);
    trouble.extend(pages);
    let unequal = if journal.kept {
        journals_difference(db, journal)?
    } else {
        Some("the vault was opened without its journal".into())
    };
    let journal_equals_vault = unequal.is_none();
    trouble.extend(unequal);
    Ok(Verified {
        counts,
        chain_ok,
        journal_equals_vault,
        rows_ok,
        missing: check::holes(db)?,
        trouble,
    })
}

/// Looks every entry up in the vault; the first difference in words.
fn journals_difference(
    db: &Connection,
    journal: &JournalToRead,
) -> Result<Option<String>, VaultError> {
    let mut reading = Reading {
        db,
        ops: uint(scalar(db, "SELECT count(*) FROM op", [])?),
        seen: 0,
        noted: BTreeSet::new(),
        different: None,
    };
    let mut failed = None;
    let read = journal::read_in(
        journal.disk.as_ref(),
        &journal.path,
        &journal.key,
        |entry, _| match reading.take(entry) {
            Ok(flow) => flow,
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        },
    );
    if let Some(error) = failed {
        return Err(error);
    }
    if reading.different.is_some() {
        return Ok(reading.different);
    }
    match read {
        Ok((_, scan)) if !scan.broken.is_empty() => Ok(Some(format!(
            "the journal does not read from byte {}",
            scan.broken[0].from
        ))),
        Ok(_) if reading.seen < reading.ops => {
            Ok(Some("the vault has ops that the journal lacks".to_owned()))
        }
        Ok(_) if (reading.noted.len() as u64) < notes::count(db)? => Ok(Some(
            "the vault has places of ops that the journal lacks".to_owned(),
        )),
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// The journal held against the rows, entry by entry.
struct Reading<'a> {
    db: &'a Connection,
    /// Ops in the vault's snapshot.
    ops: u64,
    /// Of them met in the journal so far.
    seen: u64,
    /// Later places met.
    noted: BTreeSet<(SegmentId, u64)>,
    different: Option<String>,
}

impl Reading<'_> {
    fn take(&mut self, entry: Entry) -> Result<ControlFlow<()>, VaultError> {
        match entry {
            Entry::Op(op) => match self.kept(&op)? {
                Some(kept) if kept == op => self.seen += 1,
                Some(_) => {
                    self.different = Some(format!(
                        "op {} is not the same bytes in vault and journal",
                        op.seq
                    ));
                }
                // Recorded after this snapshot was taken.
                None if self.seen == self.ops => return Ok(ControlFlow::Break(())),
                None => {
                    self.different =
                        Some(format!("the journal has op {} and the vault not", op.seq));
                }
            },
            Entry::Note { name, json } => {
                if let Some(note) = PlaceNote::read(&name, &json) {
                    self.take_note(&note)?;
                }
            }
        }
        Ok(match self.different {
            None => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(()),
        })
    }

    fn kept(&self, op: &StoredOp) -> Result<Option<StoredOp>, VaultError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no)
                 WHERE o.op_id = :op_id",
            )?
            .query_row(named_params! { ":op_id": op.op_id.as_bytes() }, |row| {
                outbox::read_op(row)
            })
            .optional()?;
        Ok(found)
    }

    fn take_note(&mut self, note: &PlaceNote) -> Result<(), VaultError> {
        let held = places::chain_in(self.db, note.segment, note.last_seq())?;
        if held == Some(note.last_chain()) {
            let seqs = note.from..=note.last_seq();
            self.noted.extend(seqs.map(|seq| (note.segment, seq)));
        } else if self.seen < self.ops {
            self.different = Some(format!(
                "the journal puts ops up to {} of segment {} where the vault does not",
                note.last_seq(),
                note.segment
            ));
        }
        Ok(())
    }
}
