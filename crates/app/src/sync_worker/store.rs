//! What the engine needs of the vault: batches out, heads and outcomes in.

use protocol::ids::{ChainHash, SegmentId};
use protocol::signing::sign;
use protocol::stream::Head;
use protocol::wire::{CloudHead, PushAnswer};
use sync::chunk::{self, CutFor, CutLimits, Stretch};
use sync::till::{Batch, Cut, HeldAt};
use uuid::Uuid;
use vault::{Reads, VaultError, outbox, settings};

use crate::error::AppError;
use crate::till::Till;

/// Where the epoch of the cloud's last answer is kept.
pub(super) const CLOUD_EPOCH: &str = "cloud_epoch";
/// Where the key of the batch under way is kept: stored before the first attempt.
const BATCH_KEY: &str = "batch_key";

/// Cuts the next batch beyond the heads and stores its key.
pub(super) fn cut(till: &Till, after: &[CloudHead], limits: CutLimits) -> Cut {
    match try_cut(till, after, limits) {
        Ok(cut) => cut,
        Err(error) => Cut::Failed {
            words: error.to_string(),
        },
    }
}

fn try_cut(till: &Till, after: &[CloudHead], limits: CutLimits) -> Result<Cut, AppError> {
    let stretches = till.vault.read(|reader| stretches(reader, after, limits))?;
    let identity = till.identity()?;
    let key = till.signing_key();
    let cut_for = CutFor {
        till: identity.till,
        genesis_tenant: identity.genesis_tenant,
        sign: &|statement| sign(&key, statement),
    };
    let request = match chunk::cut(&stretches, limits, &cut_for) {
        Ok(Some(request)) => request,
        Ok(None) => return Ok(Cut::Nothing),
        Err(refused) => {
            return Ok(Cut::Damaged {
                words: refused.to_string(),
            });
        }
    };
    let key = till.new_id();
    till.vault
        .transact(move |tx| settings::put_passing(tx, BATCH_KEY, &key))?;
    Ok(Cut::Batch(Batch { key, request }))
}

fn stretches(
    reader: &impl Reads,
    after: &[CloudHead],
    limits: CutLimits,
) -> Result<Vec<Stretch>, VaultError> {
    let mut all = Vec::new();
    let (mut ops_left, mut bytes_left) = (limits.max_ops, limits.max_bytes);
    let most = u32::try_from(protocol::limits::MAX_HELLO_HEADS).unwrap_or(u32::MAX);
    for head in outbox::own_heads(reader, most)? {
        if ops_left == 0 || bytes_left == 0 {
            break;
        }
        let Some(stretch) = stretch(reader, &head, after, ops_left, bytes_left)? else {
            continue;
        };
        ops_left = ops_left.saturating_sub(stretch.ops.len());
        let bytes: usize = stretch.ops.iter().map(|op| op.bytes.len()).sum();
        bytes_left = bytes_left.saturating_sub(bytes);
        all.push(stretch);
    }
    Ok(all)
}

fn stretch(
    reader: &impl Reads,
    head: &Head,
    after: &[CloudHead],
    max_ops: usize,
    max_bytes: usize,
) -> Result<Option<Stretch>, VaultError> {
    let Some(start) = outbox::segment_start(reader, head.segment)? else {
        return Ok(None);
    };
    let cloud = after.iter().find(|cloud| cloud.segment == head.segment);
    let held = cloud.map_or(start.first_seq - 1, |cloud| cloud.seq);
    if held >= head.seq {
        return Ok(None);
    }
    let max_ops = u32::try_from(max_ops).unwrap_or(u32::MAX);
    let ops = outbox::ops_after(reader, head.segment, held, max_ops, max_bytes as u64)?;
    Ok(Some(Stretch {
        segment: head.segment,
        parent: start.parent,
        first_seq: start.first_seq,
        ops,
    }))
}

/// What this till holds at the places of the cloud's heads.
///
/// A vault that cannot be read holds no one knows what: an error, never "nothing".
pub(super) fn held(till: &Till, heads: &[CloudHead]) -> Result<Vec<HeldAt>, AppError> {
    let held = till.vault.read(|reader| {
        let at = |head: &CloudHead| {
            Ok(HeldAt {
                segment: head.segment,
                seq: head.seq,
                chain: chain_at(reader, head.segment, head.seq)?,
            })
        };
        heads.iter().map(at).collect()
    })?;
    Ok(held)
}

fn chain_at(
    reader: &impl Reads,
    segment: SegmentId,
    seq: u64,
) -> Result<Option<ChainHash>, VaultError> {
    let Some(before) = seq.checked_sub(1) else {
        return Ok(None);
    };
    let found = outbox::ops_after(reader, segment, before, 1, u64::MAX)?;
    let here = found.first().filter(|op| op.seq == seq);
    Ok(here.map(|op| op.chain))
}

/// Keeps the heads, and the clock's error if it is given; a new epoch is another cloud or an older
/// one, and nothing it said before counts. Writes nothing if nothing of it is new.
pub(super) fn heads(
    till: &Till,
    epoch: Uuid,
    clock_err_ms: Option<i64>,
    heads: Vec<CloudHead>,
) -> Result<(), AppError> {
    let (same_cloud, heads) = till.vault.read(|reader| {
        if settings::get::<Uuid>(reader, CLOUD_EPOCH)? != Some(epoch) {
            return Ok((false, heads));
        }
        let mut news = Vec::new();
        for head in heads {
            if outbox::cloud_head(reader, head.segment)? != Some(head) {
                news.push(head);
            }
        }
        Ok((true, news))
    })?;
    if same_cloud && heads.is_empty() && clock_err_ms.is_none() {
        return Ok(());
    }
    Ok(till.vault.transact(move |tx| {
        if !same_cloud {
            outbox::forget_heads(tx)?;
            settings::put_passing(tx, CLOUD_EPOCH, &epoch)?;
        }
        if clock_err_ms.is_some() {
            tx.set_clock_error_ms(clock_err_ms);
        }
        outbox::store_heads(tx, &heads)
    })?)
}

/// Keeps the outcomes and heads of a push.
pub(super) fn answer(till: &Till, answer: &PushAnswer) -> Result<(), AppError> {
    let runs = answer.runs.clone();
    Ok(till.vault.transact(move |tx| {
        for run in &runs {
            outbox::store_outcomes(tx, run.segment, &run.results)?;
            if let Some(head) = run.head {
                outbox::store_heads(tx, &[head])?;
            }
        }
        Ok(())
    })?)
}
