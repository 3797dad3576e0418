//! A till made by hand: its key, its chain, its signatures, and nothing that protects it from
//! saying something wrong.

use ed25519_dalek::SigningKey;
use protocol::hlc::Hlc;
use protocol::op::{OpDraft, Seal, raw};
use protocol::signing::{self, AccessToken, Authorization, RequestToSign};
use protocol::stream::{Parent, Position};
use protocol::wire::{EnrolRequest, PROTO, PushRequest, Run, RunItem};
use protocol::{Actor, ChainHash, OpBody, SegmentId, StoredOp, TillIdentity};
use uuid::Uuid;

use super::body;

/// A till and what it has recorded.
pub struct Till {
    pub key: SigningKey,
    pub identity: TillIdentity,
    pub segment: SegmentId,
    pub parent: Option<Parent>,
    pub first_seq: u64,
    pub next: Position,
    pub ops: Vec<StoredOp>,
    minted: u128,
}

impl Till {
    /// A till that has never spoken to any cloud; `n` tells it from others.
    pub fn new(n: u8) -> Self {
        let key = SigningKey::from_bytes(&[n; 32]);
        let identity = TillIdentity {
            tenant: Uuid::from_u128(0x1000 + u128::from(n)),
            branch: Uuid::from_u128(0x2000 + u128::from(n)),
            till: Uuid::from_u128(0x3000 + u128::from(n)),
            genesis_tenant: Uuid::from_u128(0x1000 + u128::from(n)),
            genesis_branch: Uuid::from_u128(0x2000 + u128::from(n)),
            public_key: key.verifying_key().to_bytes(),
        };
        let segment = SegmentId([n; 16]);
        Self {
            next: Position {
                segment,
                seq: 1,
                prev: identity.genesis(),
            },
            minted: u128::from(n) << 64,
            key,
            identity,
            segment,
            parent: None,
            first_seq: 1,
            ops: Vec::new(),
        }
    }

    /// A fresh id, the same in every run.
    pub fn mint(&mut self) -> Uuid {
        self.minted += 1;
        Uuid::from_u128(self.minted)
    }

    pub fn enrol_request(&self, code: &str) -> EnrolRequest {
        let statement =
            signing::enrol_statement(self.identity.till, &self.identity.public_key, code);
        EnrolRequest {
            proto: PROTO,
            code: code.to_owned(),
            till: self.identity.till,
            till_name: "Till 1".into(),
            public_key: self.identity.public_key,
            genesis_tenant: self.identity.genesis_tenant,
            genesis_branch: self.identity.genesis_branch,
            signature: signing::sign(&self.key, &statement),
        }
    }

    /// The bytes of an op with this body.
    pub fn seal(&mut self, op_id: Uuid, body: OpBody) -> Vec<u8> {
        let draft = OpDraft {
            op_id,
            actor: Actor::till(),
            shift: None,
            business_date: "2026-11-20".into(),
            after: Vec::new(),
            base: Vec::new(),
            body,
        };
        draft.seal(&self.sealing()).expect("the op is small")
    }

    pub fn sealing(&self) -> Seal {
        Seal {
            identity: self.identity,
            hlc: Hlc::default(),
            wall_ms: 1_795_132_800_000,
            mono_ms: 1,
            clock_err_ms: None,
            app: "test".into(),
        }
    }

    /// Appends bytes to the chain, whatever they are.
    pub fn append(&mut self, op_id: Uuid, bytes: Vec<u8>) -> StoredOp {
        let stored = StoredOp::at(&self.next, op_id, bytes);
        self.next.seq += 1;
        self.next.prev = stored.chain;
        self.ops.push(stored.clone());
        stored
    }

    /// Records a body under a fresh op id.
    pub fn record(&mut self, body: OpBody) -> StoredOp {
        let op_id = self.mint();
        let bytes = self.seal(op_id, body);
        self.append(op_id, bytes)
    }

    /// Sells one piece of a product.
    pub fn sell(&mut self, product: u128) -> StoredOp {
        let sale_id = self.mint();
        self.record(body::sale(sale_id, product))
    }

    /// Takes pieces in.
    pub fn restock(&mut self, product: u128, delta_milli: i64) -> StoredOp {
        let movement_id = self.mint();
        self.record(body::moved(movement_id, product, delta_milli))
    }

    /// Begins a new segment after the last op, as each start of the program does.
    pub fn restart(&mut self, segment: u8) {
        let last = self.ops.last().expect("there was a segment before");
        self.parent = Some(Parent {
            segment: last.segment,
            seq: last.seq,
            chain: last.chain,
        });
        self.segment = SegmentId([segment; 16]);
        self.first_seq = self.next.seq;
        self.next.segment = self.segment;
    }

    /// A run of these ops, signed.
    pub fn run(&self, ops: &[StoredOp]) -> Run {
        let (first, last) = (ops.first().expect("ops"), ops.last().expect("ops"));
        let items = ops.iter().map(|stored| RunItem {
            seq: stored.seq,
            chain: stored.chain,
            op: raw(stored.bytes.clone()).expect("an op is JSON"),
        });
        Run {
            segment: first.segment,
            till: self.identity.till,
            parent: self.parent,
            first_seq: self.first_seq,
            from: first.seq,
            prev: first.prev,
            orphan: false,
            items: items.collect(),
            sig: self.sign_head(&first.segment, last.seq, &last.chain),
        }
    }

    pub fn sign_head(
        &self,
        segment: &SegmentId,
        seq: u64,
        chain: &ChainHash,
    ) -> signing::SignatureHex {
        let statement = signing::run_statement(
            self.identity.genesis_tenant,
            self.identity.till,
            segment,
            seq,
            chain,
        );
        signing::sign(&self.key, &statement)
    }

    /// A push of these ops in one run.
    pub fn push_request(&self, ops: &[StoredOp]) -> PushRequest {
        self.push_of(vec![self.run(ops)])
    }

    pub fn push_of(&self, runs: Vec<Run>) -> PushRequest {
        PushRequest {
            proto: PROTO,
            sender: self.identity.till,
            host_epoch: None,
            runs,
        }
    }

    /// The `Authorization` header of a request.
    pub fn authorization(
        &self,
        method: &str,
        path: &str,
        key: &str,
        at_ms: i64,
        body: &[u8],
        token: Option<AccessToken>,
    ) -> String {
        let request = RequestToSign {
            method,
            path,
            at_ms,
            idempotency_key: key,
            body,
        };
        let signed = Authorization {
            till: self.identity.till,
            at_ms,
            token,
            signature: signing::sign(&self.key, &request.statement()),
        };
        signed.to_header()
    }
}
