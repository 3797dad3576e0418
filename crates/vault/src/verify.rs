//! The full proof: rows against tally, chain from its beginning, journal against vault op by op.

use std::ops::ControlFlow;
use std::path::PathBuf;

use journal::{Entry, JournalKey};
use protocol::StoredOp;
use protocol::audit::Counts;
use rusqlite::{Connection, Rows};
use serde::Serialize;

use crate::error::VaultError;
use crate::head;
use crate::reads::Reads;
use crate::recover::check;
use crate::rows::{identity, outbox};

/// Which journal to compare with.
pub(crate) struct JournalToRead {
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
    let rows_ok = tally_ok && disagree.is_none();
    trouble.extend(disagree);
    let unequal = if journal.kept {
        journals_difference(db, journal, head.seq)?
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

/// Walks both side by side; the first difference in words.
fn journals_difference(
    db: &Connection,
    journal: &JournalToRead,
    head_seq: u64,
) -> Result<Option<String>, VaultError> {
    let mut statement = db.prepare_cached(
        "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no) ORDER BY o.op_no",
    )?;
    let mut rows = statement.query([])?;
    let mut different = None;
    let mut failed = None;
    let read = journal::read(&journal.path, &journal.key, |entry, _| {
        let Entry::Op(op) = entry else {
            return ControlFlow::Continue(());
        };
        if op.seq > head_seq {
            // Recorded after this snapshot was taken.
            return ControlFlow::Break(());
        }
        match next_equals(&mut rows, &op) {
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some(words)) => different = Some(words),
            Err(error) => failed = Some(error),
        }
        ControlFlow::Break(())
    });
    if let Some(error) = failed {
        return Err(error);
    }
    if different.is_some() {
        return Ok(different);
    }
    match read {
        Ok((_, scan)) if !scan.broken.is_empty() => Ok(Some(format!(
            "the journal does not read from byte {}",
            scan.broken[0].from
        ))),
        Ok(_) => Ok(rows
            .next()?
            .map(|_| "the vault has ops that the journal lacks".to_owned())),
        Err(error) => Ok(Some(error.to_string())),
    }
}

fn next_equals(rows: &mut Rows<'_>, op: &StoredOp) -> Result<Option<String>, VaultError> {
    let Some(row) = rows.next()? else {
        return Ok(Some(format!(
            "the journal has op {} and the vault not",
            op.seq
        )));
    };
    let kept = outbox::read_op(row)?;
    if kept == *op {
        return Ok(None);
    }
    Ok(Some(format!(
        "vault op {} and journal op {} are not the same bytes",
        kept.seq, op.seq
    )))
}
