//! Whether the vault, by itself, is whole: every op hashes to its chain, every link follows the one
//! before, no `seq` is missing that was not named as missing, and the rows add up to the tally.

use protocol::audit::Counts;
use protocol::{ChainHash, TillIdentity};
use rusqlite::{Connection, named_params};

use crate::error::VaultError;
use crate::head::Head;
use crate::reads::{op_no, seq_of, uint};
use crate::rows::outbox::read_op;

/// Ops whose links are checked at every start.
const NEWEST: u64 = 1_000;

/// What a walk over the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ChainWalk {
    /// Ops walked.
    pub(crate) ops: u64,
    /// The first thing that is wrong, in words.
    pub(crate) wrong: Option<String>,
}

/// Checks the newest ops, or everything; `Some` says what is wrong.
pub(crate) fn own_damage(
    db: &Connection,
    identity: &TillIdentity,
    head: &Head,
    full: bool,
) -> Result<Option<String>, VaultError> {
    let from = if full {
        0
    } else {
        head.seq.saturating_sub(NEWEST)
    };
    let walk = walk_chain(db, identity, from)?;
    if walk.wrong.is_some() {
        return Ok(walk.wrong);
    }
    let newest: Option<i64> = db.query_row("SELECT max(op_no) FROM op", [], |row| row.get(0))?;
    let newest = newest.map_or(0, seq_of);
    if newest != head.seq {
        return Ok(Some(format!(
            "the head stands at {} and the newest op is {newest}",
            head.seq
        )));
    }
    if !full {
        return Ok(None);
    }
    let damage: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if damage != "ok" {
        return Ok(Some(damage));
    }
    let counted = recount(db, head)?;
    if counted != head.counts() {
        return Ok(Some(format!(
            "the rows count {counted:?}, the tally says {:?}",
            head.counts()
        )));
    }
    rows_that_disagree(db)
}

/// Walks the chain from after `from` (a `seq`; 0: from the genesis) to its end.
pub(crate) fn walk_chain(
    db: &Connection,
    identity: &TillIdentity,
    from: u64,
) -> Result<ChainWalk, VaultError> {
    let holes = holes(db)?;
    let mut walk = ChainWalk::default();
    let mut statement = db.prepare_cached(
        "SELECT o.*, s.segment FROM op o JOIN segment s USING (segment_no)
         WHERE o.op_no >= :from ORDER BY o.op_no",
    )?;
    let mut rows = statement.query(named_params! { ":from": op_no(from + 1) })?;
    // The chains at the previous seq (one, or one per history) and at this one.
    let mut at = from;
    let mut before: Vec<ChainHash> = Vec::new();
    let mut here: Vec<ChainHash> = match from {
        0 => vec![identity.genesis()],
        _ => Vec::new(),
    };
    while let Some(row) = rows.next()? {
        let op = read_op(row)?;
        walk.ops += 1;
        if op.seq != at {
            before = if op.seq == at + 1 {
                std::mem::take(&mut here)
            } else {
                here.clear();
                Vec::new()
            };
            if op.seq > at + 1 && !covered(&holes, at + 1, op.seq - 1) {
                walk.wrong = Some(format!("op {} to {} are missing", at + 1, op.seq - 1));
                return Ok(walk);
            }
            at = op.seq;
        }
        if !op.links() {
            walk.wrong = Some(format!("op {} does not hash to its chain", op.seq));
            return Ok(walk);
        }
        if !before.is_empty() && !before.contains(&op.prev) {
            walk.wrong = Some(format!("op {} does not follow the op before it", op.seq));
            return Ok(walk);
        }
        here.push(op.chain);
    }
    Ok(walk)
}

/// Named missing ranges, in order.
pub(crate) fn holes(db: &Connection) -> Result<Vec<(u64, u64)>, VaultError> {
    let found = db
        .prepare_cached("SELECT first_seq, last_seq FROM hole ORDER BY first_seq")?
        .query_map([], |row| {
            Ok((uint(row.get("first_seq")?), uint(row.get("last_seq")?)))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn covered(holes: &[(u64, u64)], first: u64, last: u64) -> bool {
    holes.iter().any(|hole| hole.0 <= first && last <= hole.1)
}

/// Counts the rows themselves.
pub(crate) fn recount(db: &Connection, head: &Head) -> Result<Counts, VaultError> {
    let counts = db
        .prepare_cached(include_str!("../sql/recount.sql"))?
        .query_row([], |row| {
            Ok(Counts {
                ops: uint(row.get("ops")?),
                sales: uint(row.get("sales")?),
                refunds: uint(row.get("refunds")?),
                lines: uint(row.get("lines")?),
                net_minor: row.get("net_minor")?,
                head_seq: head.seq,
                head_chain: head.counts().head_chain,
            })
        })?;
    Ok(counts)
}

/// Rows that do not add up among themselves: a sale without its lines or tenders, a stock that is
/// not the sum of its movements.
pub(crate) fn rows_that_disagree(db: &Connection) -> Result<Option<String>, VaultError> {
    let mut statement = db.prepare_cached(include_str!("../sql/disagreements.sql"))?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok(Some(row.get("words")?)),
        None => Ok(None),
    }
}
