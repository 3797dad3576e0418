//! What the engine needs of the vault: batches out, heads and outcomes in.

use protocol::ids::{ChainHash, SegmentId};
use protocol::limits::MAX_HELLO_HEADS;
use protocol::signing::sign;
use protocol::stream::{Head, Parent};
use protocol::wire::{CloudHead, HelloAnswer, HelloRequest, PROTO, PushAnswer};
use sync::chunk::{self, CutFor, CutLimits, Stretch};
use sync::till::{Batch, Cut, HeldAt};
use uuid::Uuid;
use vault::{Reads, VaultError, outbox, places, settings};

use crate::bring_up::APP_VERSION;
use crate::error::AppError;
use crate::till::Till;

/// Where the epoch of the cloud's last answer is kept.
const CLOUD_EPOCH: &str = "cloud_epoch";
/// Where the key of the batch under way is kept: stored before the first attempt.
const BATCH_KEY: &str = "batch_key";
/// Torn places mended in one cut.
const MOST_PARTED: u32 = 100;

/// The epoch of the cloud's last answer; none before the first, and none after the queue was rebuilt.
pub(super) fn known_epoch(reader: &impl Reads) -> Result<Option<Uuid>, VaultError> {
    Ok(settings::get::<Option<Uuid>>(reader, CLOUD_EPOCH)?.flatten())
}

/// What a session begins with: this till's heads, the cloud's as it last told them, and for the
/// people who watch how much waits and whether the last proof held.
pub(super) fn hello(till: &Till, cloud_epoch_seen: Option<Uuid>) -> Result<HelloRequest, AppError> {
    let most = u32::try_from(MAX_HELLO_HEADS).unwrap_or(u32::MAX);
    let (heads, seen, waiting) = till.vault.read(|reader| {
        let heads = outbox::own_heads(reader, most)?;
        let seen = outbox::seen_heads(reader, most)?;
        Ok((heads, seen, outbox::summary(reader)?.ops_waiting))
    })?;
    Ok(HelloRequest {
        proto: PROTO,
        till: till.identity()?.till,
        cloud_epoch_seen,
        heads,
        app: APP_VERSION.to_owned(),
        backlog: Some(waiting),
        proof_ok: till.vault.last_proof(),
        seen,
    })
}

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
    let mut found = till.vault.read(|reader| stretches(reader, after, limits))?;
    let mut parted = 0;
    while let Stretches::Lost(lost) = found {
        parted += 1;
        if parted > MOST_PARTED {
            let words = "numbers are missing in this till's stream again and again: call support";
            return Ok(Cut::Damaged {
                words: words.to_owned(),
            });
        }
        till.vault.transact(move |tx| {
            places::reenvelope(tx, lost.base, lost.segment, lost.after).map(drop)
        })?;
        found = till.vault.read(|reader| stretches(reader, after, limits))?;
    }
    let Stretches::Found(stretches) = found else {
        return Ok(Cut::Nothing);
    };
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

/// What lies beyond the heads.
enum Stretches {
    /// To be sent, parents before children.
    Found(Vec<Stretch>),
    /// Numbers are missing before the next op: both media were damaged once.
    Lost(Lost),
}

/// Where a stream is torn: what lies behind must hang on what lies before.
struct Lost {
    base: Option<Parent>,
    segment: SegmentId,
    after: u64,
}

fn stretches(
    reader: &impl Reads,
    after: &[CloudHead],
    limits: CutLimits,
) -> Result<Stretches, VaultError> {
    let mut all = Vec::new();
    let (mut ops_left, mut bytes_left) = (limits.max_ops, limits.max_bytes);
    let most = u32::try_from(MAX_HELLO_HEADS).unwrap_or(u32::MAX);
    for head in outbox::own_heads(reader, most)? {
        if ops_left == 0 || bytes_left == 0 {
            break;
        }
        let Some(beyond) = beyond(reader, &head, after, (ops_left, bytes_left))? else {
            continue;
        };
        match beyond {
            Beyond::Lost(lost) if all.is_empty() => return Ok(Stretches::Lost(lost)),
            // Later, when what lies before it has arrived.
            Beyond::Lost(_) => break,
            Beyond::Ops { stretch, whole } => {
                ops_left = ops_left.saturating_sub(stretch.ops.len());
                let bytes: usize = stretch.ops.iter().map(|op| op.bytes.len()).sum();
                bytes_left = bytes_left.saturating_sub(bytes);
                all.push(stretch);
                if !whole {
                    break;
                }
            }
        }
    }
    Ok(Stretches::Found(all))
}

/// What lies beyond the cloud's head of one segment.
enum Beyond {
    Ops {
        stretch: Stretch,
        /// `false`: lost numbers end it early.
        whole: bool,
    },
    Lost(Lost),
}

fn beyond(
    reader: &impl Reads,
    head: &Head,
    after: &[CloudHead],
    (max_ops, max_bytes): (usize, usize),
) -> Result<Option<Beyond>, VaultError> {
    let segment = head.segment;
    let Some(start) = outbox::segment_start(reader, segment)? else {
        return Ok(None);
    };
    let cloud = after.iter().find(|cloud| cloud.segment == segment);
    let held = cloud.map_or(start.first_seq - 1, |cloud| cloud.seq);
    if held >= head.seq {
        return Ok(None);
    }
    let max_ops = u32::try_from(max_ops).unwrap_or(u32::MAX);
    let mut ops = outbox::ops_after(reader, segment, held, max_ops, max_bytes as u64)?;
    let Some(first) = ops.first() else {
        return Ok(None);
    };
    let prev = cloud.map_or(start.prev, |cloud| cloud.chain);
    if first.seq != held + 1 || first.prev != prev {
        let base = match cloud {
            Some(cloud) => Some(Parent {
                segment,
                seq: cloud.seq,
                chain: cloud.chain,
            }),
            None => places::last_before(reader, first.seq)?,
        };
        return Ok(Some(Beyond::Lost(Lost {
            base,
            segment,
            after: held,
        })));
    }
    let pairs = ops.iter().zip(ops.iter().skip(1));
    let torn = pairs
        .enumerate()
        .find(|(_, (op, next))| next.seq != op.seq + 1 || next.prev != op.chain)
        .map(|(index, _)| index + 1);
    ops.truncate(torn.unwrap_or(ops.len()));
    Ok(Some(Beyond::Ops {
        stretch: Stretch {
            segment,
            parent: start.parent,
            first_seq: start.first_seq,
            ops,
        },
        whole: torn.is_none(),
    }))
}

/// What this till holds at the places of the cloud's heads. A place that is settled (given up for a
/// later one, or another copy's) counts as held.
///
/// A vault that cannot be read holds no one knows what: an error, never "nothing".
pub(super) fn held(till: &Till, answer: &HelloAnswer) -> Result<Vec<HeldAt>, AppError> {
    let (epoch, heads) = (answer.cloud_epoch, &answer.heads);
    let held = till.vault.read(|reader| {
        // Under a new epoch nothing counts that was shown before.
        let same_cloud = known_epoch(reader)? == Some(epoch);
        let at = |head: &CloudHead| {
            Ok(HeldAt {
                segment: head.segment,
                seq: head.seq,
                chain: held_at(reader, head, same_cloud)?,
            })
        };
        heads.iter().map(at).collect()
    })?;
    Ok(held)
}

fn held_at(
    reader: &impl Reads,
    head: &CloudHead,
    same_cloud: bool,
) -> Result<Option<ChainHash>, VaultError> {
    let (segment, seq) = (head.segment, head.seq);
    let strange = !places::are_strangers(reader, &[segment])?.is_empty();
    let settled = places::was_moved(reader, segment, seq)?
        || (strange && in_doubt(reader, head, same_cloud)?.is_none());
    if settled {
        return Ok(Some(head.chain));
    }
    places::chain_at(reader, segment, seq)
}

/// This vault's last place in a segment that another copy went on with, if the cloud has not shown under this epoch
/// that it holds it: a head further on says nothing of what lies before it.
pub(super) fn in_doubt(
    reader: &impl Reads,
    head: &CloudHead,
    same_cloud: bool,
) -> Result<Option<u64>, VaultError> {
    let last = places::last_in(reader, head.segment, head.seq)?;
    let shown = outbox::cloud_head(reader, head.segment)?;
    let shown = shown.filter(|_| same_cloud).map(|shown| shown.seq);
    Ok(last.filter(|last| shown.is_none_or(|shown| shown < *last)))
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
        if known_epoch(reader)? != Some(epoch) {
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

/// Keeps the outcomes and heads of a push. Under a new epoch nothing that was told before counts: a
/// head of the old one, shown again in a hello, would look as if this cloud had gone back once more.
pub(super) fn answer(till: &Till, answer: &PushAnswer) -> Result<(), AppError> {
    let (epoch, runs) = (answer.cloud_epoch, answer.runs.clone());
    Ok(till.vault.transact(move |tx| {
        if known_epoch(tx)? != Some(epoch) {
            outbox::forget_heads(tx)?;
            settings::put_passing(tx, CLOUD_EPOCH, &epoch)?;
        }
        for run in &runs {
            outbox::store_outcomes(tx, run.segment, &run.results)?;
            if let Some(head) = run.head {
                outbox::store_heads(tx, &[head])?;
            }
        }
        Ok(())
    })?)
}
