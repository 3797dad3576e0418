//! Cutting batches from stored ops.
//!
//! Owns the step from what the vault holds to one [`PushRequest`]: cashier order, parents before
//! children, within the limits by count and by bytes, each run signed at its last op. Every op is
//! checked against its own links before it may leave: bytes that rotted on the disk are not sent.
//!
//! Promises: nothing is skipped and nothing is re-encoded; the first op is always taken, however
//! large it is, so that the cloud and not the till says the last word on it.

use protocol::ids::SegmentId;
use protocol::limits::BatchLimits;
use protocol::op::raw;
use protocol::signing::{SignatureHex, run_statement};
use protocol::stream::{Parent, StoredOp};
use protocol::wire::{PROTO, PushRequest, Run, RunItem};
use uuid::Uuid;

/// JSON around one item: its place, its chain, names and braces. A bound; a test holds it.
const ITEM_BYTES: usize = 128;
/// JSON around one run: ids, parent, signature. A bound; a test holds it.
const RUN_BYTES: usize = 768;
/// JSON around the whole request.
const REQUEST_BYTES: usize = 256;

/// Ops of one segment that the cloud does not hold, in order and without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The segment.
    pub segment: SegmentId,
    /// Where it began; `None` for the till's first segment.
    pub parent: Option<Parent>,
    /// The `seq` of the segment's first op, sent or not.
    pub first_seq: u64,
    /// The ops, at least the next one to send.
    pub ops: Vec<StoredOp>,
}

/// What one batch may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutLimits {
    /// Ops, over all runs; at least 1.
    pub max_ops: usize,
    /// Bytes of the JSON, unpacked.
    pub max_bytes: usize,
}

impl From<BatchLimits> for CutLimits {
    fn from(limits: BatchLimits) -> Self {
        Self {
            max_ops: usize::try_from(limits.max_ops).unwrap_or(1).max(1),
            max_bytes: usize::try_from(limits.max_bytes).unwrap_or(1),
        }
    }
}

/// Whose ops they are and how their head is signed.
pub struct CutFor<'a> {
    /// The till.
    pub till: Uuid,
    /// The tenant id its chain began with.
    pub genesis_tenant: Uuid,
    /// Signs a statement with the till's key.
    pub sign: &'a dyn Fn(&[u8]) -> SignatureHex,
}

/// The very next op to send is not fit to travel: a person is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CutRefused {
    /// Bytes, place and chain of the stored op do not agree.
    #[error("op {seq} of segment {segment} is damaged on this till: call support, keep the till")]
    Damaged {
        /// The segment.
        segment: SegmentId,
        /// The place.
        seq: u64,
    },
}

/// Cuts the next batch; `None` if there is nothing to send. `stretches` are in cashier order, a
/// parent before its children.
pub fn cut(
    stretches: &[Stretch],
    limits: CutLimits,
    cut_for: &CutFor<'_>,
) -> Result<Option<PushRequest>, CutRefused> {
    assert!(limits.max_ops > 0, "a batch holds at least one op");
    assert_parents_first(stretches);
    let mut runs: Vec<Run> = Vec::new();
    let mut room = Room::new(limits);
    for stretch in stretches.iter().filter(|stretch| !stretch.ops.is_empty()) {
        let (items, end) = room.fill(stretch);
        runs.extend(run_of(stretch, items, cut_for));
        match end {
            End::Whole => {}
            End::Damaged { seq } if runs.is_empty() => {
                let segment = stretch.segment;
                return Err(CutRefused::Damaged { segment, seq });
            }
            End::Full | End::Damaged { .. } => break,
        }
    }
    if runs.is_empty() {
        return Ok(None);
    }
    assert!(
        room.ops <= limits.max_ops
            && room.ops == runs.iter().map(|run| run.items.len()).sum::<usize>(),
        "a batch holds what was counted"
    );
    Ok(Some(PushRequest {
        proto: PROTO,
        sender: cut_for.till,
        host_epoch: None,
        runs,
    }))
}

/// What a batch holds so far, against what it may.
struct Room {
    limits: CutLimits,
    ops: usize,
    bytes: usize,
}

/// Why a run ended.
enum End {
    /// All ops of the stretch are in it.
    Whole,
    /// The next op does not fit.
    Full,
    /// The next op is not what it was when it was stored.
    Damaged { seq: u64 },
}

impl Room {
    const fn new(limits: CutLimits) -> Self {
        Self {
            limits,
            ops: 0,
            bytes: REQUEST_BYTES,
        }
    }

    fn fill(&mut self, stretch: &Stretch) -> (Vec<RunItem>, End) {
        self.bytes += RUN_BYTES;
        let mut items = Vec::new();
        let mut before = None;
        let left_out = if cfg!(mutant = "coalescing_outbox") {
            stretch.ops.len() - 1
        } else {
            0
        };
        for op in stretch.ops.iter().skip(left_out) {
            if !self.takes(op.bytes.len()) {
                return (items, End::Full);
            }
            let Some(item) = item_of(op, before, stretch) else {
                return (items, End::Damaged { seq: op.seq });
            };
            items.push(item);
            before = Some(op);
            self.ops += 1;
            self.bytes += ITEM_BYTES + op.bytes.len();
        }
        (items, End::Whole)
    }

    /// The first op of a batch is always taken.
    const fn takes(&self, op_bytes: usize) -> bool {
        let fits = self.bytes + ITEM_BYTES + op_bytes <= self.limits.max_bytes;
        self.ops == 0 || (fits && self.ops < self.limits.max_ops)
    }
}

/// An op as it travels; `None` if its bytes, place or chain are not what they were.
fn item_of(op: &StoredOp, before: Option<&StoredOp>, stretch: &Stretch) -> Option<RunItem> {
    let follows = before
        .is_none_or(|before| Some(op.seq) == before.seq.checked_add(1) && op.prev == before.chain);
    let links = op.links() || cfg!(mutant = "rotten_bytes_sent");
    if !follows || op.segment != stretch.segment || op.seq < stretch.first_seq || !links {
        return None;
    }
    let json = raw(op.bytes.clone()).ok()?;
    // JSON with space around it would be trimmed, and the bytes would no longer hash.
    (json.get().len() == op.bytes.len()).then_some(RunItem {
        seq: op.seq,
        chain: op.chain,
        op: json,
    })
}

fn run_of(stretch: &Stretch, items: Vec<RunItem>, cut_for: &CutFor<'_>) -> Option<Run> {
    let (first, last) = (stretch.ops.first()?, items.last()?);
    let statement = run_statement(
        cut_for.genesis_tenant,
        cut_for.till,
        &stretch.segment,
        last.seq,
        &last.chain,
    );
    Some(Run {
        segment: stretch.segment,
        till: cut_for.till,
        parent: stretch.parent,
        first_seq: stretch.first_seq,
        from: first.seq,
        prev: first.prev,
        orphan: false,
        sig: (cut_for.sign)(&statement),
        items,
    })
}

fn assert_parents_first(stretches: &[Stretch]) {
    for (index, stretch) in stretches.iter().enumerate() {
        let Some(parent) = &stretch.parent else {
            continue;
        };
        let later = stretches.get(index..).unwrap_or_default();
        assert!(
            later.iter().all(|other| other.segment != parent.segment),
            "a parent travels before its children"
        );
    }
}
