//! A till's vault as a list of ops.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use protocol::body::OpBody;
use protocol::hlc::Hlc;
use protocol::ids::{ChainHash, SegmentId};
use protocol::op::{Actor, Base, OpDraft, Seal, TillIdentity};
use protocol::signing::{SignatureHex, sign};
use protocol::stream::{Head, Parent, Position, StoredOp};
use protocol::wire::{CloudHead, PushRequest};
use sync::chunk::{CutFor, CutLimits, CutRefused, Stretch, cut};
use sync::ingest::TillKey;
use uuid::Uuid;

use super::bodies;

#[derive(Debug, Clone)]
pub struct Segment {
    pub id: SegmentId,
    pub parent: Option<Parent>,
    pub first_seq: u64,
    pub ops: Vec<StoredOp>,
}

#[derive(Debug, Clone)]
pub struct ModelTill {
    pub identity: TillIdentity,
    pub key: SigningKey,
    pub segments: Vec<Segment>,
    /// What its hybrid clock says.
    pub clock: u64,
    /// Who is signed in.
    pub operator: Uuid,
    next_op: u128,
    next_segment: u8,
}

impl ModelTill {
    pub fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let id = |kind: u128| Uuid::from_u128(kind << 64);
        let identity = TillIdentity {
            tenant: id(1),
            branch: id(2),
            till: Uuid::from_u128((3 << 64) + u128::from(number)),
            genesis_tenant: id(4),
            genesis_branch: id(5),
            public_key: key.verifying_key().to_bytes(),
        };
        let mut till = Self {
            identity,
            key,
            segments: Vec::new(),
            clock: 1,
            operator: bodies::OPERATOR,
            next_op: u128::from(number) << 100,
            next_segment: 0,
        };
        till.restart();
        till
    }

    /// A process start: the next op opens a fresh segment.
    pub fn restart(&mut self) {
        let last = self.last_position();
        self.next_segment += 1;
        let number = self.identity.till.as_bytes()[15];
        let mut id = [number; 16];
        id[0] = self.next_segment;
        self.segments.retain(|segment| !segment.ops.is_empty());
        self.segments.push(Segment {
            id: SegmentId(id),
            parent: last,
            first_seq: last.map_or(1, |parent| parent.seq + 1),
            ops: Vec::new(),
        });
    }

    /// A copy of the running till that goes on in the same segment with ops of its own.
    pub fn twin(&self) -> Self {
        let mut twin = self.clone();
        twin.next_segment += 100;
        twin.next_op += 1 << 90;
        twin
    }

    /// Goes on in a fresh segment after the last op that is not beyond the place; ops beyond it
    /// move there with their ids and bytes.
    pub fn reenvelope(&mut self, id: SegmentId, at: u64) {
        let mut moving = Vec::new();
        for segment in &mut self.segments {
            let reached = segment.id == id || !moving.is_empty();
            if reached {
                let keep = segment.ops.iter().take_while(|op| op.seq < at).count();
                moving.extend(segment.ops.split_off(keep));
            }
        }
        self.restart();
        for op in moving {
            self.record_bytes(op.op_id, op.bytes);
        }
    }

    pub fn record(&mut self, body: OpBody) -> Uuid {
        self.record_after(body, Vec::new())
    }

    pub fn record_after(&mut self, body: OpBody, after: Vec<Uuid>) -> Uuid {
        self.next_op += 1;
        let op_id = Uuid::from_u128(self.next_op);
        let bytes = self.seal(op_id, body, after);
        self.record_bytes(op_id, bytes);
        op_id
    }

    /// An edit, on these versions of these groups.
    pub fn record_edit(&mut self, body: OpBody, on: &[(&str, u64)]) -> Uuid {
        self.next_op += 1;
        let op_id = Uuid::from_u128(self.next_op);
        let touched = body.touches(self.identity.branch);
        let base = on.iter().map(|(group, version)| Base {
            entity: touched[0].clone(),
            group: (*group).to_owned(),
            version: *version,
        });
        let bytes = self.seal_on(op_id, body, Vec::new(), base.collect());
        self.record_bytes(op_id, bytes);
        op_id
    }

    pub fn seal(&self, op_id: Uuid, body: OpBody, after: Vec<Uuid>) -> Vec<u8> {
        self.seal_on(op_id, body, after, Vec::new())
    }

    fn seal_on(&self, op_id: Uuid, body: OpBody, after: Vec<Uuid>, base: Vec<Base>) -> Vec<u8> {
        let draft = OpDraft {
            op_id,
            actor: Actor {
                operator: self.operator,
                session: None,
            },
            shift: None,
            business_date: "2026-11-20".to_owned(),
            after,
            base,
            body,
        };
        let seal = Seal {
            identity: self.identity,
            hlc: Hlc {
                ms: self.clock,
                counter: 0,
            },
            wall_ms: 1,
            mono_ms: 1,
            clock_err_ms: None,
            app: "0".to_owned(),
        };
        draft.seal(&seal).unwrap()
    }

    pub fn record_bytes(&mut self, op_id: Uuid, bytes: Vec<u8>) {
        let genesis = self.identity.genesis();
        let last = self.last_position();
        let segment = self.segments.last_mut().unwrap();
        let position = Position {
            segment: segment.id,
            seq: last.map_or(1, |last| last.seq + 1),
            prev: last.map_or(genesis, |last| last.chain),
        };
        segment.ops.push(StoredOp::at(&position, op_id, bytes));
    }

    /// A sale of pieces of a product under an id of its own.
    pub fn sell(&mut self, product: Uuid, pieces: i64) -> Uuid {
        let sale_id = Uuid::from_u128(self.next_op + (7 << 110));
        self.record(bodies::sale(sale_id, product, pieces));
        sale_id
    }

    pub fn ops(&self) -> impl Iterator<Item = &StoredOp> {
        self.segments.iter().flat_map(|segment| &segment.ops)
    }

    pub fn chain_at(&self, id: SegmentId, seq: u64) -> Option<ChainHash> {
        let mut ops = self.ops();
        ops.find(|op| op.segment == id && op.seq == seq)
            .map(|op| op.chain)
    }

    pub fn heads(&self) -> Vec<Head> {
        let last = |segment: &Segment| {
            segment.ops.last().map(|op| Head {
                segment: op.segment,
                seq: op.seq,
                chain: op.chain,
            })
        };
        self.segments.iter().filter_map(last).collect()
    }

    /// What lies beyond the cloud's heads.
    pub fn beyond(&self, heads: &[CloudHead]) -> Vec<Stretch> {
        self.next_beyond(heads, usize::MAX)
    }

    /// The same with at most so many ops a segment, as a vault would load it.
    pub fn next_beyond(&self, heads: &[CloudHead], most: usize) -> Vec<Stretch> {
        let by_segment: BTreeMap<_, _> = heads.iter().map(|h| (h.segment, h.seq)).collect();
        let beyond = |segment: &Segment| {
            let from = by_segment.get(&segment.id).copied().unwrap_or(0);
            let ops = segment.ops.iter().filter(|op| op.seq > from).cloned();
            let ops = ops.take(most);
            Stretch {
                segment: segment.id,
                parent: segment.parent,
                first_seq: segment.first_seq,
                ops: ops.collect(),
            }
        };
        let all = self.segments.iter().map(beyond);
        all.filter(|stretch| !stretch.ops.is_empty()).collect()
    }

    pub fn cut(
        &self,
        stretches: &[Stretch],
        limits: CutLimits,
    ) -> Result<Option<PushRequest>, CutRefused> {
        let signer = |statement: &[u8]| -> SignatureHex { sign(&self.key, statement) };
        let cut_for = CutFor {
            till: self.identity.till,
            genesis_tenant: self.identity.genesis_tenant,
            sign: &signer,
        };
        cut(stretches, limits, &cut_for)
    }

    /// Everything in one request.
    pub fn all(&self) -> PushRequest {
        let limits = CutLimits {
            max_ops: usize::MAX,
            max_bytes: usize::MAX,
        };
        self.cut(&self.beyond(&[]), limits).unwrap().unwrap()
    }

    /// Ops `from..=to` by `seq`, one run per segment, whatever the cloud holds.
    pub fn slice(&self, from: u64, to: u64) -> Option<PushRequest> {
        let slice = |segment: &Segment| {
            let ops = segment
                .ops
                .iter()
                .filter(|op| (from..=to).contains(&op.seq));
            Stretch {
                segment: segment.id,
                parent: segment.parent,
                first_seq: segment.first_seq,
                ops: ops.cloned().collect(),
            }
        };
        let stretches: Vec<_> = self.segments.iter().map(slice).collect();
        let limits = CutLimits {
            max_ops: usize::MAX,
            max_bytes: usize::MAX,
        };
        self.cut(&stretches, limits).unwrap()
    }

    pub fn till_key(&self) -> TillKey {
        TillKey {
            tenant: self.identity.tenant,
            branch: self.identity.branch,
            till: self.identity.till,
            genesis_tenant: self.identity.genesis_tenant,
            genesis_branch: self.identity.genesis_branch,
            public_key: self.identity.public_key,
            revoked: false,
        }
    }

    fn last_position(&self) -> Option<Parent> {
        self.ops().last().map(|op| Parent {
            segment: op.segment,
            seq: op.seq,
            chain: op.chain,
        })
    }
}
