//! Heads of streams, a till's own ops back, and what the cloud counts for it.

use protocol::audit::Counts;
use protocol::limits::{MAX_BATCH_BYTES, MAX_OPS_PAGE};
use protocol::wire::{CloudHead, OpsPage, RunItem};
use protocol::{ChainHash, SegmentId, op};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use uuid::Uuid;

use super::sql::{as_i64, counter, failed, fixed};
use crate::store::StoreError;

/// Every segment head of a till, in the order in which they were last written.
pub(super) fn heads(
    snapshot: &Connection,
    tenant: Uuid,
    till: Uuid,
) -> Result<Vec<CloudHead>, StoreError> {
    let doing = "reading a till's heads";
    let mut found = snapshot
        .prepare_cached(
            "SELECT segment, seq, chain FROM stream_head WHERE tenant = ?1 AND till = ?2
             ORDER BY seq, rv",
        )
        .map_err(failed(doing))?;
    let rows = found.query_map(params![tenant.as_bytes(), till.as_bytes()], cloud_head);
    rows.and_then(Iterator::collect).map_err(failed(doing))
}

fn cloud_head(row: &Row<'_>) -> rusqlite::Result<CloudHead> {
    Ok(CloudHead {
        segment: SegmentId(fixed(row, 0)?),
        seq: counter(row, 1)?,
        chain: ChainHash(fixed(row, 2)?),
        // No backup of this store is kept by the cloud itself, so nothing is secured.
        secured: 0,
    })
}

/// The ops of one segment from a place on, bounded by count and by bytes.
pub(super) fn ops(
    snapshot: &Connection,
    (tenant, till): (Uuid, Uuid),
    segment: SegmentId,
    from: u64,
) -> Result<OpsPage, StoreError> {
    let doing = "reading a till's ops back";
    let mut found = snapshot
        .prepare_cached(include_str!("ops_page.sql"))
        .map_err(failed(doing))?;
    let mut rows = found
        .query(named_params! {
            ":tenant": tenant.as_bytes(),
            ":till": till.as_bytes(),
            ":segment": segment.as_bytes(),
            ":from": as_i64(from),
            ":limit": as_i64(MAX_OPS_PAGE as u64 + 1),
        })
        .map_err(failed(doing))?;
    let mut page = OpsPage {
        items: Vec::new(),
        more: false,
    };
    let mut bytes = 0;
    while let Some(row) = rows.next().map_err(failed(doing))? {
        let (seq, chain, op) = own_op(row).map_err(failed(doing))?;
        bytes += op.len();
        let full = page.items.len() == MAX_OPS_PAGE || bytes > MAX_BATCH_BYTES;
        if full && !page.items.is_empty() {
            page.more = true;
            break;
        }
        let op = op::raw(op).map_err(|error| StoreError::Unreadable {
            table: "op_log",
            column: "op",
            cause: error.to_string(),
        })?;
        page.items.push(RunItem { seq, chain, op });
    }
    Ok(page)
}

fn own_op(row: &Row<'_>) -> rusqlite::Result<(u64, ChainHash, Vec<u8>)> {
    Ok((counter(row, 0)?, ChainHash(fixed(row, 1)?), row.get(2)?))
}

/// Counts and head of a till, counted from the rows themselves: this is the cloud's half of a proof.
pub(super) fn audit(snapshot: &Connection, tenant: Uuid, till: Uuid) -> Result<Counts, StoreError> {
    let doing = "counting a till's ops";
    let who = named_params! { ":tenant": tenant.as_bytes(), ":till": till.as_bytes() };
    let mut counts = snapshot
        .prepare_cached(include_str!("audit.sql"))
        .and_then(|mut found| found.query_row(who, counted))
        .map_err(failed(doing))?;
    let head = snapshot
        .prepare_cached(
            "SELECT segment, seq, chain FROM stream_head WHERE tenant = :tenant AND till = :till
             ORDER BY seq DESC, rv DESC LIMIT 1",
        )
        .and_then(|mut found| found.query_row(who, cloud_head).optional())
        .map_err(failed(doing))?;
    if let Some(head) = head {
        counts.head_seq = head.seq;
        counts.head_chain = Some(head.chain);
    }
    Ok(counts)
}

fn counted(row: &Row<'_>) -> rusqlite::Result<Counts> {
    Ok(Counts {
        ops: counter(row, 0)?,
        sales: counter(row, 1)?,
        refunds: counter(row, 2)?,
        lines: counter(row, 3)?,
        net_minor: row.get(4)?,
        head_seq: 0,
        head_chain: None,
    })
}
