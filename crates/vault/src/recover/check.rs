//! Whether the vault, by itself, is whole: every op hashes to its chain, every link follows the one
//! before, no `seq` is missing that was not named as missing, and the rows add up to the tally.

use std::collections::BTreeMap;

use protocol::audit::Counts;
use protocol::{ChainHash, OpHash, SegmentId, TillIdentity, chain};
use rusqlite::{Connection, Row, named_params};

use crate::error::VaultError;
use crate::head::Head;
use crate::reads::{op_no, scalar, seq_of, uint};
use crate::rows::places;

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
    if let Some(why) = head_is_elsewhere(db, head)? {
        return Ok(Some(why));
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

/// What SQLite's own full check finds: every page, every index against its table.
pub(crate) fn pages_and_indexes(db: &Connection) -> Result<Option<String>, VaultError> {
    let said: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((said != "ok").then_some(said))
}

/// The head must stand on the last place of its segment.
fn head_is_elsewhere(db: &Connection, head: &Head) -> Result<Option<String>, VaultError> {
    let Some((segment_no, segment)) = head.segment else {
        let ops: i64 = scalar(db, "SELECT count(*) FROM op", [])?;
        let words = "the head stands before the first op, and there are ops";
        return Ok((ops > 0).then(|| words.to_owned()));
    };
    let there = places::chain_in(db, segment, head.seq)?;
    let beyond: i64 = scalar(
        db,
        "SELECT count(*) FROM place WHERE place_no >= ?1 AND segment_no = ?2",
        [op_no(head.seq + 1), segment_no],
    )?;
    let fits = there == Some(head.chain) && beyond == 0;
    Ok((!fits).then(|| {
        format!(
            "the head stands at {}, and the newest op elsewhere",
            head.seq
        )
    }))
}

/// Walks the chain from after `from` (a `seq`; 0: from the genesis) to its end.
pub(crate) fn walk_chain(
    db: &Connection,
    identity: &TillIdentity,
    from: u64,
) -> Result<ChainWalk, VaultError> {
    let holes = holes(db)?;
    let mut walk = ChainWalk::default();
    let segments = segments(db)?;
    let mut statement = db.prepare_cached(include_str!("../sql/places_walk.sql"))?;
    let mut rows = statement.query(named_params! { ":from": op_no(from + 1) })?;
    // The chains at the previous seq (one, or one per history) and at this one.
    let mut at = from;
    let mut before: Vec<ChainHash> = Vec::new();
    let mut here: Vec<ChainHash> = match from {
        0 => vec![identity.genesis()],
        _ => Vec::new(),
    };
    while let Some(row) = rows.next()? {
        let link = Link::read(row, &segments)?;
        walk.ops += 1;
        let seq = link.seq;
        if seq != at {
            before = if seq == at + 1 {
                std::mem::take(&mut here)
            } else {
                here.clear();
                Vec::new()
            };
            if seq > at + 1 && !covered(&holes, at + 1, seq - 1) {
                walk.wrong = Some(format!("op {} to {} are missing", at + 1, seq - 1));
                return Ok(walk);
            }
            at = seq;
        }
        if !link.holds {
            walk.wrong = Some(format!("op {seq} does not hash to its chain"));
            return Ok(walk);
        }
        // What an op behind lost numbers follows is lost with them.
        let known = !before.is_empty() && !covered(&holes, seq - 1, seq - 1);
        if known && !before.contains(&link.prev) {
            walk.wrong = Some(format!("op {seq} does not follow the op before it"));
            return Ok(walk);
        }
        here.push(link.chain);
    }
    Ok(walk)
}

/// One place, checked by itself.
struct Link {
    seq: u64,
    prev: ChainHash,
    chain: ChainHash,
    holds: bool,
}

impl Link {
    fn read(row: &Row<'_>, segments: &BTreeMap<i64, SegmentId>) -> rusqlite::Result<Self> {
        let (seq, prev) = (seq_of(row.get("place_no")?), ChainHash(row.get("prev")?));
        let (chain, hash) = (ChainHash(row.get("chain")?), OpHash(row.get("op_hash")?));
        let bytes: Option<Vec<u8>> = row.get("bytes")?;
        let segment = segments.get(&row.get("segment_no")?);
        let holds = segment.is_some_and(|segment| {
            chain::link(&prev, segment, seq, &hash) == chain
                && bytes.is_none_or(|bytes| chain::op_hash(&bytes) == hash)
        });
        Ok(Self {
            seq,
            prev,
            chain,
            holds,
        })
    }
}

fn segments(db: &Connection) -> Result<BTreeMap<i64, SegmentId>, VaultError> {
    let found = db
        .prepare_cached("SELECT segment_no, segment FROM segment")?
        .query_map([], |row| Ok((row.get(0)?, SegmentId(row.get(1)?))))?
        .collect::<Result<_, _>>()?;
    Ok(found)
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
