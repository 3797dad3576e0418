//! Heads of streams, a till's own ops back, and what the cloud counts for it.

use deadpool_postgres::Pool;
use protocol::audit::Counts;
use protocol::limits::{MAX_BATCH_BYTES, MAX_OPS_PAGE};
use protocol::wire::{CloudHead, OpsPage, RunItem};
use protocol::{ChainHash, SegmentId, op};
use tokio_postgres::Row;
use uuid::Uuid;

use super::sql::{as_i64, counter, fixed, get};
use super::tx::ask;
use crate::store::StoreError;

/// Every segment head of a till, in the order in which they were last written.
pub(super) async fn heads(
    pool: &Pool,
    tenant: Uuid,
    till: Uuid,
) -> Result<Vec<CloudHead>, StoreError> {
    let rows = ask(
        pool,
        "reading a till's heads",
        Some(tenant),
        "SELECT segment, seq, chain FROM stream_head WHERE tenant = $1 AND till = $2
         ORDER BY seq, rv",
        &[&tenant, &till],
    )
    .await?;
    rows.iter().map(cloud_head).collect()
}

fn cloud_head(row: &Row) -> Result<CloudHead, StoreError> {
    Ok(CloudHead {
        segment: segment(row, "segment")?,
        seq: counter(row, "seq")?,
        chain: ChainHash(fixed(row, "chain")?),
        // No backup of this store is kept by the cloud itself, so nothing is secured.
        secured: 0,
    })
}

/// A segment's 128 bits, kept as a `uuid`.
pub(super) fn segment(row: &Row, column: &'static str) -> Result<SegmentId, StoreError> {
    let bits: Uuid = get(row, column)?;
    Ok(SegmentId(bits.into_bytes()))
}

/// The ops of one segment from a place on, bounded by count and by bytes.
pub(super) async fn ops(
    pool: &Pool,
    (tenant, till): (Uuid, Uuid),
    segment: SegmentId,
    from: u64,
) -> Result<OpsPage, StoreError> {
    let rows = ask(
        pool,
        "reading a till's ops back",
        Some(tenant),
        include_str!("ops_page.sql"),
        &[
            &tenant,
            &till,
            &Uuid::from_bytes(segment.0),
            &as_i64(from),
            &as_i64(MAX_OPS_PAGE as u64 + 1),
        ],
    )
    .await?;
    let mut page = OpsPage {
        items: Vec::new(),
        more: false,
    };
    let mut bytes = 0;
    for row in &rows {
        let op: Vec<u8> = get(row, "op")?;
        bytes += op.len();
        let full = page.items.len() == MAX_OPS_PAGE || bytes > MAX_BATCH_BYTES;
        if full && !page.items.is_empty() {
            page.more = true;
            break;
        }
        page.items.push(own_op(row, op)?);
    }
    Ok(page)
}

fn own_op(row: &Row, bytes: Vec<u8>) -> Result<RunItem, StoreError> {
    let op = op::raw(bytes).map_err(|error| StoreError::Unreadable {
        table: "op_log",
        column: "op",
        cause: error.to_string(),
    })?;
    Ok(RunItem {
        seq: counter(row, "seq")?,
        chain: ChainHash(fixed(row, "chain")?),
        op,
    })
}

/// Counts and head of a till, counted from the rows themselves: this is the cloud's half of a proof.
pub(super) async fn audit(pool: &Pool, tenant: Uuid, till: Uuid) -> Result<Counts, StoreError> {
    let doing = "counting a till's ops";
    let sql = include_str!("audit.sql");
    let rows = ask(pool, doing, Some(tenant), sql, &[&tenant, &till]).await?;
    let row = rows.first().ok_or(StoreError::Stopped { doing })?;
    let headed = get::<Option<&[u8]>>(row, "head_chain")?.is_some();
    Ok(Counts {
        ops: counter(row, "ops")?,
        sales: counter(row, "sales")?,
        refunds: counter(row, "refunds")?,
        lines: counter(row, "lines")?,
        net_minor: get(row, "net_minor")?,
        head_seq: counter(row, "head_seq")?,
        head_chain: headed
            .then(|| fixed(row, "head_chain").map(ChainHash))
            .transpose()?,
    })
}
