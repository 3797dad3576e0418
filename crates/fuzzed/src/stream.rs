//! A till's stream made by hand: ops sealed, linked and signed as the shipped code does it.

use protocol::hlc::Hlc;
use protocol::op::{OpDraft, Seal, raw};
use protocol::signing::{run_statement, sign};
use protocol::wire::{PROTO, PushRequest, Run, RunItem};
use protocol::{Actor, OpBody, Position, SegmentId, StoredOp};
use uuid::Uuid;

use crate::room::{NOON, Till};

/// What a till has recorded in one segment.
pub(crate) struct Stream<'a> {
    till: &'a Till,
    next: Position,
    ops: Vec<StoredOp>,
}

impl<'a> Stream<'a> {
    pub(crate) fn of(till: &'a Till, segment: u8) -> Self {
        let next = Position {
            segment: SegmentId([segment; 16]),
            seq: 1,
            prev: till.identity.genesis(),
        };
        let ops = Vec::new();
        Self { till, next, ops }
    }

    /// Records a fact.
    pub(crate) fn record(&mut self, body: OpBody) {
        let op_id = Uuid::from_u128(0x0b_0000 + u128::from(self.next.seq));
        let draft = OpDraft {
            op_id,
            actor: Actor::till(),
            shift: None,
            business_date: "2026-11-20".to_owned(),
            after: Vec::new(),
            base: Vec::new(),
            body,
        };
        let seal = Seal {
            identity: self.till.identity,
            hlc: Hlc::default(),
            wall_ms: NOON,
            mono_ms: 1,
            clock_err_ms: None,
            app: "1.0.0".to_owned(),
        };
        let bytes = draft.seal(&seal).expect("a small op");
        let stored = StoredOp::at(&self.next, op_id, bytes);
        self.next.seq += 1;
        self.next.prev = stored.chain;
        self.ops.push(stored);
    }

    pub(crate) fn ops(&self) -> &[StoredOp] {
        &self.ops
    }

    /// Everything recorded, as one push.
    pub(crate) fn push(&self) -> PushRequest {
        let items = self.ops.iter().map(|stored| RunItem {
            seq: stored.seq,
            chain: stored.chain,
            op: raw(stored.bytes.clone()).expect("an op is JSON"),
        });
        let mut run = Run {
            segment: self.next.segment,
            till: self.till.identity.till,
            parent: None,
            first_seq: 1,
            from: 1,
            prev: self.till.identity.genesis(),
            orphan: false,
            items: items.collect(),
            sig: sign(&self.till.secret, b""),
        };
        sign_run(self.till, &mut run);
        PushRequest {
            proto: PROTO,
            sender: self.till.identity.till,
            host_epoch: None,
            runs: vec![run],
        }
    }
}

/// Signs a run's last link, whatever it is.
pub(crate) fn sign_run(till: &Till, run: &mut Run) {
    let Some(last) = run.items.last() else {
        return;
    };
    let identity = &till.identity;
    let statement = run_statement(
        identity.genesis_tenant,
        identity.till,
        &run.segment,
        last.seq,
        &last.chain,
    );
    run.sig = sign(&till.secret, &statement);
}
