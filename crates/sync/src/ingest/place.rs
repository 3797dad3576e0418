//! Where a run belongs: pure questions to the record, answered as values.

use protocol::chain::{link, op_hash};
use protocol::ids::ChainHash;
use protocol::signing::{run_statement, verify};
use protocol::stream::Parent;
use protocol::wire::{Run, RunStatus};

use super::state::{IngestState, StreamHead, TillKey};
use super::writes::QuarantineReason;

/// The largest place a run may begin at: a till of one sale a millisecond needs 285,000 years.
const MAX_SEQ: u64 = 1 << 53;

/// What to do with a vouched run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placement {
    /// Items up to the index repeat the record; the rest goes on from it.
    GoesOn {
        /// How many items are recorded already.
        repeated: usize,
    },
    /// Items up to the index repeat the record; the rest contradicts it.
    Contradicts {
        /// How many items are recorded already.
        repeated: usize,
        /// Why the rest is put aside.
        reason: QuarantineReason,
        /// What the till is told.
        status: RunStatus,
    },
    /// Nothing of it is taken.
    Refused(RunStatus),
}

/// Whether the run is its till's and its links follow from its bytes; `None` if so.
pub(super) fn unvouched(run: &Run, key: &TillKey) -> Option<RunStatus> {
    if key.revoked {
        return Some(RunStatus::Revoked);
    }
    if run.till != key.till {
        return Some(RunStatus::BadSig);
    }
    if run.from == 0 || run.from > MAX_SEQ {
        return Some(RunStatus::BadChain { at: run.from });
    }
    // Nothing is signed by a run without items, and nothing is taken from it.
    let Some(last) = run.items.last() else {
        return Some(RunStatus::BadChain { at: run.from });
    };
    let mut chain = run.prev;
    for (place, item) in (run.from..).zip(&run.items) {
        let expected = link(
            &chain,
            &run.segment,
            place,
            &op_hash(item.op.get().as_bytes()),
        );
        let links = item.chain == expected || cfg!(mutant = "chain_unchecked");
        if item.seq != place || !links {
            return Some(RunStatus::BadChain { at: place });
        }
        chain = item.chain;
    }
    let statement = run_statement(
        key.genesis_tenant,
        run.till,
        &run.segment,
        last.seq,
        &last.chain,
    );
    let ours = verify(&key.public_key, &statement, &run.sig);
    (!ours && !cfg!(mutant = "signature_unchecked")).then_some(RunStatus::BadSig)
}

/// Where a vouched run belongs.
pub(super) fn place(run: &Run, state: &IngestState, key: &TillKey) -> Placement {
    match state.heads.get(&run.segment) {
        Some(head) if head.till != key.till => Placement::Refused(RunStatus::BadSig),
        Some(head) => place_on(run, head, state),
        None => place_new(run, state, key),
    }
}

fn place_on(run: &Run, head: &StreamHead, state: &IngestState) -> Placement {
    assert!(head.seq >= head.first_seq, "a head lies in its segment");
    if run.from > head.seq + 1 && !cfg!(mutant = "accept_gap") {
        return Placement::Refused(RunStatus::Gap {
            expected: head.seq + 1,
        });
    }
    if run.from == head.seq + 1 {
        return if run.prev == head.chain || cfg!(mutant = "watermark_only") {
            Placement::GoesOn { repeated: 0 }
        } else {
            fork(0, head.seq, head.chain)
        };
    }
    for (index, item) in run.items.iter().enumerate() {
        if item.seq > head.seq {
            return Placement::GoesOn { repeated: index };
        }
        match state.recorded.get(&(run.segment, item.seq)) {
            Some(row) if row.chain == item.chain || cfg!(mutant = "watermark_only") => {}
            Some(row) => return fork(index, item.seq, row.chain),
            None => {
                assert!(
                    item.seq < head.first_seq,
                    "the store loads every position that the needs ask for"
                );
                // Before the segment's first op: the run invents a past.
                return fork(index, head.seq, head.chain);
            }
        }
    }
    Placement::GoesOn {
        repeated: run.items.len(),
    }
}

fn place_new(run: &Run, state: &IngestState, key: &TillKey) -> Placement {
    if run.from != run.first_seq {
        return Placement::Refused(RunStatus::Gap {
            expected: run.first_seq,
        });
    }
    let Some(parent) = &run.parent else {
        return if run.prev == key.genesis() {
            Placement::GoesOn { repeated: 0 }
        } else {
            Placement::Refused(RunStatus::BadChain { at: run.from })
        };
    };
    assert!(run.from > 0, "vouched runs begin at 1 or later");
    if run.prev != parent.chain || run.from - 1 != parent.seq {
        return Placement::Refused(RunStatus::BadChain { at: run.from });
    }
    if state
        .quarantine
        .contains(&(parent.segment, parent.seq, parent.chain))
    {
        return under_quarantine(run, parent, state);
    }
    match chain_at(state, parent) {
        Some(chain) if chain == parent.chain => Placement::GoesOn { repeated: 0 },
        Some(chain) => fork(0, parent.seq, chain),
        None => without_parent(run, parent),
    }
}

/// What is recorded at the parent's place.
fn chain_at(state: &IngestState, parent: &Parent) -> Option<ChainHash> {
    let at_place = state.recorded.get(&(parent.segment, parent.seq));
    let head = state.heads.get(&parent.segment);
    at_place.map(|row| row.chain).or_else(|| {
        head.filter(|head| head.seq == parent.seq)
            .map(|head| head.chain)
    })
}

fn under_quarantine(run: &Run, parent: &Parent, state: &IngestState) -> Placement {
    match chain_at(state, parent) {
        // The parent arrived regularly after all.
        Some(chain) if chain == parent.chain => Placement::GoesOn { repeated: 0 },
        found => Placement::Contradicts {
            repeated: 0,
            reason: QuarantineReason::ParentQuarantined,
            status: RunStatus::Fork {
                at: parent.seq,
                chain: found.unwrap_or(run.prev),
            },
        },
    }
}

fn without_parent(run: &Run, parent: &Parent) -> Placement {
    if cfg!(mutant = "parent_not_awaited") {
        return Placement::GoesOn { repeated: 0 };
    }
    let status = RunStatus::NeedParent {
        parent: parent.segment,
    };
    if run.orphan {
        return Placement::Contradicts {
            repeated: 0,
            reason: QuarantineReason::Hole,
            status,
        };
    }
    Placement::Refused(status)
}

fn fork(repeated: usize, at: u64, chain: ChainHash) -> Placement {
    Placement::Contradicts {
        repeated,
        reason: QuarantineReason::Fork,
        status: RunStatus::Fork { at, chain },
    }
}
