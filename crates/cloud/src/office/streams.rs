//! Head office's stream of ops: a till whose only vault is the cloud.
//!
//! Promises that each process opens a segment of its own per tenant, hung on the newest head, as
//! every start of a till does; and that an op is signed, chained and recorded like any other.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use ed25519_dalek::SigningKey;
use protocol::hlc::Hlc;
use protocol::op::{OpDraft, Seal, raw};
use protocol::ports::new_id;
use protocol::signing::{run_statement, sign};
use protocol::stream::{Parent, Position};
use protocol::wire::{OpResult, PROTO, PushRequest, Run, RunItem, RunStatus};
use protocol::{SegmentId, StoredOp, TillIdentity};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use super::{Office, OfficeError};
use crate::store::admin::{HeadOffice, OfficeKey};
use crate::store::{PushAnswered, PushJob, StoreError, TillCredential};

/// The streams that this process has opened, by tenant.
#[derive(Debug, Default)]
pub struct Streams {
    all: std::sync::Mutex<BTreeMap<Uuid, Arc<Mutex<Stream>>>>,
}

impl Streams {
    /// A tenant's stream, for whoever decides now: its next decision waits until this one is made,
    /// and no other tenant's does.
    pub(super) async fn turn(&self, tenant: Uuid) -> OwnedMutexGuard<Stream> {
        let stream = {
            // One pointer a tenant: nothing can be left half changed by a panic.
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(tenant).or_default())
        };
        stream.lock_owned().await
    }
}

/// One tenant's stream; no segment is open before the first op of this process.
#[derive(Debug, Default)]
pub(super) struct Stream {
    open: Option<Open>,
}

/// A segment under way.
#[derive(Debug, Clone, Copy)]
struct Open {
    first_seq: u64,
    parent: Option<Parent>,
    next: Position,
    hlc: Hlc,
}

impl Office<'_> {
    /// Records one op of head office in a branch's name.
    pub(super) async fn record(
        &self,
        stream: &mut Stream,
        branch: Uuid,
        draft: &OpDraft,
    ) -> Result<OpResult, OfficeError> {
        let office = self.own_till().await?;
        for _ in 0..2 {
            let open = match stream.open.take() {
                Some(open) => open,
                None => self.open(&office).await?,
            };
            let (job, after) = self.job(&office, open, branch, draft)?;
            let PushAnswered::Answer { answer, .. } = self.store.push(job).await? else {
                continue;
            };
            let run = answer.runs.into_iter().next();
            let Some(run) = run.filter(|run| run.status == RunStatus::Ok) else {
                // Another process wrote on, or the database was put back: begin a new segment.
                continue;
            };
            if let Some(result) = run.results.into_iter().next() {
                stream.open = Some(after);
                return Ok(result);
            }
        }
        Err(OfficeError::Store(StoreError::Stopped {
            doing: "recording an op of head office",
        }))
    }

    async fn own_till(&self) -> Result<HeadOffice, OfficeError> {
        let mut secret = [0_u8; 32];
        self.ports.entropy.fill(&mut secret);
        let fresh = OfficeKey {
            till: new_id(&*self.ports.clock, &*self.ports.entropy),
            public_key: SigningKey::from_bytes(&secret).verifying_key().to_bytes(),
            secret,
            now_ms: self.now_ms(),
        };
        let office = self.store.head_office(self.admin.tenant, fresh).await?;
        office.ok_or_else(|| OfficeError::not_there("branch", "of any name"))
    }

    /// A new segment after the newest head.
    async fn open(&self, office: &HeadOffice) -> Result<Open, OfficeError> {
        let mut segment = [0_u8; 16];
        self.ports.entropy.fill(&mut segment);
        let till = &office.credential;
        let heads = self.store.heads(till.tenant, till.till).await?;
        let newest = heads.into_iter().max_by_key(|head| head.seq);
        let parent = newest.map(|head| Parent {
            segment: head.segment,
            seq: head.seq,
            chain: head.chain,
        });
        let next = Position {
            segment: SegmentId(segment),
            seq: parent.map_or(1, |parent| parent.seq + 1),
            prev: parent.map_or_else(|| identity(till, till.branch).genesis(), |up| up.chain),
        };
        Ok(Open {
            first_seq: next.seq,
            parent,
            next,
            hlc: Hlc::default(),
        })
    }

    /// The push of one op, and the stream after it.
    fn job(
        &self,
        office: &HeadOffice,
        stream: Open,
        branch: Uuid,
        draft: &OpDraft,
    ) -> Result<(PushJob, Open), OfficeError> {
        let wall_ms = self.now_ms();
        let hlc = stream.hlc.tick(wall_ms);
        // Head office has no counter of its own: it speaks in the branch that it decides about.
        let caller = TillCredential {
            branch,
            ..office.credential.clone()
        };
        let seal = Seal {
            identity: identity(&caller, branch),
            hlc,
            wall_ms,
            mono_ms: self.ports.clock.mono_ms(),
            clock_err_ms: Some(0),
            app: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let malformed = |error: String| OfficeError::Malformed(error);
        let bytes = draft.seal(&seal).map_err(|no| malformed(no.to_string()))?;
        let stored = StoredOp::at(&stream.next, draft.op_id, bytes);
        let run = run(office, &stream, &stored)?;
        let fingerprint: [u8; 32] = Sha256::digest(stored.chain.as_bytes()).into();
        let request = PushRequest {
            proto: PROTO,
            sender: caller.till,
            host_epoch: None,
            runs: vec![run],
        };
        let job = PushJob {
            caller,
            key: new_id(&*self.ports.clock, &*self.ports.entropy),
            fingerprint,
            now_ms: wall_ms,
            request,
        };
        let after = Open {
            next: Position {
                seq: stored.seq + 1,
                prev: stored.chain,
                ..stream.next
            },
            hlc,
            ..stream
        };
        Ok((job, after))
    }
}

fn run(office: &HeadOffice, stream: &Open, stored: &StoredOp) -> Result<Run, OfficeError> {
    let (till, key) = (&office.credential, SigningKey::from_bytes(&office.secret));
    let statement = run_statement(
        till.genesis_tenant,
        till.till,
        &stored.segment,
        stored.seq,
        &stored.chain,
    );
    let op = raw(stored.bytes.clone()).map_err(|no| OfficeError::Malformed(no.to_string()))?;
    Ok(Run {
        segment: stored.segment,
        till: till.till,
        parent: stream.parent,
        first_seq: stream.first_seq,
        from: stored.seq,
        prev: stored.prev,
        orphan: false,
        items: vec![RunItem {
            seq: stored.seq,
            chain: stored.chain,
            op,
        }],
        sig: sign(&key, &statement),
    })
}

fn identity(till: &TillCredential, branch: Uuid) -> TillIdentity {
    TillIdentity {
        tenant: till.tenant,
        branch,
        till: till.till,
        genesis_tenant: till.genesis_tenant,
        genesis_branch: till.genesis_branch,
        public_key: till.public_key,
    }
}
