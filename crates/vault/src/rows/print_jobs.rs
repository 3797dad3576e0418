//! Receipts not yet known to be on paper.
//!
//! A sale's first job is written in the sale's own transaction: printing can never undo a sale, and
//! a printer that is off loses nothing. A printed or dropped job leaves a milestone on the sale's
//! time line and goes. A job found `printing` at start-up becomes `unconfirmed`: nobody knows.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sales;
use crate::error::VaultError;
use crate::reads::{Reads, blob, sealed::Db, unreadable, uuid, uuid_maybe};
use crate::tx::Tx;

/// What is to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// The receipt of a sale or refund.
    Receipt,
    /// The same again, marked COPY.
    Copy,
    /// A test page; belongs to no sale.
    Test,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Not tried, or tried and refused.
    Waiting,
    /// With the printer now.
    Printing,
    /// The bytes were taken and no status was to be had: a person looks.
    Unconfirmed,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// Its id.
    pub job_id: Uuid,
    /// The sale or refund; `None` for a test page.
    pub sale_id: Option<Uuid>,
    /// The receipt number; empty for a test page.
    pub number: String,
    /// What is printed.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// Times it was given to a printer.
    pub attempts: u32,
    /// The last trouble, in words.
    pub trouble: Option<String>,
    /// UTC milliseconds.
    pub made_at_ms: i64,
}

impl JobKind {
    /// The word in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Copy => "copy",
            Self::Test => "test",
        }
    }
}

impl JobState {
    /// The word in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Printing => "printing",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

const SELECT: &str = "SELECT j.*, s.sale_id, coalesce(s.number, '') AS number
    FROM print_job j LEFT JOIN sale s ON s.op_no = j.op_no";

/// Makes a job: a copy of a sale's receipt, or a test page (`sale_id` `None`).
pub fn add(tx: &Tx<'_>, kind: JobKind, sale_id: Option<Uuid>) -> Result<PrintJob, VaultError> {
    let op_no = sale_id.map(|id| sales::op_no_of(tx.db(), id)).transpose()?;
    let job_id = tx.new_id();
    insert(tx.db(), job_id, kind, op_no, tx.now_ms())?;
    by_id(tx, job_id)?.ok_or_else(|| missing(job_id))
}

pub(crate) fn insert(
    db: &Connection,
    job_id: Uuid,
    kind: JobKind,
    op_no: Option<i64>,
    now_ms: i64,
) -> Result<(), VaultError> {
    db.prepare_cached(
        "INSERT INTO print_job (job_id, op_no, kind, state, attempts, made_at_ms)
         VALUES (:job_id, :op_no, :kind, 'waiting', 0, :now)",
    )?
    .execute(named_params! {
        ":job_id": blob(&job_id), ":op_no": op_no, ":kind": kind.as_str(), ":now": now_ms,
    })?;
    Ok(())
}

/// All jobs that are not done, oldest first, at most `limit`.
pub fn open(on: &impl Reads, limit: u32) -> Result<Vec<PrintJob>, VaultError> {
    let found = on
        .db()
        .prepare_cached(&format!("{SELECT} ORDER BY j.job_id LIMIT :limit"))?
        .query_map(named_params! { ":limit": limit }, read)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The oldest open job of a sale, if there is one.
pub fn of_sale(on: &impl Reads, sale_id: Uuid) -> Result<Option<PrintJob>, VaultError> {
    let found = on
        .db()
        .prepare_cached(&format!(
            "{SELECT} WHERE s.sale_id = :sale_id ORDER BY j.job_id LIMIT 1"
        ))?
        .query_row(named_params! { ":sale_id": blob(&sale_id) }, read)
        .optional()?;
    Ok(found)
}

/// The oldest job that may be printed now, however many stand before it unconfirmed.
pub fn next_waiting(on: &impl Reads) -> Result<Option<PrintJob>, VaultError> {
    let found = on
        .db()
        .prepare_cached(&format!(
            "{SELECT} WHERE j.state = 'waiting' ORDER BY j.job_id LIMIT 1"
        ))?
        .query_row([], read)
        .optional()?;
    Ok(found)
}

/// How many jobs are not done.
pub fn count_open(on: &impl Reads) -> Result<u64, VaultError> {
    let count: i64 = crate::reads::scalar(on.db(), "SELECT count(*) FROM print_job", [])?;
    Ok(crate::reads::uint(count))
}

/// One job; `None` once it is printed or dropped.
pub fn by_id(on: &impl Reads, job_id: Uuid) -> Result<Option<PrintJob>, VaultError> {
    let found = on
        .db()
        .prepare_cached(&format!("{SELECT} WHERE j.job_id = :job_id"))?
        .query_row(named_params! { ":job_id": blob(&job_id) }, read)
        .optional()?;
    Ok(found)
}

/// Sets state and trouble; `attempts` counts up when it goes to the printer.
pub fn set_state(
    tx: &Tx<'_>,
    job_id: Uuid,
    state: JobState,
    trouble: Option<&str>,
) -> Result<(), VaultError> {
    let changed = tx
        .db()
        .prepare_cached(
            "UPDATE print_job SET state = :state, trouble = :trouble,
               attempts = attempts + (:state = 'printing')
             WHERE job_id = :job_id",
        )?
        .execute(named_params! {
            ":job_id": blob(&job_id), ":state": state.as_str(), ":trouble": trouble,
        })?;
    if changed == 0 {
        return Err(missing(job_id));
    }
    Ok(())
}

/// A person wants it tried at once. What may be on paper already is printed as a copy from now on;
/// what never was stays the original.
pub fn try_again(tx: &Tx<'_>, job_id: Uuid) -> Result<(), VaultError> {
    let job = by_id(tx, job_id)?.ok_or_else(|| missing(job_id))?;
    if job.state != JobState::Unconfirmed {
        return Ok(());
    }
    tx.db()
        .prepare_cached(
            "UPDATE print_job SET state = 'waiting', trouble = NULL,
               kind = CASE WHEN kind = 'receipt' AND attempts > 0 THEN 'copy' ELSE kind END
             WHERE job_id = :job_id",
        )?
        .execute(named_params! { ":job_id": blob(&job_id) })?;
    Ok(())
}

/// The printer confirmed it: the job goes, the sale's time line keeps it.
pub fn printed(tx: &Tx<'_>, job_id: Uuid) -> Result<(), VaultError> {
    let Some(job) = by_id(tx, job_id)? else {
        return Ok(());
    };
    let what = match job.kind {
        JobKind::Receipt => "printed",
        JobKind::Copy | JobKind::Test => "copy_printed",
    };
    finish(tx, &job, what)
}

/// A person gave it up.
pub fn drop_job(tx: &Tx<'_>, job_id: Uuid) -> Result<(), VaultError> {
    match by_id(tx, job_id)? {
        Some(job) => finish(tx, &job, "print_dropped"),
        None => Ok(()),
    }
}

fn finish(tx: &Tx<'_>, job: &PrintJob, what: &str) -> Result<(), VaultError> {
    if let Some(sale_id) = job.sale_id {
        let op_no = sales::op_no_of(tx.db(), sale_id)?;
        sales::milestone(tx.db(), op_no, tx.now_ms(), what)?;
    }
    tx.db()
        .prepare_cached("DELETE FROM print_job WHERE job_id = :job_id")?
        .execute(named_params! { ":job_id": blob(&job.job_id) })?;
    Ok(())
}

/// At start-up: what was with the printer when the program ended is unknown, and the receipt of a
/// sale that nobody has seen is printed when a person says so, not by itself.
pub(crate) fn after_restart(db: &Connection) -> Result<(), VaultError> {
    db.prepare_cached(
        "UPDATE print_job SET state = 'unconfirmed',
           trouble = coalesce(trouble, 'the program ended before this was known to be printed')
         WHERE state = 'printing' OR op_no IN (SELECT op_no FROM untold)",
    )?
    .execute([])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<PrintJob> {
    let kind: String = row.get("kind")?;
    let state: String = row.get("state")?;
    Ok(PrintJob {
        job_id: uuid(row, "job_id")?,
        sale_id: uuid_maybe(row, "sale_id")?,
        number: row.get("number")?,
        kind: [JobKind::Receipt, JobKind::Copy, JobKind::Test]
            .into_iter()
            .find(|k| k.as_str() == kind)
            .ok_or_else(|| unreadable("kind", &kind))?,
        state: [JobState::Waiting, JobState::Printing, JobState::Unconfirmed]
            .into_iter()
            .find(|s| s.as_str() == state)
            .ok_or_else(|| unreadable("state", &state))?,
        attempts: row.get("attempts")?,
        trouble: row.get("trouble")?,
        made_at_ms: row.get("made_at_ms")?,
    })
}

fn missing(job_id: Uuid) -> VaultError {
    VaultError::Missing {
        what: "print job",
        id: job_id.to_string(),
    }
}
