//! Something to fetch: articles, a sale, stock, and what a till did.

use cloud::store::{PushAnswered, PushJob, TillCredential};
use protocol::wire::RunStatus;
use uuid::Uuid;

use super::{NOON, Room, Till};
use crate::facts;
use crate::stream::Stream;

/// Hands in one op of each type.
pub(crate) fn bring(room: &mut Room, till: &mut Till) {
    let mut stream = Stream::of(till, 1);
    for body in facts::every().into_iter().chain(facts::articles()) {
        stream.record(body);
    }
    let job = PushJob {
        caller: credential(till),
        key: Uuid::from_u128(1),
        fingerprint: [1; 32],
        now_ms: NOON,
        request: stream.push(),
    };
    let answered = room.runtime.block_on(room.store.push(job));
    let PushAnswered::Answer { answer, .. } = answered.expect("it is recorded") else {
        panic!("a fresh key");
    };
    assert!(
        answer.runs.iter().all(|run| run.status == RunStatus::Ok),
        "every fact is taken: {:?}",
        answer.runs
    );
}

/// What the cloud knows of a till of that identity.
pub(crate) fn credential(till: &Till) -> TillCredential {
    let identity = &till.identity;
    TillCredential {
        tenant: identity.tenant,
        branch: identity.branch,
        till: identity.till,
        public_key: identity.public_key,
        genesis_tenant: identity.genesis_tenant,
        genesis_branch: identity.genesis_branch,
        revoked_at_ms: None,
    }
}
